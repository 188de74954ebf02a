//! Invisible characters, which can disguise a text or control a terminal.

use std::borrow::Cow;

/// Whether a character is a control, sets the direction of text, or has no width where that only deceives. Those
/// without width that scripts and emoji need (U+200C and U+200D) are none of them.
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

/// A text as it may be shown: what is not seen becomes `�`. Line breaks and tabs stay.
pub fn replace_invisible(text: &str) -> Cow<'_, str> {
    replace_where(text, |character| !matches!(character, '\n' | '\t') && is_invisible(character))
}

/// A name as it may be shown within a line: line breaks and tabs become `�` as well.
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
    fn what_steers_a_terminal_or_turns_text_around_is_replaced() {
        let evil = "a\u{1b}[2Jb\u{7}\u{7f}\u{9b}c\u{202e}gnp\u{2066}\u{200f}\u{61c}\u{200b}\rd";
        assert_eq!(replace_invisible(evil), "a�[2Jb���c�gnp�����d");
        assert_eq!(replace_invisible("two\nlines\tand 漢字 👩‍🎨"), "two\nlines\tand 漢字 👩‍🎨");
        assert_eq!(replace_invisible_in_name("two\nlines\t"), "two�lines�");
    }
}
