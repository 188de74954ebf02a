//! Sanitizes messages of gateways for display: no HTML, no keys, no images, limited length.

use crate::{gateway::mask::SecretMask, recipe::is_invisible};

/// The number of characters that are kept at most.
const MAX_MESSAGE_CHARS: usize = 300;
/// The number of bytes of a longer message that are read.
const MAX_INPUT_BYTES: usize = 64 * 1024;
/// The least length of base64 that is replaced. Shorter runs may be IDs.
const MIN_BASE64_CHARS: usize = 120;

/// A message of a gateway or a model in a form that may be shown and stored.
///
/// HTML is reduced to its title, heading or text. Keys, and each of `secrets`, become `…`. Images become
/// `<2.1 MB image/png>`. White space is collapsed, and at most 300 characters are kept.
pub fn sanitize_message(words: &str, secrets: &[&str]) -> String {
    let mut text = without_data(words);
    text.truncate(text.floor_char_boundary(MAX_INPUT_BYTES));
    // Masks before HTML is stripped, which could split a secret, and after it, which could join one.
    let mask = SecretMask::new(secrets);
    let plain: String =
        without_html(&mask.text(&text)).chars().filter(|&c| !is_invisible(c) || c.is_whitespace()).collect();
    let text = without_keys(&mask.text(&plain));
    let mut short = String::new();
    for (count, word) in text.split_whitespace().enumerate() {
        if count > 0 {
            short.push(' ');
        }
        short.push_str(word);
        if short.len() > MAX_MESSAGE_CHARS * 4 {
            break;
        }
    }
    match short.char_indices().nth(MAX_MESSAGE_CHARS) {
        None => short,
        Some(_) => short.chars().take(MAX_MESSAGE_CHARS - 1).chain(['…']).collect(),
    }
}

/// A text of several lines in a form that may be given to others: keys, and each of `secrets`, become `…`, and images
/// become their size.
pub fn mask_report(text: &str, secrets: &[&str]) -> String {
    without_keys(&SecretMask::new(secrets).text(&without_data(text)))
}

/// Replaces data URLs and long base64 by their size.
fn without_data(words: &str) -> String {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    let bytes = words.as_bytes();
    let mut text = String::with_capacity(words.len().min(MAX_INPUT_BYTES));
    let mut at = 0;
    while at < bytes.len() && text.len() < MAX_INPUT_BYTES {
        let run = bytes[at..].iter().take_while(|&&byte| is_base64(byte)).count();
        if run == 0 {
            let next = bytes[at..].iter().position(|&byte| is_base64(byte)).unwrap_or(bytes.len() - at);
            text.push_str(&words[at..at + next]);
            at += next;
            continue;
        }
        // The run follows `data:image/png;base64,`.
        let before = text.rfind("data:").filter(|&start| {
            let header = &text[start..];
            header.ends_with("base64,") && header.len() < 200 && !header.contains(char::is_whitespace)
        });
        if let Some(start) = before {
            let mime = text[start + "data:".len()..].split(';').next().unwrap_or_default().to_owned();
            text.truncate(start);
            text.push_str(&placeholder(run, &mime));
        } else if run >= MIN_BASE64_CHARS {
            text.push_str(&placeholder(run, "base64"));
        } else {
            text.push_str(&words[at..at + run]);
        }
        at += run;
    }
    text
}

fn placeholder(characters: usize, what: &str) -> String {
    size_of(characters as u64 * 3 / 4, what)
}

/// The placeholder for data that is not shown: `<2.1 MB image/png>`.
pub(crate) fn size_of(bytes: u64, what: &str) -> String {
    let bytes = bytes as f64;
    if bytes >= 1e6 {
        format!("<{:.1} MB {what}>", bytes / 1e6)
    } else if bytes >= 1e3 {
        format!("<{:.0} KB {what}>", bytes / 1e3)
    } else {
        format!("<{bytes:.0} B {what}>")
    }
}

/// The title of an HTML page, or else its first heading, or else its text; other text unchanged.
fn without_html(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let is_page =
        ["<!doctype", "<html", "<head", "<body", "<title", "<h1", "<center"].iter().any(|tag| lower.contains(tag));
    if !is_page {
        return text.to_owned();
    }
    for tag in ["title", "h1", "h2"] {
        if let Some(inside) = inside(text, &lower, tag) {
            let inside = strip_tags(inside);
            if !inside.trim().is_empty() {
                return inside;
            }
        }
    }
    strip_tags(text)
}

fn inside<'a>(text: &'a str, lower: &str, tag: &str) -> Option<&'a str> {
    let start = lower.find(&format!("<{tag}"))?;
    let open = start + lower[start..].find('>')? + 1;
    let end = lower[open..].find(&format!("</{tag}")).map_or(lower.len(), |end| open + end);
    Some(&text[open..end])
}

/// Whether a body is a web page, which a website returns if there is no API at the path.
pub(crate) fn is_web_page(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start();
    let begins = |tag: &[u8]| text.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag));
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"].into_iter().any(begins)
}

fn strip_tags(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        plain.push_str(&rest[..start]);
        plain.push(' ');
        let tag = rest[start..].to_ascii_lowercase();
        // The contents of scripts and styles are not text.
        let until = ["script", "style"]
            .iter()
            .find(|name| tag[1..].starts_with(**name))
            .map_or_else(|| ">".to_owned(), |name| format!("</{name}>"));
        rest = tag.find(&until).map_or("", |end| &rest[start + end + until.len()..]);
    }
    plain.push_str(rest);
    for (entity, character) in
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    {
        plain = plain.replace(entity, character);
    }
    plain
}

/// Replaces texts that look like keys by `…`.
fn without_keys(text: &str) -> String {
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '*' | '+' | '/' | '=' | '~');
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let starts_word = before.is_none_or(|c: char| !c.is_ascii_alphanumeric());
        let prefix = if starts_word {
            ["sk-", "Bearer ", "bearer ", "AIza"].iter().find(|p| rest.starts_with(**p))
        } else {
            None
        };
        if let Some(prefix) = prefix {
            let secret = rest[prefix.len()..].find(|c| !is_key(c)).unwrap_or(rest.len() - prefix.len());
            if secret >= 4 {
                clean.push_str(if prefix.ends_with(' ') { prefix } else { "" });
                clean.push('…');
                rest = &rest[prefix.len() + secret..];
                before = Some('…');
                continue;
            }
        }
        clean.push(first);
        before = Some(first);
        rest = &rest[first.len_utf8()..];
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_keeps_its_lines_and_no_secret() {
        let report = "Atelier\nHTTP status: 401\nBearer tok-12345678 and c2VjcmV0LXdvcmQtMTIzNDU2";
        let masked = mask_report(report, &["secret-word-123456"]);
        assert_eq!(masked, "Atelier\nHTTP status: 401\nBearer … and …");
    }

    #[test]
    fn web_pages_are_replaced_by_their_title() {
        let page =
            "<!DOCTYPE html>\n<html><head><title>api.example | 524: A timeout\n occurred</title><style>x{}</style>";
        assert_eq!(sanitize_message(page, &[]), "api.example | 524: A timeout occurred");
        assert_eq!(sanitize_message("<html><h1>502 Bad <b>Gateway</b></h1><hr>nginx</html>", &[]), "502 Bad Gateway");
        assert_eq!(sanitize_message("<body><script>var x</script>Tom &amp; Ann</body>", &[]), "Tom & Ann");
        assert_eq!(sanitize_message("a < b", &[]), "a < b");
    }

    #[test]
    fn web_pages_and_other_markup_are_distinguished() {
        for page in ["<!DOCTYPE html><p>", "\u{feff}\n <html lang=en>", "<HTML>"] {
            assert!(is_web_page(page.as_bytes()), "{page}");
        }
        for other in ["", "<?xml version=\"1.0\"?><Error>", "<svg>", "{\"html\":1}", "<p>"] {
            assert!(!is_web_page(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn keys_are_removed() {
        assert_eq!(sanitize_message("Incorrect API key: sk-abc123def456.", &[]), "Incorrect API key: …");
        assert_eq!(sanitize_message("Authorization: Bearer abcdef", &[]), "Authorization: Bearer …");
        assert_eq!(sanitize_message("no such key hunter22!", &["hunter22"]), "no such key …!");
        assert_eq!(sanitize_message("task-force risk-free", &[]), "task-force risk-free");
    }

    #[test]
    fn images_are_replaced_by_their_size() {
        let image = "A".repeat(2_800_000);
        assert_eq!(
            sanitize_message(&format!("see data:image/png;base64,{image} there"), &[]),
            "see <2.1 MB image/png> there"
        );
        assert_eq!(sanitize_message(&"QUJD".repeat(1_000), &[]), "<3 KB base64>");
    }

    #[test]
    fn long_words_are_truncated_at_character_boundaries() {
        let cut = sanitize_message(&"漢字 ".repeat(1_000), &[]);
        assert_eq!(cut.chars().count(), 300);
        assert!(cut.ends_with('…'));
    }
}
