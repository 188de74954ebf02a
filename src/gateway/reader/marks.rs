//! What texts begin and end with that hold pictures.

/// How links to pictures end.
const PICTURES: [&str; 5] = [".png", ".jpg", ".jpeg", ".webp", ".gif"];

/// How the base64 of each format begins: PNG, JPEG in both alphabets, WebP and GIF.
const BEGINNINGS: [&[u8]; 5] = [b"iVBORw0KGgo", b"/9j/", b"_9j_", b"UklGR", b"R0lGOD"];

/// Mime types that may be a picture's, going by what gateways write: `image/png`, `png`, nothing.
pub(super) fn is_picture(mime: &str) -> bool {
    !mime.contains('/') || mime.starts_with("image/") || mime == "application/octet-stream"
}

/// Whether this is the beginning of that, in any case.
pub(super) fn starts(whole: &[u8], beginning: &[u8]) -> bool {
    whole.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

pub(super) fn is_link(text: &[u8]) -> bool {
    [&b"http://"[..], b"https://"].iter().any(|scheme| starts(text, scheme))
}

/// Whether this begins as the base64 of a picture does.
pub(super) fn is_base64(text: &[u8]) -> bool {
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
}

/// Whether it does as far as it goes.
pub(super) fn may_be_base64(text: &[u8]) -> bool {
    BEGINNINGS.iter().any(|beginning| beginning[..text.len().min(beginning.len())] == *text) || is_base64(text)
}

pub(super) fn may_be_link(text: &[u8]) -> bool {
    is_link(text) || starts(b"http://", text) || starts(b"https://", text)
}

/// The link that this word is, if it ends as a picture's name does.
pub(super) fn linked_picture(word: &[u8]) -> Option<&str> {
    let url = std::str::from_utf8(word).ok()?.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    (is_link(word) && PICTURES.iter().any(|ending| path.ends_with(ending))).then_some(url)
}
