//! The list of everything that a person can do: menus, buttons, the keymap and its help page all read it.

use crate::{recipe::Label, ui::state::page::Page};

/// Something that a person can do without further arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UiCommand {
    /// Generate with the settings of the composer.
    Generate,
    /// Generate before everything that is queued.
    GenerateFirst,
    /// Generate with each value of one or two parameters.
    ParameterGrid,
    /// Generate with several models, to be compared without seeing their names.
    CompareBlind,
    /// Go back to the previous prompt of the history.
    EarlierPrompt,
    /// Go forward to the next prompt of the history.
    LaterPrompt,
    /// Show a page of the window.
    Show(Page),
    /// Put the keyboard into the prompt.
    FocusPrompt,
    /// Put the keyboard into the search box.
    FocusSearch,
    /// Add a reference with a file dialog.
    AddReference,
    /// Import images with a file dialog.
    Import,
    /// Import folders with a file dialog.
    ImportFolders,
    /// Set every parameter back to "default (not sent)".
    Reset,
    /// Open the focused image in the viewer.
    Open,
    /// Close what was opened last.
    Back,
    /// One image to the left.
    MoveLeft,
    /// One image to the right.
    MoveRight,
    /// One row up.
    MoveUp,
    /// One row down.
    MoveDown,
    /// Type a date to go to.
    GoToDate,
    /// Select every image of the view.
    SelectAll,
    /// Clear the selection.
    SelectNone,
    /// Show or hide the inspector.
    ToggleInspector,
    /// Fill the composer from the focused image.
    Reuse,
    /// Use the selected images as references.
    UseAsReference,
    /// Edit the focused image with a prompt.
    Edit,
    /// Copy the prompt of the image in focus.
    CopyPrompt,
    /// Copy the image in focus.
    CopyImage,
    /// Show the raw request and response of the focused image.
    ShowExchange,
    /// Show the file of the image in focus in the system's file manager.
    Reveal,
    /// Generate again from each selected image.
    Batch,
    /// Write the selected images to disk.
    Export,
    /// Move the selected images to the trash.
    Delete,
    /// Rate the selected images with this number of stars.
    Rate(u8),
    /// Flag the selected images as picked, or clear the flag.
    Pick,
    /// Flag the selected images as rejected, or clear the flag.
    Reject,
    /// Set this color label on the selected images, or clear it.
    Label(Label),
    /// Put the selected images into a collection.
    AddToCollection,
    /// Take the selected images out of the collection that is shown.
    RemoveFromCollection,
    /// Undo the last change.
    Undo,
    /// Pause or resume the queue.
    PauseQueue,
    /// Open the settings.
    OpenSettings,
    /// Open the list of shortcuts.
    OpenShortcuts,
    /// Switch between the dark and the light theme.
    NextTheme,
}

impl UiCommand {
    /// Every command, in the order of the help page.
    pub const ALL: [Self; 55] = [
        Self::Generate,
        Self::GenerateFirst,
        Self::ParameterGrid,
        Self::CompareBlind,
        Self::FocusPrompt,
        Self::EarlierPrompt,
        Self::LaterPrompt,
        Self::AddReference,
        Self::Import,
        Self::ImportFolders,
        Self::Reset,
        Self::FocusSearch,
        Self::Open,
        Self::Back,
        Self::MoveLeft,
        Self::MoveRight,
        Self::MoveUp,
        Self::MoveDown,
        Self::GoToDate,
        Self::SelectAll,
        Self::SelectNone,
        Self::ToggleInspector,
        Self::Reuse,
        Self::UseAsReference,
        Self::Edit,
        Self::CopyPrompt,
        Self::CopyImage,
        Self::ShowExchange,
        Self::Reveal,
        Self::Batch,
        Self::Export,
        Self::Rate(0),
        Self::Rate(1),
        Self::Rate(2),
        Self::Rate(3),
        Self::Rate(4),
        Self::Rate(5),
        Self::Pick,
        Self::Reject,
        Self::Label(Label::Red),
        Self::Label(Label::Yellow),
        Self::Label(Label::Green),
        Self::Label(Label::Blue),
        Self::Label(Label::Purple),
        Self::AddToCollection,
        Self::RemoveFromCollection,
        Self::Delete,
        Self::Undo,
        Self::Show(Page::Create),
        Self::Show(Page::Sheet),
        Self::Show(Page::Queue),
        Self::PauseQueue,
        Self::NextTheme,
        Self::OpenSettings,
        Self::OpenShortcuts,
    ];
}
