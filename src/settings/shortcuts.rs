//! The keys that a person has chosen for commands, and files of them.
//!
//! A file is JSON: `{"atelier": "shortcuts", "version": 1, "shortcuts": {"export": ["Ctrl+Shift+E"]}}`. Commands are
//! named by ids, keys as they are printed on an English keyboard; the window knows both.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::error_chain::Cause;

/// The keys of the commands whose keys a person has changed. A command without keys has an empty list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Shortcuts(BTreeMap<String, Vec<String>>);

impl Shortcuts {
    /// The chosen keys of a command; `None` if it has its usual ones.
    pub fn get(&self, command: &str) -> Option<&[String]> {
        self.0.get(command).map(Vec::as_slice)
    }

    /// Chooses the keys of a command.
    pub fn set(&mut self, command: &str, keys: Vec<String>) {
        self.0.insert(command.to_owned(), keys);
    }

    /// Gives a command its usual keys.
    pub fn reset(&mut self, command: &str) {
        self.0.remove(command);
    }

    /// Whether every command has its usual keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of commands whose keys were changed.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'de> Deserialize<'de> for Shortcuts {
    /// Skips what is no list of keys, so that one mistake in a file loses only itself.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let Value::Object(all) = value else { return Ok(Self::default()) };
        let keys = |value: Value| -> Option<Vec<String>> {
            let Value::Array(list) = value else { return None };
            Some(list.into_iter().filter_map(|key| key.as_str().map(str::to_owned)).collect())
        };
        Ok(Self(all.into_iter().filter_map(|(command, value)| Some((command, keys(value)?))).collect()))
    }
}

/// Why a file gives no shortcuts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShortcutFileError {
    /// It could not be read.
    #[error("{0}")]
    Unreadable(#[source] Cause),
    /// A newer version has written it.
    #[error("a newer version has written it")]
    Newer,
    /// There are no shortcuts in it.
    #[error("there are no shortcuts in it")]
    Empty,
}

#[derive(Serialize)]
struct File<'a> {
    atelier: &'static str,
    version: u32,
    shortcuts: &'a Shortcuts,
}

/// A file of shortcuts.
pub fn write_shortcuts(shortcuts: &Shortcuts) -> String {
    let file = File { atelier: "shortcuts", version: 1, shortcuts };
    // Plain data serializes without fail.
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

/// The shortcuts of a file.
pub fn read_shortcuts(text: &str) -> Result<Shortcuts, ShortcutFileError> {
    let value: Value =
        serde_json::from_str(text.trim_start_matches('\u{FEFF}')).map_err(|_error| ShortcutFileError::Empty)?;
    if value.get("version").and_then(Value::as_u64).is_some_and(|version| version > 1) {
        return Err(ShortcutFileError::Newer);
    }
    let shortcuts = value.get("shortcuts").cloned().ok_or(ShortcutFileError::Empty)?;
    serde_json::from_value(shortcuts).map_err(|_error| ShortcutFileError::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_tables_are_read_back() {
        let mut shortcuts = Shortcuts::default();
        shortcuts.set("export", vec!["Ctrl+Shift+E".to_owned()]);
        shortcuts.set("delete", Vec::new());
        assert_eq!(read_shortcuts(&write_shortcuts(&shortcuts)), Ok(shortcuts));
    }

    #[test]
    fn invalid_entry_loses_only_itself() {
        let file = r#"{"shortcuts": {"export": ["F5", 7], "delete": "Ctrl+D", "later": ["F6"]}}"#;
        let shortcuts = read_shortcuts(file).unwrap();
        assert_eq!(shortcuts.get("export"), Some(&["F5".to_owned()][..]));
        assert_eq!(shortcuts.get("delete"), None);
        assert_eq!(shortcuts.len(), 2, "a command of a newer version is kept");
        assert_eq!(read_shortcuts(r#"{"version": 2, "shortcuts": {}}"#), Err(ShortcutFileError::Newer));
        assert_eq!(read_shortcuts("{}"), Err(ShortcutFileError::Empty));
        assert_eq!(read_shortcuts("no JSON"), Err(ShortcutFileError::Empty));
    }
}
