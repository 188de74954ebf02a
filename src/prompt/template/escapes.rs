//! Backslash escapes.

/// What a backslash and the character after it stand for.
pub(super) fn unescaped(character: Option<char>) -> String {
    match character {
        Some(escaped) if ESCAPED_CHARS.contains(&escaped) => escaped.to_string(),
        Some(other) => ['\\', other].iter().collect(),
        None => "\\".to_owned(),
    }
}

/// The characters that stand for themselves after a backslash.
pub(super) const ESCAPED_CHARS: [char; 10] = ['{', '|', '}', '\\', '$', '_', ':', '.', '!', '#'];
