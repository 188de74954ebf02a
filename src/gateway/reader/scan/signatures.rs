//! The starts and ends of texts that contain images.

/// Extensions of links to images.
const IMAGE_EXTENSIONS: [&str; 13] =
    [".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".jxl", ".heic", ".bmp", ".tif", ".tiff", ".svg", ".jfif"];

/// The base64 signatures of formats; `?` matches any base64 character. PNG, JPEG in both alphabets, WebP (and no other
/// RIFF file), GIF, the ISO media files (AVIF, HEIC), JPEG XL, BMP, TIFF and SVG, with or without a declaration.
const BASE64_SIGNATURES: [&[u8]; 14] = [
    b"iVBORw0KGgo",
    b"/9j/",
    b"_9j_",
    b"UklGR??????XRUJQ",
    b"R0lGOD",
    b"AAAA?GZ0eXBhdml",
    b"AAAA?GZ0eXBoZWl",
    b"AAAA?GZ0eXBtaWYx",
    b"AAAADEpYTCAN",
    b"Qk??????AAAA",
    b"SUkqA",
    b"TU0AK",
    b"PHN2Zy",
    b"PD94bWwg",
];

/// Parts of queries of signed addresses and of addresses that serve images.
const IMAGE_QUERY_WORDS: [&str; 16] = [
    "sig=",
    "signature=",
    "x-amz-",
    "x-goog-",
    "ossaccesskeyid=",
    "x-oss-",
    "q-sign",
    "x-tos-",
    "imagemogr",
    "expires=",
    "token=",
    "auth_key=",
    "image%2f",
    "image/",
    "format=",
    "filename=",
];

/// Parts of paths that image stores use.
const IMAGE_PATH_WORDS: [&str; 17] = [
    "/files/",
    "/file/",
    "/blob",
    "/image",
    "/img",
    "/pic",
    "/photo",
    "/media",
    "/generat",
    "/output",
    "/result",
    "/asset",
    "/upload",
    "/artifact",
    "/render",
    "/download",
    "/content",
];

/// How likely a link leads to an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LinkRank {
    /// It is in an image field or tag, or has the name of an image.
    Sure,
    /// It has the name of an image, but is an ordinary link.
    Named,
    /// Its address is that of an image store, or signed.
    Likely,
    /// It is only a link.
    Possible,
}

/// Whether a MIME type, as gateways write it, may be that of an image: `image/png`, `png`, nothing.
pub(crate) fn is_image(mime: &str) -> bool {
    !mime.contains('/') || mime.starts_with("image/") || mime == "application/octet-stream"
}

/// Whether `whole` starts with `beginning`, in any case.
pub(crate) fn starts(whole: &[u8], beginning: &[u8]) -> bool {
    whole.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

pub(crate) fn is_link(text: &[u8]) -> bool {
    [&b"http://"[..], b"https://"].iter().any(|scheme| starts(text, scheme))
}

/// Whether a byte is a base64 character of either alphabet, or padding.
pub(crate) fn is_base64_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}

fn matches(beginning: &[u8], text: &[u8]) -> bool {
    beginning.iter().zip(text).all(|(&mark, &byte)| if mark == b'?' { is_base64_byte(byte) } else { mark == byte })
}

/// Whether the text starts with the base64 signature of an image.
pub(crate) fn is_base64(text: &[u8]) -> bool {
    BASE64_SIGNATURES.iter().any(|beginning| text.len() >= beginning.len() && matches(beginning, text))
}

/// Whether the text may start so, as far as it goes.
pub(crate) fn may_be_base64(text: &[u8]) -> bool {
    BASE64_SIGNATURES.iter().any(|beginning| matches(beginning, text))
}

pub(crate) fn may_be_link(text: &[u8]) -> bool {
    is_link(text) || starts(b"http://", text) || starts(b"https://", text)
}

/// Whether an address has the name of an image: in its path, or in a file parameter of its query.
pub(crate) fn is_named(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let (path, query) = lower.split_once('?').unwrap_or((&lower, ""));
    let ends = |part: &str| IMAGE_EXTENSIONS.iter().any(|ending| part.ends_with(ending));
    let path = path.split('#').next().unwrap_or_default();
    // Some stores append an instruction to the name: `a.png!large`, `a.png@400w`, `a.jpg~tplv-x.image`.
    let name = path.rsplit('/').next().unwrap_or_default();
    let before = name.split(['!', '@', '~', ':']).next().unwrap_or_default();
    ends(path)
        || (before.len() < name.len() && ends(before))
        || query.split('#').next().unwrap_or_default().split('&').any(|part| ends(part) || part.contains("=image%2f"))
}

/// How likely a link in a text leads to an image.
pub(crate) fn rank(url: &str) -> LinkRank {
    if is_named(url) {
        return LinkRank::Named;
    }
    let lower = url.to_ascii_lowercase();
    let after_scheme = lower.split_once("://").map_or("", |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("", |start| &after_scheme[start..]);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let page = [".html", ".htm", ".md", ".pdf", ".json", ".mp4", ".mp3", ".zip", ".js", ".css"];
    let is_page = path.len() <= 1 || page.iter().any(|ending| path.ends_with(ending));
    let likely = IMAGE_QUERY_WORDS.iter().any(|part| query.contains(part))
        || IMAGE_PATH_WORDS.iter().any(|part| path.contains(part));
    if likely && !is_page { LinkRank::Likely } else { LinkRank::Possible }
}

/// Whether a character ends an address in a text: white space, brackets, quotes and punctuation of East Asian scripts
/// and the quotes of all others, which an address contains only in escaped form.
pub(crate) fn ends_address(character: char) -> bool {
    matches!(character,
        '\u{a0}' | '\u{ab}' | '\u{bb}' | '\u{b7}'
        | '\u{2000}'..='\u{206f}'
        | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{30fb}'
        | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6f}' | '\u{feff}'
        | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
        || matches!(character, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// The address without escapes of Markdown, HTML or JSON, and without the punctuation of the sentence that it ends.
pub(crate) fn clean_address(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let replaced =
            ["\\u0026", "&amp;", "&#38;", "&#x26;", "&AMP;"].iter().find(|escape| rest.starts_with(**escape));
        if let Some(escape) = replaced {
            plain.push('&');
            rest = &rest[escape.len()..];
        } else if rest.starts_with('\\') && rest[1..].starts_with(|next: char| next.is_ascii_punctuation()) {
            rest = &rest[1..];
            let next = rest.chars().next().map_or(0, char::len_utf8);
            plain.push_str(&rest[..next]);
            rest = &rest[next..];
        } else {
            plain.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

/// Removes the punctuation of a sentence from the end of an address.
pub(crate) fn without_punctuation(address: &str) -> &str {
    let mut address = address;
    loop {
        let shorter = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '~', '\'', '"', '\\', '`']);
        let shorter = match shorter.strip_suffix(')') {
            Some(before) if shorter.matches(')').count() > shorter.matches('(').count() => before,
            _ => shorter,
        };
        if shorter.len() == address.len() {
            return address;
        }
        address = shorter;
    }
}

/// Whether this may be an address without scheme and host: a path, or a name with an image extension.
pub(crate) fn is_relative(target: &str) -> bool {
    let has_scheme = target.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    let is_path = target.starts_with('/') || target.starts_with("./") || target.starts_with("../");
    !has_scheme && target.len() > 1 && !target.contains(['<', '>', '"', '\n']) && (is_path || is_named(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_ranked_by_evidence_for_an_image() {
        for (url, expected) in [
            ("https://a.example/fox.png", LinkRank::Named),
            ("https://a.example/fox.PNG?sig=1#x", LinkRank::Named),
            ("https://a.example/fox.jpg!large", LinkRank::Named),
            ("https://a.example/x~tplv-a.image?x-signature=1", LinkRank::Likely),
            ("https://a.example/get?name=fox.webp", LinkRank::Named),
            ("https://a.example/b?rsct=image%2Fpng", LinkRank::Named),
            ("https://a.example/b?X-Amz-Signature=1", LinkRank::Likely),
            ("https://a.example/generated/123", LinkRank::Likely),
            ("https://a.example/policies/usage", LinkRank::Possible),
            ("https://a.example/", LinkRank::Possible),
            ("https://a.example/files/terms.html", LinkRank::Possible),
        ] {
            assert_eq!(rank(url), expected, "{url}");
        }
    }

    #[test]
    fn addresses_are_cleaned_of_escapes_and_punctuation() {
        assert_eq!(
            clean_address(r"https:\/\/a.example\/a\_b.png?x=1\u0026y=2&amp;z=3"),
            "https://a.example/a_b.png?x=1&y=2&z=3"
        );
        assert_eq!(without_punctuation("https://a.example/a(1).png)."), "https://a.example/a(1).png");
        assert_eq!(without_punctuation("https://a.example/a.png**"), "https://a.example/a.png");
    }

    #[test]
    fn base64_is_recognized_by_its_prefix() {
        for text in [
            "iVBORw0KGgoAAAA",
            "/9j/4AAQ",
            "UklGRggFAABXRUJQVlA4",
            "R0lGODlh",
            "AAAAHGZ0eXBhdmlm",
            "AAAAHGZ0eXBoZWlj",
            "Qk02MAAAAAAAADYA",
            "SUkqAAgA",
            "TU0AKgAA",
            "PHN2ZyB4",
            "PD94bWwgdmVy",
            "AAAADEpYTCAN",
        ] {
            assert!(is_base64(text.as_bytes()), "{text}");
            assert!((0..text.len()).all(|end| may_be_base64(&text.as_bytes()[..end])), "{text}");
        }
        for text in ["UklGRiQAAABXQVZFZm10", "AAAAIGZ0eXBpc29t", "SGVsbG8=", "hello"] {
            assert!(!is_base64(text.as_bytes()), "{text}");
        }
    }
}
