//! The keys of commands: the usual ones, or those that a person has chosen.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::settings::Shortcuts;

use super::{command_spec::ShortcutScope, ui_command::UiCommand};

/// Separates the keys of a shortcut in files.
const SEPARATOR: char = '+';

/// Why a key cannot be given to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// Another command has it.
    Taken(UiCommand),
    /// The command works while a text is edited, and the key alone would type something.
    TypesText,
    /// Every dialog and every text field needs it for itself.
    Reserved,
}

impl UiCommand {
    /// The shortcuts of a command; the first one is shown.
    pub fn keys(self, shortcuts: &Shortcuts) -> Vec<KeyboardShortcut> {
        match shortcuts.get(&self.id()) {
            Some(chosen) => chosen.iter().filter_map(|keys| parse(keys)).collect(),
            None => self.usual_keys().to_vec(),
        }
    }

    /// The first shortcut of a command, which is shown.
    pub fn first_key(self, shortcuts: &Shortcuts) -> Option<KeyboardShortcut> {
        self.keys(shortcuts).into_iter().next()
    }
}

/// The command that has a shortcut.
pub fn command_of(keys: KeyboardShortcut, shortcuts: &Shortcuts) -> Option<UiCommand> {
    UiCommand::ALL.into_iter().find(|command| {
        let mut own = command.keys(shortcuts).into_iter();
        own.any(|own| own.logical_key == keys.logical_key && keys.modifiers.matches_exact(own.modifiers))
    })
}

/// Why a command cannot have a shortcut, if so.
pub fn problem(command: UiCommand, keys: KeyboardShortcut, shortcuts: &Shortcuts) -> Option<KeyProblem> {
    let is_bare = !keys.modifiers.command && !keys.modifiers.alt;
    let is_reserved = match keys.logical_key {
        Key::Tab => true,
        Key::Escape => command != UiCommand::Back,
        Key::Enter => keys.modifiers.command && !matches!(command, UiCommand::Generate | UiCommand::GenerateFirst),
        _ => false,
    };
    if is_reserved {
        return Some(KeyProblem::Reserved);
    }
    if is_bare && command.scope() == ShortcutScope::Anywhere && !is_function_key(keys.logical_key) {
        return Some(KeyProblem::TypesText);
    }
    command_of(keys, shortcuts).filter(|other| *other != command).map(KeyProblem::Taken)
}

/// Gives a command a shortcut instead of those that it has, and takes it from any other command.
pub fn assign(command: UiCommand, keys: Option<KeyboardShortcut>, shortcuts: &mut Shortcuts) {
    if let Some(keys) = keys
        && let Some(other) = command_of(keys, shortcuts).filter(|other| *other != command)
    {
        take(other, keys, shortcuts);
    }
    set(command, keys.map(format).into_iter().collect(), shortcuts);
}

/// Gives a command its usual shortcuts, and takes them from commands that have got them meanwhile.
pub fn reset(command: UiCommand, shortcuts: &mut Shortcuts) {
    shortcuts.reset(&command.id());
    for other in UiCommand::ALL.into_iter().filter(|other| *other != command) {
        for keys in command.usual_keys() {
            if other.keys(shortcuts).contains(keys) {
                take(other, *keys, shortcuts);
            }
        }
    }
}

/// Takes a shortcut from a command, which keeps its others.
fn take(command: UiCommand, keys: KeyboardShortcut, shortcuts: &mut Shortcuts) {
    let rest = command.keys(shortcuts).into_iter().filter(|own| *own != keys).map(format).collect();
    set(command, rest, shortcuts);
}

/// Stores the keys of a command, unless they are the usual ones.
fn set(command: UiCommand, keys: Vec<String>, shortcuts: &mut Shortcuts) {
    let usual: Vec<String> = command.usual_keys().iter().copied().map(format).collect();
    if keys == usual {
        shortcuts.reset(&command.id());
    } else {
        shortcuts.set(&command.id(), keys);
    }
}

fn is_function_key(key: Key) -> bool {
    let name = key.name();
    name.len() > 1 && name.starts_with('F') && name[1..].chars().all(|digit| digit.is_ascii_digit())
}

/// A shortcut as it stands in files: `Ctrl+Shift+E`. Ctrl means Cmd on a Mac.
fn format(keys: KeyboardShortcut) -> String {
    let modifiers = keys.modifiers;
    let named = [(modifiers.command, "Ctrl"), (modifiers.alt, "Alt"), (modifiers.shift, "Shift")];
    let mut parts: Vec<&str> = named.into_iter().filter(|(held, _)| *held).map(|(_, name)| name).collect();
    parts.push(keys.logical_key.name());
    parts.join("+")
}

/// The shortcut of a text in a file.
fn parse(text: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    let mut parts = text.split(SEPARATOR).map(str::trim);
    let key = parts.next_back()?;
    for part in parts {
        modifiers |= match part.to_ascii_lowercase().as_str() {
            "ctrl" | "cmd" => Modifiers::COMMAND,
            "alt" => Modifiers::ALT,
            "shift" => Modifiers::SHIFT,
            _ => return None,
        };
    }
    Some(KeyboardShortcut::new(modifiers, Key::from_name(key)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_keys_round_trip() {
        for command in UiCommand::ALL {
            for keys in command.usual_keys() {
                assert_eq!(parse(&format(*keys)), Some(*keys), "{}", format(*keys));
            }
        }
        for wrong in ["", "Ctrl+", "Hyper+E", "Ctrl+Nothing"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_key_belongs_to_one_command() {
        let mut shortcuts = Shortcuts::default();
        let keys = KeyboardShortcut::new(Modifiers::COMMAND, Key::E);
        assert_eq!(problem(UiCommand::Reveal, keys, &shortcuts), Some(KeyProblem::Taken(UiCommand::Export)));
        assign(UiCommand::Reveal, Some(keys), &mut shortcuts);
        assert_eq!(command_of(keys, &shortcuts), Some(UiCommand::Reveal));
        assert!(UiCommand::Export.keys(&shortcuts).is_empty());
        assign(UiCommand::Export, Some(keys), &mut shortcuts);
        assign(UiCommand::Reveal, None, &mut shortcuts);
        assert!(shortcuts.is_empty(), "everything is as usual again: {shortcuts:?}");
    }

    #[test]
    fn reserved_keys_are_rejected() {
        let shortcuts = Shortcuts::default();
        let bare = |key| KeyboardShortcut::new(Modifiers::NONE, key);
        assert_eq!(problem(UiCommand::Generate, bare(Key::Q), &shortcuts), Some(KeyProblem::TypesText));
        assert_eq!(problem(UiCommand::Generate, bare(Key::F5), &shortcuts), None);
        assert_eq!(problem(UiCommand::Reveal, bare(Key::Tab), &shortcuts), Some(KeyProblem::Reserved));
        assert_eq!(problem(UiCommand::Reveal, bare(Key::Escape), &shortcuts), Some(KeyProblem::Reserved));
        assert_eq!(problem(UiCommand::Reveal, bare(Key::Q), &shortcuts), None);
    }

    #[test]
    fn unknown_keys_lose_only_themselves() {
        let mut shortcuts = Shortcuts::default();
        shortcuts.set("export", vec!["Ctrl+Q1".to_owned(), "F5".to_owned()]);
        assert_eq!(UiCommand::Export.keys(&shortcuts), [KeyboardShortcut::new(Modifiers::NONE, Key::F5)]);
    }
}
