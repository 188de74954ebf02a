//! Parses JSON as programs really write it: Python's numbers that JSON does not have, raw line feeds in strings, halves
//! of surrogate pairs, and text after the end.

use serde_json::Value;

/// Parses the first value of a text.
pub(super) fn json(text: &str) -> Option<Value> {
    let text = text.trim_start_matches(['\u{feff}', '\0']);
    first(text).or_else(|| first(&repaired(text)))
}

fn first(text: &str) -> Option<Value> {
    serde_json::Deserializer::from_str(text).into_iter().next()?.ok()
}

/// The text with everything that is invalid in JSON replaced by the closest valid form.
fn repaired(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    let mut quoted = false;
    while let Some(letter) = rest.chars().next() {
        let mut taken = letter.len_utf8();
        match letter {
            '"' => {
                quoted = !quoted;
                mended.push('"');
            }
            '\\' if quoted => taken = escape(rest, &mut mended),
            '\n' if quoted => mended.push_str("\\n"),
            '\t' if quoted => mended.push_str("\\t"),
            // Other control characters in a string have no meaning.
            c if quoted && c < ' ' => {}
            'N' | 'I' | '-' if !quoted => {
                let number = ["NaN", "Infinity", "-Infinity", "-NaN"].into_iter().find(|name| rest.starts_with(name));
                taken = number.map_or(taken, str::len);
                match number {
                    Some(_) => mended.push_str("null"),
                    None => mended.push(letter),
                }
            }
            c => mended.push(c),
        }
        rest = &rest[taken..];
    }
    mended
}

/// Copies an escape with all its characters, and returns its length.
fn escape(rest: &str, mended: &mut String) -> usize {
    let unit = |at: usize| {
        let digits = rest.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    match (unit(0), unit(6)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => {
            mended.push_str(&rest[..12]);
            12
        }
        (Some(0xd800..=0xdfff), _) => {
            mended.push_str("\\ufffd");
            6
        }
        _ => {
            let length = rest.chars().take(2).map(char::len_utf8).sum();
            mended.push_str(&rest[..length]);
            length
        }
    }
}
