//! Invisible characters in cells.

use std::borrow::Cow;

/// Whether a character has neither ink nor width. This includes joiners: emoji and scripts need them within a text, but
/// not at its ends or in names of columns.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
    )
}

/// Whether a cell has no visible character.
pub fn is_blank(cell: &str) -> bool {
    cell.chars().all(|character| character.is_whitespace() || is_invisible(character))
}

/// A cell without invisible characters at its ends.
pub(crate) fn trimmed(cell: &str) -> &str {
    cell.trim_matches(|character: char| character.is_whitespace() || is_invisible(character))
}

/// A cell without any invisible character, for names and numbers, in which they have no meaning.
pub(crate) fn visible(cell: &str) -> Cow<'_, str> {
    let goes = |character: char| is_invisible(character) || matches!(character, '\u{FE00}'..='\u{FE0F}');
    let cell = trimmed(cell);
    if cell.contains(goes) { Cow::Owned(trimmed(&cell.replace(goes, "")).to_owned()) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_removed_from_ends_and_names_only() {
        let family = "👨\u{200D}👩\u{200D}👧 at the sea, ❤\u{FE0F}";
        assert_eq!(trimmed(&format!("\u{200B}\u{A0}{family}\u{FEFF} ")), family);
        for written in ["\u{200B}prompt\u{A0}", "pro\u{AD}mpt", "\u{FEFF}pr\u{200D}ompt\u{200E}", "prompt\u{FE0F}"] {
            assert_eq!(visible(written), "prompt", "{written:?}");
        }
        for blank in ["", " ", "\u{200B}", "\u{A0}\u{FEFF}", "\u{3000}\u{2060}\n"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("🦊") && !is_blank("."));
    }
}
