//! The encodings in which a gateway may write a key, and a reader that finds the key in any of them. It shares no code
//! with the masking of the program.

use std::collections::HashSet;

use base64::{
    Engine as _, alphabet,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig,
        general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
    },
};

/// The number of layers of encoding that are decoded.
const MAX_LAYERS: usize = 3;

fn map_chars(text: &str, write: impl Fn(usize, char) -> String) -> String {
    text.chars().enumerate().map(|(index, character)| write(index, character)).collect()
}

fn html_name(character: char) -> String {
    match character {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        other => other.to_string(),
    }
}

fn encode_json(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a text is JSON");
    quoted[1..quoted.len() - 1].to_owned()
}

fn encode_percent(text: &str) -> String {
    map_chars(text, |_, c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("%{:02X}", c as u32) })
}

fn encode_hexadecimal(text: &str, separator: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(separator)
}

/// A key in forty-eight encodings.
pub fn encodings(key: &str) -> Vec<String> {
    let names = map_chars(key, |_, c| html_name(c));
    let escapes = map_chars(key, |_, c| format!("\\u{:04x}", c as u32));
    let all = vec![
        key.to_owned(),
        key.to_uppercase(),
        key.to_lowercase(),
        format!("Bearer {key}"),
        names.clone(),
        names.replace("&apos;", "&#39;").replace("&quot;", "&#34;"),
        names.replace("&apos;", "'").replace(';', ""),
        names.replace('&', "&amp;"),
        map_chars(key, |_, c| format!("&#{};", c as u32)),
        map_chars(key, |_, c| format!("&#{:05};", c as u32)),
        map_chars(key, |_, c| format!("&#x{:x};", c as u32)),
        map_chars(key, |_, c| format!("&#X{:04X};", c as u32)),
        map_chars(key, |i, c| match i % 4 {
            0 => format!("&#{};", c as u32),
            1 => format!("&#x{:x};", c as u32),
            2 => format!("%{:02x}", c as u32),
            _ => html_name(c),
        }),
        encode_percent(key),
        encode_percent(key).to_lowercase(),
        map_chars(key, |_, c| format!("%{:02x}", c as u32)),
        encode_percent(&encode_percent(key)),
        url::form_urlencoded::byte_serialize(key.as_bytes()).collect(),
        encode_json(key),
        encode_json(key).replace('/', "\\/"),
        encode_json(&encode_json(key)),
        escapes.clone(),
        escapes.to_uppercase().replace("\\U", "\\u"),
        encode_json(&escapes),
        map_chars(key, |i, c| if i % 3 == 0 { format!("\\u{:04x}", c as u32) } else { encode_json(&c.to_string()) }),
        map_chars(key, |_, c| format!("\\x{:02x}", c as u32)),
        encode_json(&encode_percent(key)),
        encode_percent(&names),
        STANDARD.encode(key),
        STANDARD_NO_PAD.encode(key),
        URL_SAFE.encode(key),
        STANDARD.encode(format!("a{key}")),
        URL_SAFE_NO_PAD.encode(format!("a{key}z")),
        STANDARD.encode(format!("ab{key}")),
        STANDARD.encode(format!("ab{key}zy")),
        format!("Basic {}", STANDARD.encode(format!("user:{key}"))),
        STANDARD.encode(format!("Bearer {key}")).replace('=', "%3D").replace('+', "%2B").replace('/', "%2F"),
        STANDARD.encode(format!("{{\"k\":\"{key}\"}}")).replace('/', "\\/"),
        STANDARD.encode(STANDARD.encode(key)),
        STANDARD
            .encode(format!("xy{key}"))
            .as_bytes()
            .chunks(12)
            .map(String::from_utf8_lossy)
            .collect::<Vec<_>>()
            .join(" "),
        encode_hexadecimal(key, ""),
        encode_hexadecimal(key, "").to_uppercase(),
        encode_hexadecimal(key, ":"),
        encode_hexadecimal(key, " "),
        encode_hexadecimal(key, "-"),
        key.bytes().map(|byte| format!("0x{byte:02x}")).collect::<Vec<_>>().join(", "),
        key.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(","),
        map_chars(key, |_, c| format!("{c}\u{200b}")),
    ];
    assert!(all.len() >= 40);
    all
}

/// Whether some bytes contain a key in any encoding.
pub fn contains_key(bytes: &[u8], key: &str) -> bool {
    let key = key.to_lowercase();
    let mut seen = HashSet::new();
    let mut texts = vec![text_runs(bytes)];
    for layer in 0..=MAX_LAYERS {
        let mut next = Vec::new();
        for text in texts {
            if text.to_lowercase().contains(&key) {
                return true;
            }
            if layer < MAX_LAYERS {
                let read = [
                    decode_html(&text),
                    decode_percent(&text),
                    decode_json(&text),
                    without_spaces(&text),
                    decode_hexadecimal(&text),
                    decode_numbers(&text),
                    decode_base64(&text),
                ];
                next.extend(read.into_iter().filter(|text| text.len() >= key.len() && seen.insert(text.clone())));
            }
        }
        texts = next;
    }
    false
}

/// The runs of text in arbitrary bytes.
fn text_runs(bytes: &[u8]) -> String {
    let runs = bytes.split(|&byte| byte < b' ' && !byte.is_ascii_whitespace()).filter(|run| run.len() >= 8);
    runs.map(String::from_utf8_lossy).collect::<Vec<_>>().join("\u{1}\n\u{1}")
}

/// Replaces each part that `read` can decode by its result.
fn replace_matches(text: &str, starts: char, read: impl Fn(&str) -> Option<(usize, char)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(starts) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (length, character) = read(rest).unwrap_or_else(|| (starts.len_utf8(), starts));
        out.push(character);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

fn parse_char(digits: &str, radix: u32) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

fn decode_html(text: &str) -> String {
    replace_matches(text, '&', |rest| {
        let digits = |from: usize, radix: u32| {
            let count = rest[from..].chars().take_while(|c| c.is_digit(radix)).count();
            let end = from + count;
            let semicolon = usize::from(rest[end..].starts_with(';'));
            Some((end + semicolon, parse_char(&rest[from..end], radix)?))
        };
        if rest.starts_with("&#x") || rest.starts_with("&#X") {
            return digits(3, 16);
        }
        if rest.starts_with("&#") {
            return digits(2, 10);
        }
        let names = [("&amp", '&'), ("&lt", '<'), ("&gt", '>'), ("&quot", '"'), ("&apos", '\'')];
        let (name, character) = names.into_iter().find(|(name, _)| rest.starts_with(name))?;
        Some((name.len() + usize::from(rest[name.len()..].starts_with(';')), character))
    })
}

fn decode_percent(text: &str) -> String {
    replace_matches(text, '%', |rest| Some((3, parse_char(rest.get(1..3)?, 16)?)))
}

fn decode_json(text: &str) -> String {
    replace_matches(text, '\\', |rest| match rest.get(1..2)? {
        "u" => Some((6, parse_char(rest.get(2..6)?, 16)?)),
        "x" => Some((4, parse_char(rest.get(2..4)?, 16)?)),
        other => other.chars().next().filter(char::is_ascii_punctuation).map(|character| (2, character)),
    })
}

/// The text without white space and invisible characters.
fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

fn decode_hexadecimal(text: &str) -> String {
    let plain: String = text.replace("0x", "").chars().filter(|c| !" :,-\n\r".contains(*c)).collect();
    let runs = plain.split(|c: char| !c.is_ascii_hexdigit()).filter(|run| run.len() >= 16);
    let decode = |run: &str| -> String {
        (0..run.len() / 2).filter_map(|at| parse_char(&run[at * 2..at * 2 + 2], 16)).collect()
    };
    runs.flat_map(|run| [decode(run), decode(&run[1..])]).collect::<Vec<_>>().join("\n")
}

fn decode_numbers(text: &str) -> String {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    numbers.filter_map(|digits| digits.parse::<u8>().ok()).map(char::from).collect()
}

fn decode_base64(text: &str) -> String {
    let lax = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, lax);
    let plain = text.replace('-', "+").replace('_', "/");
    let runs = plain.split(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '/').filter(|run| run.len() >= 12);
    let mut decoded = Vec::new();
    for run in runs {
        for from in 0..4 {
            let run = &run[from..];
            let run = &run[..run.len() - usize::from(run.len() % 4 == 1)];
            if let Ok(bytes) = engine.decode(run) {
                decoded.push(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    decoded.join("\n")
}

#[test]
fn key_search_finds_each_encoding() {
    let key = "sk-S&e<n>t\"i'n+e/l=5f37%59df";
    for writing in encodings(key) {
        assert!(contains_key(format!("no such key ({writing}) here").as_bytes(), key), "{writing}");
    }
    assert!(!contains_key(b"no such key sk-S&e<n>t here", key));
}
