//! What menus, buttons, the keymap and the help page know of each command: name, icon, shortcuts, and where it works.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::{
    recipe::Label,
    ui::{state::page::Page, text::Text, theme::icons},
};

use super::ui_command::UiCommand;

/// Where the shortcuts of a command work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortcutScope {
    /// Everywhere in the main window, even while a text is being edited.
    Anywhere,
    /// Wherever no text is being edited.
    OutsideText,
    /// Only while the gallery, the viewer or no widget has the keyboard focus.
    Images,
}

const NONE: Modifiers = Modifiers::NONE;

const COMMAND: Modifiers = Modifiers::COMMAND;

const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// What menus, buttons, the keymap and the help page know of a command.
#[derive(Clone, Copy, Debug)]
struct UiCommandSpec {
    /// The key of the name; empty for color labels, whose names are elsewhere.
    name: &'static str,
    /// The key of the tooltip, where the name does not say enough.
    tip: Option<&'static str>,
    icon: &'static str,
    /// The shortcuts; the first one is shown.
    keys: &'static [KeyboardShortcut],
    scope: ShortcutScope,
    /// Whether a held key runs it again and again.
    repeats: bool,
    /// Whether it is available on pages that do not show the images.
    on_every_page: bool,
}

const fn spec(name: &'static str, icon: &'static str) -> UiCommandSpec {
    UiCommandSpec {
        name,
        tip: None,
        icon,
        keys: &[],
        scope: ShortcutScope::OutsideText,
        repeats: false,
        on_every_page: false,
    }
}

impl UiCommandSpec {
    const fn tip(self, tip: &'static str) -> Self {
        Self { tip: Some(tip), ..self }
    }

    const fn keys(self, keys: &'static [KeyboardShortcut]) -> Self {
        Self { keys, ..self }
    }

    const fn anywhere(self) -> Self {
        Self { scope: ShortcutScope::Anywhere, ..self }
    }

    const fn on_images(self) -> Self {
        Self { scope: ShortcutScope::Images, ..self }
    }

    const fn repeating(self) -> Self {
        Self { repeats: true, ..self }
    }

    const fn on_every_page(self) -> Self {
        Self { on_every_page: true, ..self }
    }
}

const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

impl UiCommand {
    /// The table of all commands: the only place that has to change when one is added, beside [`Self::ALL`].
    fn spec(self) -> UiCommandSpec {
        match self {
            Self::OpenPalette => {
                spec("verb-palette", icons::COMMAND).keys(const { &[key(COMMAND, Key::K)] }).anywhere().on_every_page()
            }
            Self::Generate => {
                spec("verb-generate", icons::GENERATE).keys(const { &[key(COMMAND, Key::Enter)] }).anywhere()
            }
            Self::GenerateFirst => spec("verb-generate-first", icons::GENERATE)
                .keys(const { &[key(COMMAND_SHIFT, Key::Enter)] })
                .anywhere(),
            Self::ParameterGrid => spec("verb-parameter-grid", icons::GRID)
                .tip("verb-parameter-grid-tip")
                .keys(const { &[key(COMMAND, Key::G)] })
                .anywhere(),
            Self::CompareBlind => spec("verb-compare-blind", icons::BLIND)
                .tip("verb-compare-blind-tip")
                .keys(const { &[key(COMMAND_SHIFT, Key::G)] })
                .anywhere(),
            Self::FocusPrompt => spec("verb-focus-prompt", icons::PROMPT)
                .keys(const { &[key(Modifiers::ALT, Key::A)] })
                .anywhere()
                .on_every_page(),
            Self::EarlierPrompt => spec("verb-earlier-prompt", icons::UP)
                .keys(const { &[key(Modifiers::ALT, Key::ArrowUp)] })
                .anywhere()
                .repeating(),
            Self::LaterPrompt => spec("verb-later-prompt", icons::DOWNWARD)
                .keys(const { &[key(Modifiers::ALT, Key::ArrowDown)] })
                .anywhere()
                .repeating(),
            Self::AddReference => spec("verb-add-reference", icons::ADD),
            Self::Import => {
                spec("verb-import", icons::ADD).keys(const { &[key(COMMAND, Key::I)] }).anywhere().on_every_page()
            }
            Self::ImportFolders => spec("verb-import-folders", icons::ADD)
                .keys(const { &[key(COMMAND_SHIFT, Key::I)] })
                .anywhere()
                .on_every_page(),
            Self::Reset => spec("verb-reset", icons::UNDO).tip("verb-reset-tip"),
            Self::NextPanel => {
                spec("verb-next-panel", icons::FORWARD).keys(const { &[key(NONE, Key::F6)] }).anywhere().on_every_page()
            }
            Self::PreviousPanel => spec("verb-previous-panel", icons::BACK)
                .keys(const { &[key(Modifiers::SHIFT, Key::F6)] })
                .anywhere()
                .on_every_page(),
            // Some keyboard layouts have the plus on the key of the equals sign.
            Self::LargerText => spec("verb-larger-text", icons::ADD)
                .keys(const { &[key(COMMAND, Key::Plus), key(COMMAND, Key::Equals)] })
                .anywhere()
                .on_every_page(),
            Self::SmallerText => spec("verb-smaller-text", icons::MINUS)
                .keys(const { &[key(COMMAND, Key::Minus)] })
                .anywhere()
                .on_every_page(),
            Self::UsualText => spec("verb-usual-text", icons::UNDO)
                .keys(const { &[key(COMMAND, Key::Num0)] })
                .anywhere()
                .on_every_page(),
            Self::FocusSearch => spec("verb-focus-search", icons::SEARCH)
                .keys(const { &[key(COMMAND, Key::F), key(NONE, Key::Slash)] })
                .on_every_page(),
            Self::Open => spec("verb-open", icons::OPEN)
                .keys(const { &[key(NONE, Key::Enter), key(NONE, Key::Space)] })
                .on_images(),
            Self::Back => spec("verb-back", icons::BACK).keys(const { &[key(NONE, Key::Escape)] }).on_images(),
            Self::MoveLeft => {
                spec("verb-move-left", icons::BACK).keys(const { &[key(NONE, Key::ArrowLeft)] }).on_images().repeating()
            }
            Self::MoveRight => spec("verb-move-right", icons::FORWARD)
                .keys(const { &[key(NONE, Key::ArrowRight)] })
                .on_images()
                .repeating(),
            Self::MoveUp => {
                spec("verb-move-up", icons::UP).keys(const { &[key(NONE, Key::ArrowUp)] }).on_images().repeating()
            }
            Self::MoveDown => spec("verb-move-down", icons::DOWNWARD)
                .keys(const { &[key(NONE, Key::ArrowDown)] })
                .on_images()
                .repeating(),
            Self::ToggleSelected => {
                spec("verb-toggle-selected", icons::SELECT_ALL).keys(const { &[key(COMMAND, Key::Space)] }).on_images()
            }
            Self::OpenMenu => spec("verb-open-menu", icons::MORE)
                .keys(const { &[key(Modifiers::SHIFT, Key::F10), key(NONE, Key::Menu)] })
                .on_images(),
            Self::GoToDate => spec("verb-go-to-date", icons::CALENDAR).keys(const { &[key(NONE, Key::G)] }),
            Self::SelectAll => spec("verb-select-all", icons::SELECT_ALL).keys(const { &[key(COMMAND, Key::A)] }),
            Self::SelectNone => {
                spec("verb-select-none", icons::SELECT_NONE).keys(const { &[key(COMMAND_SHIFT, Key::A)] })
            }
            Self::ToggleInspector => {
                spec("verb-toggle-inspector", icons::INSPECTOR).keys(const { &[key(NONE, Key::I)] })
            }
            Self::Reuse => spec("verb-reuse", icons::REUSE).tip("verb-reuse-tip").keys(const { &[key(NONE, Key::R)] }),
            Self::UseAsReference => spec("verb-use-as-reference", icons::REFERENCE)
                .tip("verb-use-as-reference-tip")
                .keys(const { &[key(Modifiers::SHIFT, Key::R)] }),
            Self::Edit => spec("verb-edit", icons::EDIT).tip("verb-edit-tip").keys(const { &[key(NONE, Key::E)] }),
            Self::CopyPrompt => {
                spec("verb-copy-prompt", icons::COPY_TEXT).keys(const { &[key(COMMAND_SHIFT, Key::C)] })
            }
            Self::CopyImage => spec("verb-copy-image", icons::COPY).keys(const { &[key(COMMAND, Key::C)] }),
            Self::ShowExchange => spec("verb-show-exchange", icons::EXCHANGE)
                .tip("verb-show-exchange-tip")
                .keys(const { &[key(NONE, Key::W)] }),
            Self::Reveal => spec("verb-reveal", icons::REVEAL),
            Self::Batch => {
                spec("verb-batch", icons::BATCH).tip("verb-batch-tip").keys(const { &[key(COMMAND, Key::B)] })
            }
            Self::Export => spec("verb-export", icons::EXPORT).keys(const { &[key(COMMAND, Key::E)] }),
            Self::Rate(stars) => spec("verb-rate", icons::STAR).keys(match stars {
                0 => const { &[key(NONE, Key::Num0)] },
                1 => const { &[key(NONE, Key::Num1)] },
                2 => const { &[key(NONE, Key::Num2)] },
                3 => const { &[key(NONE, Key::Num3)] },
                4 => const { &[key(NONE, Key::Num4)] },
                5 => const { &[key(NONE, Key::Num5)] },
                _ => &[],
            }),
            Self::Pick => spec("verb-pick", icons::FLAG).keys(const { &[key(NONE, Key::P)] }),
            Self::Reject => spec("verb-reject", icons::REJECT).keys(const { &[key(NONE, Key::X)] }),
            Self::Unflag => spec("verb-unflag", icons::FLAG).keys(const { &[key(NONE, Key::U)] }),
            Self::ToggleAutoAdvance => {
                spec("verb-toggle-auto-advance", icons::FORWARD).tip("verb-toggle-auto-advance-tip")
            }
            Self::Label(label) => spec("", icons::LABEL).keys(match label {
                Label::Red => const { &[key(NONE, Key::Num6)] },
                Label::Yellow => const { &[key(NONE, Key::Num7)] },
                Label::Green => const { &[key(NONE, Key::Num8)] },
                Label::Blue => const { &[key(NONE, Key::Num9)] },
                Label::Purple => &[],
            }),
            Self::AddToCollection => {
                spec("verb-add-to-collection", icons::COLLECTION).keys(const { &[key(NONE, Key::B)] })
            }
            Self::RemoveFromCollection => {
                spec("verb-remove-from-collection", icons::MINUS).keys(const { &[key(Modifiers::SHIFT, Key::B)] })
            }
            Self::Delete => spec("verb-delete", icons::DELETE)
                .tip("verb-delete-tip")
                .keys(const { &[key(NONE, Key::Delete), key(NONE, Key::Backspace)] }),
            Self::Undo => spec("verb-undo", icons::UNDO).keys(const { &[key(COMMAND, Key::Z)] }).on_every_page(),
            Self::Redo => spec("verb-redo", icons::RETRY)
                .keys(const { &[key(COMMAND_SHIFT, Key::Z), key(COMMAND, Key::Y)] })
                .on_every_page(),
            Self::Show(Page::Create) => spec("verb-show-page", icons::IMAGE)
                .keys(const { &[key(COMMAND, Key::Num1)] })
                .anywhere()
                .on_every_page(),
            Self::Show(Page::Sheet) => spec("verb-show-page", icons::TABLE)
                .keys(const { &[key(COMMAND, Key::Num2)] })
                .anywhere()
                .on_every_page(),
            Self::Show(Page::Queue) => spec("verb-show-page", icons::QUEUE)
                .keys(const { &[key(COMMAND, Key::Num3), key(COMMAND, Key::J)] })
                .anywhere()
                .on_every_page(),
            Self::VerifyLibrary => spec("verb-verify-library", icons::DONE).on_every_page(),
            Self::RebuildIndex => spec("verb-rebuild-index", icons::RETRY).on_every_page(),
            Self::PauseQueue => spec("verb-pause-queue", icons::PAUSE)
                .keys(const { &[key(COMMAND_SHIFT, Key::J)] })
                .anywhere()
                .on_every_page(),
            Self::NextTheme => spec("verb-next-theme", icons::THEME).on_every_page(),
            Self::OpenSettings => spec("verb-open-settings", icons::SETTINGS)
                .keys(const { &[key(COMMAND, Key::Comma)] })
                .anywhere()
                .on_every_page(),
            Self::OpenShortcuts => spec("verb-open-shortcuts", icons::KEYBOARD)
                .keys(const { &[key(NONE, Key::Questionmark)] })
                .on_every_page(),
        }
    }

    /// The name on buttons, in menus and for screen readers.
    pub fn name(self, text: &Text) -> String {
        match self {
            Self::Rate(stars) => text.with(self.spec().name, [("stars", usize::from(stars).into())]),
            Self::Label(label) => text.label(label),
            Self::Show(page) => text.with(self.spec().name, [("page", page.name(text).into())]),
            _ => text.get(self.spec().name),
        }
    }

    /// The tooltip beside the shortcut: the name, where that says enough.
    pub fn tip(self, text: &Text) -> String {
        self.spec().tip.map_or_else(|| self.name(text), |tip| text.get(tip))
    }

    /// The icon.
    pub fn icon(self) -> &'static str {
        self.spec().icon
    }

    /// The shortcuts that it has unless a person chooses others.
    pub fn usual_keys(self) -> &'static [KeyboardShortcut] {
        self.spec().keys
    }

    /// Whether a held key runs the command again and again. A key that spends money must not.
    pub fn repeats(self) -> bool {
        self.spec().repeats
    }

    /// Whether the command is available on pages that do not show the images.
    pub fn works_on_every_page(self) -> bool {
        self.spec().on_every_page
    }

    /// Where the shortcuts work.
    pub fn scope(self) -> ShortcutScope {
        self.spec().scope
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::settings::Language;

    #[test]
    fn commands_have_unique_keys_and_names() {
        let mut keys = HashSet::new();
        for verb in UiCommand::ALL {
            for key in verb.usual_keys() {
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
    fn letter_shortcuts_do_not_fire_while_text_is_edited() {
        for verb in UiCommand::ALL {
            let types = |key: Key| key.name().chars().count() == 1;
            let bare = verb.usual_keys().iter().any(|key| key.modifiers == NONE && types(key.logical_key));
            assert!(!bare || verb.scope() != ShortcutScope::Anywhere, "{verb:?}");
        }
    }
}
