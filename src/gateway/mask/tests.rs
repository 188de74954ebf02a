use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};

use super::{SecretMask, SpoolMask};

/// A key with all characters that some encoding escapes.
const KEY: &str = "sk-S&e<n>t\"i'n+e/l=5f37%59df";

fn each(key: &str, write: impl Fn(usize, char) -> String) -> String {
    key.chars().enumerate().map(|(index, character)| write(index, character)).collect()
}

fn named(character: char) -> String {
    match character {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        other => other.to_string(),
    }
}

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn percent(text: &str) -> String {
    each(text, |_, c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("%{:02X}", c as u32) })
}

fn hexadecimal(text: &str, separator: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(separator)
}

/// The key in more than forty encodings.
fn writings(key: &str) -> Vec<String> {
    let names = each(key, |_, c| named(c));
    let escapes = each(key, |_, c| format!("\\u{:04x}", c as u32));
    let mut all = vec![
        key.to_owned(),
        key.to_uppercase(),
        key.to_lowercase(),
        names.clone(),
        names.replace("&apos;", "&#39;"),
        names.replace(';', ""),
        each(&names, |_, c| if c == '&' { "&amp;".to_owned() } else { c.to_string() }),
        each(key, |_, c| format!("&#{};", c as u32)),
        each(key, |_, c| format!("&#{:05};", c as u32)),
        each(key, |_, c| format!("&#x{:x};", c as u32)),
        each(key, |_, c| format!("&#X{:04X};", c as u32)),
        each(key, |i, c| match i % 4 {
            0 => format!("&#{};", c as u32),
            1 => format!("&#x{:x};", c as u32),
            2 => format!("%{:02x}", c as u32),
            _ => named(c),
        }),
        percent(key),
        percent(key).to_lowercase(),
        each(key, |_, c| format!("%{:02x}", c as u32)),
        percent(&percent(key)),
        percent(&percent(&percent(key))),
        url::form_urlencoded::byte_serialize(key.as_bytes()).collect(),
        json(key),
        json(key).replace('/', "\\/"),
        json(&json(key)),
        escapes.clone(),
        escapes.to_uppercase().replace("\\U", "\\u"),
        json(&escapes),
        each(key, |i, c| if i % 3 == 0 { format!("\\u{:04x}", c as u32) } else { json(&c.to_string()) }),
        each(key, |_, c| format!("\\u{{{:x}}}", c as u32)),
        each(key, |_, c| format!("\\x{:02x}", c as u32)),
        each(key, |_, c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\{c}") }),
        format!("Bearer {key}"),
        json(&percent(key)),
        each(&json(key), |_, c| named(c)),
        each(key, |_, c| format!("{c}\u{200B}")),
        each(key, |_, c| format!("{c}\u{202E}")),
        each(key, |i, c| if i % 9 == 8 { format!("{c}\r\n") } else { c.to_string() }),
        hexadecimal(key, ""),
        hexadecimal(key, "").to_uppercase(),
        hexadecimal(key, ":"),
        hexadecimal(key, " "),
        hexadecimal(key, "-"),
        hexadecimal(key, "\\n"),
        key.bytes().map(|byte| format!("0x{byte:02X}")).collect::<Vec<_>>().join(", "),
        format!("{:?}", key.as_bytes()),
        key.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(","),
        STANDARD_NO_PAD.encode(STANDARD.encode(key)),
        STANDARD.encode(format!("user:{key}")).replace('=', "%3D").replace('+', "%2B").replace('/', "%2F"),
        STANDARD.encode(format!("{{\"k\":\"{key}\"}}")).replace('/', "\\/"),
    ];
    for before in ["", "a", "ab", "user:"] {
        for after in ["", "z", "zy"] {
            let text = format!("{before}{key}{after}");
            all.push(STANDARD.encode(&text));
            all.push(URL_SAFE.encode(&text));
            all.push(URL_SAFE_NO_PAD.encode(&text));
        }
    }
    let wrapped = STANDARD.encode(format!("xy{key}"));
    all.push(wrapped.as_bytes().chunks(11).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n"));
    all
}

/// The masked text, however it is cut.
fn masked(mask: &mut SecretMask, text: &str, cut: usize) -> String {
    let mut out = Vec::new();
    for piece in text.as_bytes().chunks(cut.max(1)) {
        mask.push(piece, &mut out);
    }
    mask.finish(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn key_is_masked_in_every_encoding_and_at_every_cut() {
    let mut mask = SecretMask::new(&[KEY]);
    for writing in writings(KEY) {
        let text = format!("no such key: ({writing}) at all");
        let whole = masked(&mut mask, &text, text.len());
        // The base64 characters at both ends may contain some bits of the key.
        let left = whole.strip_prefix("no such key: (").and_then(|rest| rest.strip_suffix(") at all"));
        let left = left.unwrap_or_else(|| panic!("{text} became {whole}"));
        assert!(left.contains('…') && left.chars().count() < 24, "{writing} became {left}");
        for cut in [1, 2, 3, 7, 19] {
            assert_eq!(masked(&mut mask, &text, cut), whole, "{writing} in pieces of {cut}");
        }
    }
}

#[test]
fn key_split_over_stream_chunks_is_masked() {
    let events = ["You sent ", "sk-S&e<n", ">t\\\"i'n", "+e/l=5f37", "%59df", " to me"]
        .iter()
        .map(|piece| format!("data: {{\"id\":\"1\",\"choices\":[{{\"delta\":{{\"content\":\"{piece}\"}}}}]}}\n\n"))
        .collect::<Vec<_>>()
        .concat();
    let mut mask = SecretMask::new(&[KEY]);
    let whole = masked(&mut mask, &events, events.len());
    assert!(!whole.contains("5f37") && !whole.contains("sk-"), "{whole}");
    assert!(
        whole.contains("You sent ") && whole.contains(" to me") && whole.matches("data: {").count() == 6,
        "{whole}"
    );
    assert_eq!(masked(&mut mask, &events, 1), whole);
}

#[test]
fn other_text_is_unchanged() {
    let texts = [
        "plain words, 漢字 and 🦊, &amp; &lt; &#39; %20 %zz \\u00e9 \\n \\/ &unknown; & % \\",
        r#"{"choices":[{"message":{"content":"sk-S&e<n>t is the beginning of a key"}}]}"#,
        "data: {\"x\":1}\n\ndata: [DONE]\n\n",
        "&#115; %73 \\u0073 \u{200B}zero",
    ];
    // Secrets of three characters are not masked.
    for mut mask in [SecretMask::new(&[KEY]), SecretMask::new(&[]), SecretMask::new(&["abc"])] {
        for (text, cut) in texts.iter().flat_map(|text| [1, 3, text.len()].map(|cut| (text, cut))) {
            assert_eq!(masked(&mut mask, text, cut), *text);
        }
    }
}

#[test]
fn authorization_scheme_is_not_part_of_the_secret() {
    let basic = format!("Basic {}", STANDARD.encode("me:sentinel-1234"));
    let mask = SecretMask::new(&["Bearer sentinel-5678", &basic]);
    assert_eq!(mask.text("sentinel-5678, sentinel-1234"), "…, …");
}

#[test]
fn truncated_text_does_not_end_with_a_key_prefix() {
    let mask = SecretMask::new(&[KEY]);
    assert_eq!(mask.cut_text("sent sk-S&amp;e&lt"), "sent ");
    assert_eq!(mask.cut_text("sent sk-S&e<n>t\"i'n+e/l=5f37%59df, sk-S"), "sent …, ");
    assert_eq!(mask.cut_text("nothing at all."), "nothing at all.");
}

#[test]
fn masked_json_values_stay_valid() {
    let mask = SecretMask::new(&["quo\"te\\d-key"]);
    let mut value = serde_json::json!({ "a": ["quo\"te\\d-key", 1], "quo\"te\\d-key": { "b": "x quo\"te\\d-key y" } });
    mask.json(&mut value);
    assert_eq!(value, serde_json::json!({ "a": ["…", 1], "…": { "b": "x … y" } }));
}

/// The spool of a body, however it is cut.
fn spooled(secrets: &[&str], body: &[u8], cut: usize) -> Vec<u8> {
    let mut mask = SpoolMask::new(secrets);
    let mut out = Vec::new();
    for piece in body.chunks(cut.max(1)) {
        out.extend_from_slice(mask.push(piece));
    }
    out.extend_from_slice(mask.finish());
    out
}

#[test]
fn spool_contains_unchanged_images_and_no_key() {
    let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], KEY.as_bytes(), &[7; 900], KEY.as_bytes()].concat();
    let base64 = STANDARD.encode(&png);
    let slashes = URL_SAFE.encode(&png);
    let body = format!(
        r#"{{"data":[{{"b64_json":"{base64}"}},{{"url":"data:image/png;base64,{slashes}","t":"{}\n{base64}"}}],"you":"{}"}}"#,
        base64.replace('/', "\\/"),
        json(KEY)
    );
    let expected = body.replace(&json(KEY), "…");
    for cut in [1, 2, 255, 256, 257, body.len()] {
        assert!(spooled(&[KEY], body.as_bytes(), cut) == expected.as_bytes(), "in pieces of {cut}");
        assert_eq!(spooled(&[KEY], &png, cut), png, "a body that is an image");
    }
    // Long base64 that is not an image is searched.
    let text = STANDARD.encode(format!("{}{KEY}{}", "x".repeat(600), "y".repeat(600)));
    let left = String::from_utf8(spooled(&[KEY], format!("{{\"debug\":\"{text}\"}}").as_bytes(), 100)).unwrap();
    assert!(left.contains('…') && left.len() < text.len(), "{left}");
    // A short secret could be a word of the response.
    let needed = br#"{"image":"test","data":[]}"#;
    assert_eq!(spooled(&["test", "image", "data"], needed, 3), needed);
}

#[test]
fn received_bytes_are_written_at_once_except_a_possible_key_prefix() {
    let mut mask = SpoolMask::new(&[KEY]);
    let image = STANDARD.encode([&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[7; 900]].concat());
    let body = format!("{{\"data\":[{{\"b64_json\":\"{image}\"");
    assert_eq!(mask.push(body.as_bytes()), body.as_bytes());
    assert_eq!(mask.push(b"}] sk-S"), b"}] ");
    assert_eq!(mask.push(b"o "), b"sk-So ");
}
