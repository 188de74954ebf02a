//! Invisible characters, which can disguise a text or control a terminal.

use std::borrow::Cow;

/// Whether a character is a control character, changes the direction of text, or has no width and could disguise a
/// text. U+200C and U+200D do not count, because scripts and emoji need them.
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}'
                | '\u{61C}'
                | '\u{180E}'
                | '\u{200B}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

/// Replaces invisible characters by `�`, except for line breaks and tabs, so that a text is safe to show.
pub fn replace_invisible(text: &str) -> Cow<'_, str> {
    replace_where(text, |character| !matches!(character, '\n' | '\t') && is_invisible(character))
}

/// Replaces all invisible characters by `�`, including line breaks and tabs, so that a name is safe to show within a
/// line.
pub fn replace_invisible_in_name(text: &str) -> Cow<'_, str> {
    replace_where(text, is_invisible)
}

fn replace_where(text: &str, is_bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().any(&is_bad) {
        text.chars().map(|character| if is_bad(character) { char::REPLACEMENT_CHARACTER } else { character }).collect()
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_replaced() {
        let evil = "a\u{1b}[2Jb\u{7}\u{7f}\u{9b}c\u{202e}gnp\u{2066}\u{200f}\u{61c}\u{200b}\rd";
        assert_eq!(replace_invisible(evil), "a�[2Jb���c�gnp�����d");
        assert_eq!(replace_invisible("two\nlines\tand 漢字 👩‍🎨"), "two\nlines\tand 漢字 👩‍🎨");
        assert_eq!(replace_invisible_in_name("two\nlines\t"), "two�lines�");
    }
}
