//! Converts the options of an imported list to lines of a wildcard file, and the errors of an import.

/// The reason why a file contains no wildcards.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WildcardImportError {
    /// It does not have the format of its extension.
    #[error("line {line} cannot be understood")]
    Line {
        /// The line, from 1.
        line: usize,
    },
    /// It contains no lists of texts.
    #[error("there are no lists in it")]
    Empty,
}

/// The name of the value of a key within a name.
pub(super) fn joined_name(name: &str, key: &str) -> String {
    if name.is_empty() { key.to_owned() } else { format!("{name}/{key}") }
}

/// An option as a line of a wildcard file.
pub(super) fn option_line(option: &str) -> String {
    let option = option.split_whitespace().collect::<Vec<_>>().join(" ");
    let escape = if option.starts_with('#') { "\\" } else { "" };
    format!("{escape}{option}\n")
}
