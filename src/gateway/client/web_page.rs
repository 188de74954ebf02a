//! Distinguishes a web page from a linked image.

use super::response::failed;
use crate::{gateway::mask::sanitize_message, imaging::sniff, recipe::Failure};

/// The number of bytes of a page that are inspected at most.
const MAX_INSPECTED_BYTES: usize = 16 * 1024;

/// The failure for a link that led to nothing or to a page, such as a sign-in form or an error in JSON or XML, instead
/// of an image. The download can be retried. `None` if the body may be an image.
pub fn page_instead(body: &[u8]) -> Option<Failure> {
    let text = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start();
    let Some(begins) = text.first() else { return Some(failed("nothing came")) };
    if sniff(body).is_some() || !matches!(begins, b'<' | b'{' | b'[') {
        return None;
    }
    let beginning = String::from_utf8_lossy(&text[..text.len().min(MAX_INSPECTED_BYTES)]);
    if *begins == b'<' && beginning.contains("<svg") && !beginning.to_ascii_lowercase().contains("<html") {
        return None;
    }
    Some(failed(format!("a page instead of an image: {}", sanitize_message(&beginning, &[]))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::FailureKind;

    #[test]
    fn web_pages_and_images_are_distinguished() {
        for page in [
            "<!doctype html><html><title>Sign in</title><svg></svg></html>",
            "\u{feff}\n <html>",
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
            "{\"error\":\"not ready\"}",
            "",
        ] {
            assert_eq!(
                page_instead(page.as_bytes()).map(|failure| failure.kind),
                Some(FailureKind::LinkFailed),
                "{page}"
            );
        }
        for image in
            [&b"\x89PNG\r\n\x1a\n"[..], b"<svg xmlns=\"\">", b"<?xml version=\"1.0\"?>\n<svg>", b"\0\0\0\x1cftypavif"]
        {
            assert!(page_instead(image).is_none(), "{image:?}");
        }
    }
}
