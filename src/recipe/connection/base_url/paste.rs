//! Finds the address in pasted text: without quotes, labels, line breaks and invisible characters.

use crate::recipe::values::is_invisible;

/// Characters that surround an address in prose, code and configuration files.
const SURROUNDING_CHARACTERS: [char; 21] =
    ['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»', '「', '」', '『', '』', '<', '>', '(', ')', ',', ';', '、'];

/// Finds the address in pasted text and replaces full-width characters by their ASCII counterparts. `None` for prose.
pub(crate) fn find_address(pasted: &str) -> Option<String> {
    let narrow: String = pasted.chars().filter(|character| !is_zero_width(*character)).map(to_half_width).collect();
    let address = trim(strip_label(trim(&narrow)));
    let is_words = address.split_once(char::is_whitespace).is_some_and(|(word, _)| !word.contains(['.', ':', '/']));
    // Addresses contain no blanks: those inside come from wrapped lines.
    (!is_words).then(|| address.chars().filter(|character| !character.is_whitespace()).collect())
}

fn is_zero_width(character: char) -> bool {
    !character.is_whitespace() && (is_invisible(character) || matches!(character, '\u{200C}' | '\u{200D}'))
}

/// Converts full-width Latin letters and punctuation, which Chinese input methods produce, to ASCII.
fn to_half_width(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        '。' | '｡' => '.',
        '\\' => '/',
        other => other,
    }
}

fn trim(text: &str) -> &str {
    let is_around = |character: char| character.is_whitespace() || SURROUNDING_CHARACTERS.contains(&character);
    // A dot at the end belongs to the sentence.
    text.trim_start_matches(is_around).trim_end_matches(|character: char| is_around(character) || character == '.')
}

/// Removes text in front of an absolute address, such as `OPENAI_BASE_URL=`, `"base_url": "` or `curl `, and the rest
/// of a command after it.
fn strip_label(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| lower.find(scheme)).min() else { return text };
    let label = &text[..start];
    let ends_label = label.ends_with(|last: char| {
        last.is_whitespace() || matches!(last, '=' | ':') || SURROUNDING_CHARACTERS.contains(&last)
    });
    // A slash in front belongs to an outer address that has this one in its path.
    if !ends_label || label.contains('/') {
        return text;
    }
    text[start..]
        .split(|character: char| character == ' ' || SURROUNDING_CHARACTERS.contains(&character))
        .next()
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_found_in_pasted_text() {
        for pasted in [
            "https://a.example/v1",
            "  https://a.example/v1\r\n",
            "\u{feff}https://a.exam\u{200b}ple/v1\u{a0}",
            "https://a.exam\nple/v1",
            "“https://a.example/v1”",
            "<https://a.example/v1>.",
            "「https://a.example/v1」",
            "OPENAI_BASE_URL=https://a.example/v1",
            "export OPENAI_BASE_URL='https://a.example/v1'",
            "\"base_url\": \"https://a.example/v1\",",
            "網址：https://a.example/v1",
            "curl https://a.example/v1 -H 'x: y'",
            "https：／／a.example／v1",
            "https:\\\\a.example\\v1",
        ] {
            assert_eq!(find_address(pasted).as_deref(), Some("https://a.example/v1"), "{pasted:?}");
        }
        let nested = "https://proxy.example/https://a.example";
        assert_eq!(find_address(nested).as_deref(), Some(nested));
        assert_eq!(find_address("ask me"), None);
    }
}
