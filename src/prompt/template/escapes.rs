//! Backslash escapes.

/// The text of a backslash and the character after it.
pub(super) fn unescaped(character: Option<char>) -> String {
    match character {
        Some(escaped) if ESCAPED_CHARS.contains(&escaped) => escaped.to_string(),
        Some(other) => ['\\', other].iter().collect(),
        None => "\\".to_owned(),
    }
}

/// The characters that a backslash escapes.
pub(super) const ESCAPED_CHARS: [char; 10] = ['{', '|', '}', '\\', '$', '_', ':', '.', '!', '#'];
