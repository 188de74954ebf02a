//! Names formats that cannot be decoded here, so that a person knows what came and which program opens it.

/// The name of a format that [`super::decode`] does not know, by the first bytes of a file. A few hundred are enough.
pub fn foreign_format(bytes: &[u8]) -> Option<&'static str> {
    let brand = bytes.get(4..8).filter(|kind| *kind == b"ftyp").and_then(|_| bytes.get(8..12));
    if let Some(brand) = brand {
        return Some(match brand {
            b"avif" | b"avis" => "AVIF",
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => "HEIC",
            b"qt  " => "QuickTime",
            _ => "MP4",
        });
    }
    let starts: [(&[u8], &str); 14] = [
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\xff\x4f\xff\x51", "JPEG 2000"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"BM", "BMP"),
        (b"\0\0\x01\0", "ICO"),
        (b"%PDF-", "PDF"),
        (b"8BPS", "Photoshop"),
        (b"qoif", "QOI"),
        (b"\x76\x2f\x31\x01", "OpenEXR"),
        (b"\x1a\x45\xdf\xa3", "WebM"),
        (b"PK\x03\x04", "ZIP"),
    ];
    if let Some((_, name)) = starts.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(name);
    }
    is_svg(bytes).then_some("SVG")
}

/// Whether a file is an SVG, whatever stands before its root element.
fn is_svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"<") && memchr::memmem::find(text, b"<svg").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_named_by_their_first_bytes() {
        assert_eq!(foreign_format(b"\0\0\0\x20ftypavif\0\0\0\0mif1"), Some("AVIF"));
        assert_eq!(foreign_format(b"\0\0\0\x18ftypheic\0\0\0\0"), Some("HEIC"));
        assert_eq!(foreign_format(b"\0\0\0\x18ftypisom\0\0\0\0"), Some("MP4"));
        assert_eq!(foreign_format(b"\xff\x0a\xfa\x7f"), Some("JPEG XL"));
        assert_eq!(foreign_format(b"MM\0*\0\0\0\x08"), Some("TIFF"));
        let svg = b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- a fox --><svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        assert_eq!(foreign_format(svg), Some("SVG"));
    }

    #[test]
    fn what_is_no_image_has_no_name() {
        for bytes in [&b""[..], b"<html><body>svg</body></html>", b"\0\0\0\x20fty", b"hello"] {
            assert_eq!(foreign_format(bytes), None, "{bytes:?}");
        }
    }
}
