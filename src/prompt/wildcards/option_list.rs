//! The options of an imported list as lines of a wildcard file, and why a file holds none.

/// A file that holds no wildcards.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WildcardImportError {
    /// It is not written as its name says.
    #[error("line {line} cannot be understood")]
    Line {
        /// From 1.
        line: usize,
    },
    /// It has no lists of texts.
    #[error("there are no lists in it")]
    Empty,
}

/// The name of what a key leads to within a name.
pub(super) fn joined_name(name: &str, key: &str) -> String {
    if name.is_empty() { key.to_owned() } else { format!("{name}/{key}") }
}

/// An option as a line of a wildcard file.
pub(super) fn option_line(option: &str) -> String {
    let option = option.split_whitespace().collect::<Vec<_>>().join(" ");
    let escape = if option.starts_with('#') { "\\" } else { "" };
    format!("{escape}{option}\n")
}
