//! Cleans API keys as people paste them, or says what is wrong with them.

use serde::{Deserialize, Serialize};

use crate::recipe::values::is_invisible;

/// Why a text cannot be an API key. It never contains the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum KeyFlaw {
    /// The text contains nothing but labels, quotes and blanks.
    #[error("there is no key")]
    Empty,
    /// The key is in the shortened form that web pages show.
    #[error("the key is shortened")]
    Shortened,
    /// The key contains a line break.
    #[error("the key goes over several lines")]
    LineBreak,
    /// The key contains a blank.
    #[error("the key has a blank in it")]
    Blank,
    /// The text is a web address.
    #[error("it is an address")]
    Address,
    /// The key contains a character that no key has.
    #[error("the key has the character {}", character_name(*.0))]
    Character(char),
}

/// Characters that surround a key in prose, code and configuration files.
const SURROUNDING_CHARACTERS: [char; 20] =
    ['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»', '「', '」', '『', '』', '<', '>', '(', ')', ',', ';'];

/// Labels that precede a key and a colon.
const KEY_LABELS: [&str; 15] = [
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "x-goog-api-key",
    "api-key",
    "api_key",
    "apikey",
    "api key",
    "key",
    "token",
    "secret",
    "金鑰",
    "密鑰",
    "密钥",
    "令牌",
];
/// Parts of the names of environment variables that hold keys.
const KEY_VARIABLE_PARTS: [&str; 5] = ["key", "token", "secret", "auth", "password"];
/// Shell words that precede a variable.
const SHELL_WORDS: [&str; 5] = ["export ", "set ", "setx ", "env ", "$env:"];
/// Command-line options that precede a header.
const HEADER_OPTIONS: [&str; 2] = ["-H ", "--header "];

/// Extracts the key from pasted text: without labels, `Bearer`, quotes, surrounding blanks and invisible characters.
///
/// # Errors
/// The remaining text cannot be a key.
pub fn clean_key(pasted: &str) -> Result<String, KeyFlaw> {
    let seen: String = pasted.chars().filter(|character| !is_zero_width(*character)).collect();
    let mut key = trim(&seen);
    while let Some(less) = strip_label(key) {
        key = trim(less);
    }
    match find_flaw(key) {
        Some(flaw) => Err(flaw),
        None => Ok(key.to_owned()),
    }
}

/// Formats a character with its code point, because many characters look alike: `ｓ (U+FF53)`.
pub fn character_name(character: char) -> String {
    let code = format!("U+{:04X}", u32::from(character));
    if character.is_control() || is_invisible(character) { code } else { format!("{character} ({code})") }
}

/// Whether a character has no width, so that it was not typed on purpose. Line breaks do not count.
fn is_zero_width(character: char) -> bool {
    !character.is_control()
        && (is_invisible(character) || matches!(character, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}'))
        && !character.is_whitespace()
}

fn trim(text: &str) -> &str {
    text.trim_matches(|character: char| {
        character.is_whitespace() || character.is_control() || SURROUNDING_CHARACTERS.contains(&character)
    })
}

/// Removes one label in front of a key; `None` if there is none.
fn strip_label(text: &str) -> Option<&str> {
    let strip = |prefix: &str| {
        let head = text.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
    };
    if let Some(rest) = SHELL_WORDS.iter().chain(&HEADER_OPTIONS).find_map(|word| strip(word)) {
        return Some(rest);
    }
    // `Bearer` alone is not a key.
    if let Some(rest) = strip("bearer")
        && rest
            .chars()
            .next()
            .is_none_or(|next| next.is_whitespace() || next == ':' || SURROUNDING_CHARACTERS.contains(&next))
    {
        return Some(rest.trim_start_matches(':'));
    }
    if let Some((name, rest)) = text.split_once([':', '：']) {
        let name = trim(name).to_lowercase();
        if KEY_LABELS.contains(&name.as_str()) || is_variable(&name) {
            return Some(rest);
        }
    }
    let (name, rest) = text.split_once('=')?;
    // `=` at the end of a key is base64 padding; after `OPENAI_API_KEY` it is an assignment without a value.
    let is_assigned = !rest.trim_matches('=').is_empty() || (name.contains('_') && rest.is_empty());
    (is_assigned && is_variable(&trim(name).to_lowercase())).then_some(rest)
}

/// Whether a lower-case name is that of a variable for keys, such as `openai_api_key`.
fn is_variable(name: &str) -> bool {
    let is_name = name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-'));
    is_name && name.len() <= 40 && KEY_VARIABLE_PARTS.iter().any(|part| name.ends_with(part) || name.starts_with(part))
}

fn find_flaw(key: &str) -> Option<KeyFlaw> {
    let lower = key.to_ascii_lowercase();
    if key.is_empty() {
        return Some(KeyFlaw::Empty);
    }
    if lower.starts_with("https://") || lower.starts_with("http://") {
        return Some(KeyFlaw::Address);
    }
    let is_ellipsis = |character: char| matches!(character, '…' | '⋯' | '•' | '●' | '∙' | '＊' | '·');
    if key.contains(is_ellipsis) || key.contains("...") || key.contains("**") {
        return Some(KeyFlaw::Shortened);
    }
    key.chars().find(|character| !character.is_ascii_graphic()).map(|character| match character {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => KeyFlaw::LineBreak,
        blank if blank.is_whitespace() => KeyFlaw::Blank,
        other => KeyFlaw::Character(other),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_and_quotes_around_a_key_are_removed() {
        for pasted in [
            "sk-real-0001",
            " sk-real-0001\r\n",
            "\u{a0}\u{feff}sk-real-0001\u{200b}\n",
            "\u{3000}sk-real-0001\u{3000}",
            "sk-\u{200b}real\u{2060}-00\u{ad}01",
            "Bearer sk-real-0001",
            "bearer  \"sk-real-0001\"",
            "BEARER: sk-real-0001",
            "Bearer Bearer sk-real-0001",
            "Authorization: Bearer sk-real-0001",
            "authorization:sk-real-0001",
            "\"Authorization\": \"Bearer sk-real-0001\",",
            "-H \"Authorization: Bearer sk-real-0001\"",
            "x-api-key: sk-real-0001",
            "OPENAI_API_KEY=sk-real-0001",
            "OPENAI_API_KEY = \"sk-real-0001\"",
            "export OPENAI_API_KEY='sk-real-0001';",
            "set DGRID_API_KEY=sk-real-0001",
            "$env:DGRID_API_KEY=\"sk-real-0001\"",
            "\"api_key\": \"sk-real-0001\"",
            "api_key: sk-real-0001",
            "API key：sk-real-0001",
            "金鑰：sk-real-0001",
            "“sk-real-0001”",
            "‘sk-real-0001’",
            "「sk-real-0001」",
            "`sk-real-0001`",
            "<sk-real-0001>",
        ] {
            assert_eq!(clean_key(pasted).as_deref(), Ok("sk-real-0001"), "{pasted:?}");
        }
    }

    #[test]
    fn keys_of_every_form_are_unchanged() {
        for key in [
            "AIzaSyA-0123_456",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
            "QWxhZGRpbg==",
            "id:secret",
            "0f8fad5b-d9cb:469f",
            "keyword",
            "a*b",
            "bearersk-1",
            "token",
            "sk-or-v1-0123%/+~",
        ] {
            assert_eq!(clean_key(key).as_deref(), Ok(key));
        }
    }

    #[test]
    fn invalid_keys_are_rejected_with_the_reason() {
        for (pasted, flaw) in [
            ("", KeyFlaw::Empty),
            (" \u{feff}\n", KeyFlaw::Empty),
            ("Bearer ", KeyFlaw::Empty),
            ("\"\"", KeyFlaw::Empty),
            ("export OPENAI_API_KEY=\"\"", KeyFlaw::Empty),
            ("sk-ab…12", KeyFlaw::Shortened),
            ("sk-ab...12", KeyFlaw::Shortened),
            ("sk-****", KeyFlaw::Shortened),
            ("Bearer sk-ab****************12", KeyFlaw::Shortened),
            ("••••••••4f2c", KeyFlaw::Shortened),
            ("sk-real\n-0001", KeyFlaw::LineBreak),
            ("sk-real\r\n-0001", KeyFlaw::LineBreak),
            ("sk-real -0001", KeyFlaw::Blank),
            ("sk-real\u{a0}0001", KeyFlaw::Blank),
            ("sk-real\t0001", KeyFlaw::Blank),
            ("sk-real\u{7}0001", KeyFlaw::Character('\u{7}')),
            ("ｓｋ－real", KeyFlaw::Character('ｓ')),
            ("sk-réal", KeyFlaw::Character('é')),
            ("sk–real", KeyFlaw::Character('–')),
            ("請在此貼上金鑰", KeyFlaw::Character('請')),
            ("https://api.example/v1", KeyFlaw::Address),
        ] {
            assert_eq!(clean_key(pasted), Err(flaw), "{pasted:?}");
        }
        assert_eq!(character_name('ｓ'), "ｓ (U+FF53)");
        assert_eq!(character_name('\u{7f}'), "U+007F");
    }

    proptest! {
        #[test]
        fn cleaning_a_key_is_idempotent_and_yields_a_valid_header(pasted in ".{0,40}") {
            if let Ok(key) = clean_key(&pasted) {
                prop_assert!(!key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert_eq!(clean_key(&key), Ok(key));
            }
        }
    }
}
