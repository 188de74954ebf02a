//! The list of everything that a person can do: menus, buttons, the keymap and its help page all read it.

use crate::{recipe::Label, ui::state::page::Page};

/// Something that a person can do without further arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UiCommand {
    /// Find a command, a setting, a model or a collection by its name.
    OpenPalette,
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
    /// Put the keyboard into the next panel.
    NextPanel,
    /// Put the keyboard into the previous panel.
    PreviousPanel,
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
    /// Select the focused image beside the others, or no longer.
    ToggleSelected,
    /// Open the menu of the selected image.
    OpenMenu,
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
    /// Clear the flag of the selected images.
    Unflag,
    /// Set this color label on the selected images, or clear it.
    Label(Label),
    /// Put the selected images into a collection.
    AddToCollection,
    /// Take the selected images out of the collection that is shown.
    RemoveFromCollection,
    /// Go on to the next image after each mark, or stay.
    ToggleAutoAdvance,
    /// Undo the last change.
    Undo,
    /// Redo the change that was undone last.
    Redo,
    /// Read every image of the library, and report issues.
    VerifyLibrary,
    /// Have the next start rebuild the index of the library.
    RebuildIndex,
    /// Pause or resume the queue.
    PauseQueue,
    /// Open the settings.
    OpenSettings,
    /// Open the list of shortcuts.
    OpenShortcuts,
    /// Switch between the dark and the light theme.
    NextTheme,
    /// Enlarge text and controls.
    LargerText,
    /// Make text and controls smaller.
    SmallerText,
    /// Show text and controls in their usual size.
    UsualText,
}

impl UiCommand {
    /// Every command, in the order of the help page.
    pub const ALL: [Self; 68] = [
        Self::OpenPalette,
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
        Self::NextPanel,
        Self::PreviousPanel,
        Self::Open,
        Self::Back,
        Self::MoveLeft,
        Self::MoveRight,
        Self::MoveUp,
        Self::MoveDown,
        Self::ToggleSelected,
        Self::OpenMenu,
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
        Self::Unflag,
        Self::Label(Label::Red),
        Self::Label(Label::Yellow),
        Self::Label(Label::Green),
        Self::Label(Label::Blue),
        Self::Label(Label::Purple),
        Self::AddToCollection,
        Self::RemoveFromCollection,
        Self::Delete,
        Self::ToggleAutoAdvance,
        Self::Undo,
        Self::Redo,
        Self::Show(Page::Create),
        Self::Show(Page::Sheet),
        Self::Show(Page::Queue),
        Self::VerifyLibrary,
        Self::RebuildIndex,
        Self::PauseQueue,
        Self::NextTheme,
        Self::LargerText,
        Self::SmallerText,
        Self::UsualText,
        Self::OpenSettings,
        Self::OpenShortcuts,
    ];

    /// A name that stays the same in every version and language, for files.
    pub fn id(self) -> String {
        let fixed = match self {
            Self::OpenPalette => "palette",
            Self::Generate => "generate",
            Self::GenerateFirst => "generate-first",
            Self::ParameterGrid => "parameter-grid",
            Self::CompareBlind => "compare-blind",
            Self::EarlierPrompt => "earlier-prompt",
            Self::LaterPrompt => "later-prompt",
            Self::Show(Page::Create) => "show-create",
            Self::Show(Page::Sheet) => "show-sheets",
            Self::Show(Page::Queue) => "show-queue",
            Self::FocusPrompt => "focus-prompt",
            Self::FocusSearch => "focus-search",
            Self::NextPanel => "next-panel",
            Self::PreviousPanel => "previous-panel",
            Self::AddReference => "add-reference",
            Self::Import => "import",
            Self::ImportFolders => "import-folders",
            Self::Reset => "reset-parameters",
            Self::Open => "open",
            Self::Back => "back",
            Self::MoveLeft => "move-left",
            Self::MoveRight => "move-right",
            Self::MoveUp => "move-up",
            Self::MoveDown => "move-down",
            Self::ToggleSelected => "toggle-selected",
            Self::OpenMenu => "open-menu",
            Self::GoToDate => "go-to-date",
            Self::SelectAll => "select-all",
            Self::SelectNone => "select-none",
            Self::ToggleInspector => "toggle-inspector",
            Self::Reuse => "reuse",
            Self::UseAsReference => "use-as-reference",
            Self::Edit => "edit",
            Self::CopyPrompt => "copy-prompt",
            Self::CopyImage => "copy-image",
            Self::ShowExchange => "show-request",
            Self::Reveal => "reveal",
            Self::Batch => "batch",
            Self::Export => "export",
            Self::Delete => "delete",
            Self::Rate(stars) => return format!("rate-{stars}"),
            Self::Pick => "pick",
            Self::Reject => "reject",
            Self::Unflag => "unflag",
            Self::Label(Label::Red) => "label-red",
            Self::Label(Label::Yellow) => "label-yellow",
            Self::Label(Label::Green) => "label-green",
            Self::Label(Label::Blue) => "label-blue",
            Self::Label(Label::Purple) => "label-purple",
            Self::AddToCollection => "add-to-collection",
            Self::RemoveFromCollection => "remove-from-collection",
            Self::ToggleAutoAdvance => "toggle-auto-advance",
            Self::Undo => "undo",
            Self::Redo => "redo",
            Self::VerifyLibrary => "verify-library",
            Self::RebuildIndex => "rebuild-index",
            Self::PauseQueue => "pause-queue",
            Self::OpenSettings => "settings",
            Self::OpenShortcuts => "shortcuts",
            Self::NextTheme => "next-theme",
            Self::LargerText => "larger-text",
            Self::SmallerText => "smaller-text",
            Self::UsualText => "usual-text",
        };
        fixed.to_owned()
    }

    /// Whether it rates, flags or labels images.
    pub fn is_mark(self) -> bool {
        matches!(self, Self::Rate(_) | Self::Pick | Self::Reject | Self::Unflag | Self::Label(_))
    }

    /// Whether it applies to selected images.
    pub fn needs_images(self) -> bool {
        matches!(
            self,
            Self::Open
                | Self::SelectNone
                | Self::Reuse
                | Self::UseAsReference
                | Self::Edit
                | Self::CopyPrompt
                | Self::CopyImage
                | Self::ShowExchange
                | Self::Reveal
                | Self::Batch
                | Self::Export
                | Self::Delete
                | Self::Rate(_)
                | Self::Pick
                | Self::Reject
                | Self::Unflag
                | Self::Label(_)
                | Self::AddToCollection
                | Self::RemoveFromCollection
        )
    }

    /// The group that it is listed in.
    pub fn group(self) -> CommandGroup {
        match self {
            Self::Generate
            | Self::GenerateFirst
            | Self::ParameterGrid
            | Self::CompareBlind
            | Self::EarlierPrompt
            | Self::LaterPrompt
            | Self::FocusPrompt
            | Self::AddReference
            | Self::Reset => CommandGroup::Create,
            Self::Open
            | Self::Back
            | Self::MoveLeft
            | Self::MoveRight
            | Self::MoveUp
            | Self::MoveDown
            | Self::FocusSearch
            | Self::GoToDate
            | Self::SelectAll
            | Self::SelectNone
            | Self::ToggleSelected
            | Self::OpenMenu => CommandGroup::Browse,
            Self::Rate(_) | Self::Pick | Self::Reject | Self::Unflag | Self::Label(_) | Self::ToggleAutoAdvance => {
                CommandGroup::Mark
            }
            Self::Reuse
            | Self::UseAsReference
            | Self::Edit
            | Self::CopyPrompt
            | Self::CopyImage
            | Self::ShowExchange
            | Self::Reveal
            | Self::Batch
            | Self::Export
            | Self::Delete
            | Self::AddToCollection
            | Self::RemoveFromCollection => CommandGroup::Images,
            Self::OpenPalette
            | Self::Show(_)
            | Self::Import
            | Self::ImportFolders
            | Self::ToggleInspector
            | Self::Undo
            | Self::Redo
            | Self::VerifyLibrary
            | Self::RebuildIndex
            | Self::PauseQueue
            | Self::OpenSettings
            | Self::OpenShortcuts
            | Self::NextTheme
            | Self::NextPanel
            | Self::PreviousPanel
            | Self::LargerText
            | Self::SmallerText
            | Self::UsualText => CommandGroup::Window,
        }
    }
}

/// The groups that commands are listed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommandGroup {
    /// Writing prompts and generating.
    Create,
    /// Moving among images, and selecting them.
    Browse,
    /// Ratings, flags and labels.
    Mark,
    /// What is done with images.
    Images,
    /// Pages, queue, settings.
    Window,
}

impl CommandGroup {
    /// Every group, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Create, Self::Browse, Self::Mark, Self::Images, Self::Window];

    /// The key of its heading.
    pub fn key(self) -> &'static str {
        match self {
            Self::Create => "command-group-create",
            Self::Browse => "command-group-browse",
            Self::Mark => "command-group-mark",
            Self::Images => "command-group-images",
            Self::Window => "command-group-window",
        }
    }
}
