//! The list of everything that a person can do: menus, buttons, the keymap and its help page all read it.

use crate::{
    recipe::Label,
    ui::{state::page::Page, text::Text, theme::icons},
};
use egui::{Key, KeyboardShortcut, Modifiers};

/// Where the shortcuts of a command work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortcutScope {
    /// Everywhere in the main window, even while a text is being edited.
    Anywhere,
    /// Wherever no text is being edited.
    OutsideText,
    /// Only while the gallery, the viewer or no widget has the keyboard focus.
    Pictures,
}

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

const NONE: Modifiers = Modifiers::NONE;

const COMMAND: Modifiers = Modifiers::COMMAND;

const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

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

    /// The name on buttons, in menus and for screen readers.
    pub fn name(self, text: &Text) -> String {
        text.get(match self {
            Self::Rate(stars) => return text.with("verb-rate", [("stars", usize::from(stars).into())]),
            Self::Label(label) => return text.label(label),
            Self::Show(page) => return text.with("verb-show-page", [("page", page.name(text).into())]),
            Self::Pick => "verb-pick",
            Self::Reject => "verb-reject",
            Self::Generate => "verb-generate",
            Self::GenerateFirst => "verb-generate-first",
            Self::ParameterGrid => "verb-parameter-grid",
            Self::CompareBlind => "verb-compare-blind",
            Self::EarlierPrompt => "verb-earlier-prompt",
            Self::LaterPrompt => "verb-later-prompt",
            Self::FocusPrompt => "verb-focus-prompt",
            Self::FocusSearch => "verb-focus-search",
            Self::AddReference => "verb-add-reference",
            Self::Import => "verb-import",
            Self::ImportFolders => "verb-import-folders",
            Self::Reset => "verb-reset",
            Self::Open => "verb-open",
            Self::Back => "verb-back",
            Self::MoveLeft => "verb-move-left",
            Self::MoveRight => "verb-move-right",
            Self::MoveUp => "verb-move-up",
            Self::MoveDown => "verb-move-down",
            Self::GoToDate => "verb-go-to-date",
            Self::SelectAll => "verb-select-all",
            Self::SelectNone => "verb-select-none",
            Self::ToggleInspector => "verb-toggle-inspector",
            Self::Reuse => "verb-reuse",
            Self::UseAsReference => "verb-use-as-reference",
            Self::Edit => "verb-edit",
            Self::CopyPrompt => "verb-copy-prompt",
            Self::CopyImage => "verb-copy-image",
            Self::ShowExchange => "verb-show-exchange",
            Self::Reveal => "verb-reveal",
            Self::Batch => "verb-batch",
            Self::Export => "verb-export",
            Self::AddToCollection => "verb-add-to-collection",
            Self::RemoveFromCollection => "verb-remove-from-collection",
            Self::Delete => "verb-delete",
            Self::Undo => "verb-undo",
            Self::PauseQueue => "verb-pause-queue",
            Self::OpenSettings => "verb-open-settings",
            Self::OpenShortcuts => "verb-open-shortcuts",
            Self::NextTheme => "verb-next-theme",
        })
    }

    /// The tooltip beside the shortcut, where the name does not say enough.
    pub fn tip(self, text: &Text) -> String {
        match self {
            Self::ParameterGrid => text.get("verb-parameter-grid-tip"),
            Self::CompareBlind => text.get("verb-compare-blind-tip"),
            Self::Reuse => text.get("verb-reuse-tip"),
            Self::ShowExchange => text.get("verb-show-exchange-tip"),
            Self::UseAsReference => text.get("verb-use-as-reference-tip"),
            Self::Edit => text.get("verb-edit-tip"),
            Self::Batch => text.get("verb-batch-tip"),
            Self::Delete => text.get("verb-delete-tip"),
            Self::Reset => text.get("verb-reset-tip"),
            _ => self.name(text),
        }
    }

    /// The icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Generate | Self::GenerateFirst => icons::GENERATE,
            Self::ParameterGrid => icons::GRID,
            Self::CompareBlind => icons::BLIND,
            Self::FocusPrompt => icons::PROMPT,
            Self::FocusSearch => icons::SEARCH,
            Self::AddReference | Self::Import | Self::ImportFolders => icons::ADD,
            Self::Reset | Self::Undo => icons::UNDO,
            Self::Open => icons::OPEN,
            Self::Back | Self::MoveLeft => icons::BACK,
            Self::MoveRight => icons::FORWARD,
            Self::MoveUp | Self::EarlierPrompt => icons::UP,
            Self::MoveDown | Self::LaterPrompt => icons::DOWNWARD,
            Self::GoToDate => icons::CALENDAR,
            Self::SelectAll => icons::SELECT_ALL,
            Self::SelectNone => icons::SELECT_NONE,
            Self::ToggleInspector => icons::INSPECTOR,
            Self::Reuse => icons::REUSE,
            Self::UseAsReference => icons::REFERENCE,
            Self::Edit => icons::EDIT,
            Self::CopyPrompt => icons::COPY_TEXT,
            Self::CopyImage => icons::COPY,
            Self::ShowExchange => icons::EXCHANGE,
            Self::Reveal => icons::REVEAL,
            Self::Batch => icons::BATCH,
            Self::Export => icons::EXPORT,
            Self::Rate(_) => icons::STAR,
            Self::Pick => icons::FLAG,
            Self::Reject => icons::REJECT,
            Self::Label(_) => icons::LABEL,
            Self::AddToCollection => icons::COLLECTION,
            Self::RemoveFromCollection => icons::MINUS,
            Self::Delete => icons::DELETE,
            Self::PauseQueue => icons::PAUSE,
            Self::OpenSettings => icons::SETTINGS,
            Self::OpenShortcuts => icons::KEYBOARD,
            Self::Show(Page::Create) => icons::IMAGE,
            Self::Show(Page::Sheet) => icons::TABLE,
            Self::Show(Page::Queue) => icons::QUEUE,
            Self::NextTheme => icons::THEME,
        }
    }

    /// The shortcuts; the first one is shown.
    pub fn keys(self) -> &'static [KeyboardShortcut] {
        const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(modifiers, key)
        }
        match self {
            Self::Generate => const { &[key(COMMAND, Key::Enter)] },
            Self::GenerateFirst => const { &[key(COMMAND_SHIFT, Key::Enter)] },
            Self::ParameterGrid => const { &[key(COMMAND, Key::G)] },
            Self::CompareBlind => const { &[key(COMMAND_SHIFT, Key::G)] },
            Self::EarlierPrompt => const { &[key(Modifiers::ALT, Key::ArrowUp)] },
            Self::LaterPrompt => const { &[key(Modifiers::ALT, Key::ArrowDown)] },
            Self::FocusPrompt => const { &[key(Modifiers::ALT, Key::A)] },
            Self::FocusSearch => const { &[key(COMMAND, Key::F), key(NONE, Key::Slash)] },
            Self::Open => const { &[key(NONE, Key::Enter), key(NONE, Key::Space)] },
            Self::Back => const { &[key(NONE, Key::Escape)] },
            Self::MoveLeft => const { &[key(NONE, Key::ArrowLeft)] },
            Self::MoveRight => const { &[key(NONE, Key::ArrowRight)] },
            Self::MoveUp => const { &[key(NONE, Key::ArrowUp)] },
            Self::MoveDown => const { &[key(NONE, Key::ArrowDown)] },
            Self::GoToDate => const { &[key(NONE, Key::G)] },
            Self::SelectAll => const { &[key(COMMAND, Key::A)] },
            Self::SelectNone => const { &[key(COMMAND_SHIFT, Key::A)] },
            Self::ToggleInspector => const { &[key(NONE, Key::I)] },
            Self::Reuse => const { &[key(NONE, Key::R)] },
            Self::UseAsReference => const { &[key(NONE, Key::U)] },
            Self::Edit => const { &[key(NONE, Key::E)] },
            Self::ShowExchange => const { &[key(NONE, Key::W)] },
            Self::CopyImage => const { &[key(COMMAND, Key::C)] },
            Self::CopyPrompt => const { &[key(COMMAND_SHIFT, Key::C)] },
            Self::Import => const { &[key(COMMAND, Key::I)] },
            Self::ImportFolders => const { &[key(COMMAND_SHIFT, Key::I)] },
            Self::Batch => const { &[key(COMMAND, Key::B)] },
            Self::Export => const { &[key(COMMAND, Key::E)] },
            Self::Rate(stars) => match stars {
                0 => const { &[key(NONE, Key::Num0)] },
                1 => const { &[key(NONE, Key::Num1)] },
                2 => const { &[key(NONE, Key::Num2)] },
                3 => const { &[key(NONE, Key::Num3)] },
                4 => const { &[key(NONE, Key::Num4)] },
                5 => const { &[key(NONE, Key::Num5)] },
                _ => &[],
            },
            Self::Pick => const { &[key(NONE, Key::P)] },
            Self::Reject => const { &[key(NONE, Key::X)] },
            Self::Label(label) => match label {
                Label::Red => const { &[key(NONE, Key::Num6)] },
                Label::Yellow => const { &[key(NONE, Key::Num7)] },
                Label::Green => const { &[key(NONE, Key::Num8)] },
                Label::Blue => const { &[key(NONE, Key::Num9)] },
                Label::Purple => &[],
            },
            Self::AddToCollection => const { &[key(NONE, Key::B)] },
            Self::RemoveFromCollection => const { &[key(Modifiers::SHIFT, Key::B)] },
            Self::Delete => const { &[key(NONE, Key::Delete), key(NONE, Key::Backspace)] },
            Self::Undo => const { &[key(COMMAND, Key::Z)] },
            Self::Show(Page::Create) => const { &[key(COMMAND, Key::Num1)] },
            Self::Show(Page::Sheet) => const { &[key(COMMAND, Key::Num2)] },
            Self::Show(Page::Queue) => const { &[key(COMMAND, Key::Num3), key(COMMAND, Key::J)] },
            Self::PauseQueue => const { &[key(COMMAND_SHIFT, Key::J)] },
            Self::OpenSettings => const { &[key(COMMAND, Key::Comma)] },
            Self::OpenShortcuts => const { &[key(NONE, Key::Questionmark)] },
            Self::AddReference | Self::Reset | Self::Reveal | Self::NextTheme => &[],
        }
    }

    /// Whether the command is available on pages that do not show the images.
    pub fn works_on_every_page(self) -> bool {
        matches!(
            self,
            Self::FocusPrompt
                | Self::FocusSearch
                | Self::Import
                | Self::ImportFolders
                | Self::Show(_)
                | Self::PauseQueue
                | Self::Undo
                | Self::OpenSettings
                | Self::OpenShortcuts
                | Self::NextTheme
        )
    }

    /// Where the shortcuts work.
    pub fn reach(self) -> ShortcutScope {
        match self {
            Self::Generate
            | Self::GenerateFirst
            | Self::ParameterGrid
            | Self::CompareBlind
            | Self::EarlierPrompt
            | Self::LaterPrompt
            | Self::FocusPrompt
            | Self::PauseQueue
            | Self::OpenSettings
            | Self::Show(_)
            | Self::Import
            | Self::ImportFolders => ShortcutScope::Anywhere,
            Self::Open | Self::Back | Self::MoveLeft | Self::MoveRight | Self::MoveUp | Self::MoveDown => {
                ShortcutScope::Pictures
            }
            _ => ShortcutScope::OutsideText,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::settings::Language;

    #[test]
    fn no_two_verbs_share_a_key_or_a_name() {
        let mut keys = HashSet::new();
        for verb in UiCommand::ALL {
            for key in verb.keys() {
                assert!(keys.insert(*key), "{verb:?} shares {key:?}");
            }
        }
        for language in [Language::English, Language::TraditionalChinese] {
            let text = Text::new(language);
            let names: HashSet<_> = UiCommand::ALL.iter().map(|verb| verb.name(&text)).collect();
            assert_eq!(names.len(), UiCommand::ALL.len());
        }
    }

    #[test]
    fn a_bare_letter_never_fires_while_a_text_is_edited() {
        for verb in UiCommand::ALL {
            let bare = verb.keys().iter().any(|key| key.modifiers == NONE);
            assert!(!bare || verb.reach() != ShortcutScope::Anywhere, "{verb:?}");
        }
    }
}
