//! Recognizes the format of a file by its signature.

use memchr::memmem;

use crate::recipe::Format;

/// The number of bytes that are inspected at most.
pub const MAX_SNIFFED_BYTES: usize = 64 * 1024;

/// The result of sniffing the start of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// The file is in this format.
    Known(Format),
    /// The file is in none of the formats.
    Unknown,
    /// More bytes may decide.
    TooFew,
}

/// The format of a file that starts with `bytes`, whatever its name or declared MIME type.
///
/// The first eighteen bytes decide for most formats, and the root element for SVG. With fewer bytes the result may be
/// `None` although more bytes would decide.
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    match sniff_prefix(bytes) {
        Sniffed::Known(format) => Some(format),
        Sniffed::Unknown | Sniffed::TooFew => None,
    }
}

/// The same, and whether more bytes could change the result.
pub(crate) fn sniff_prefix(bytes: &[u8]) -> Sniffed {
    let marks: [(&[u8], Format); 8] = [
        (b"\x89PNG\r\n\x1a\n", Format::Png),
        (b"\xff\xd8\xff", Format::Jpeg),
        (b"GIF87a", Format::Gif),
        (b"GIF89a", Format::Gif),
        (b"\xff\x0a", Format::Jxl),
        (b"\0\0\0\x0cJXL \r\n\x87\n", Format::Jxl),
        (b"II+\0\x08\0\0\0", Format::Tiff),
        (b"MM\0+\0\x08\0\0", Format::Tiff),
    ];
    if let Some((_, format)) = marks.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Sniffed::Known(*format);
    }
    if marks.iter().any(|(mark, _)| mark.starts_with(bytes)) {
        return Sniffed::TooFew;
    }
    let others: [fn(&[u8]) -> Sniffed; 5] = [sniff_webp, sniff_avif, sniff_bmp, sniff_tiff, sniff_svg];
    let mut answer = Sniffed::Unknown;
    for other in others {
        match other(bytes) {
            Sniffed::Known(format) => return Sniffed::Known(format),
            Sniffed::TooFew => answer = Sniffed::TooFew,
            Sniffed::Unknown => {}
        }
    }
    answer
}

/// Whether bytes start with a signature in which `None` matches any byte.
fn match_signature(bytes: &[u8], mark: &[Option<u8>], format: Format) -> Sniffed {
    if !bytes.iter().zip(mark).all(|(byte, mark)| mark.is_none_or(|mark| mark == *byte)) {
        Sniffed::Unknown
    } else if bytes.len() < mark.len() {
        Sniffed::TooFew
    } else {
        Sniffed::Known(format)
    }
}

fn sniff_webp(bytes: &[u8]) -> Sniffed {
    let mut mark = [None; 12];
    for (at, byte) in [(0, b"RIFF"), (8, b"WEBP")].into_iter().flat_map(|(at, mark)| (at..).zip(mark)) {
        mark[at] = Some(*byte);
    }
    match_signature(bytes, &mark, Format::Webp)
}

/// Distinguishes AVIF from HEIC and videos by the brands in its first box.
fn sniff_avif(bytes: &[u8]) -> Sniffed {
    let mut mark = [None; 12];
    for (at, byte) in (4..).zip(b"ftyp") {
        mark[at] = Some(*byte);
    }
    match match_signature(bytes, &mark, Format::Avif) {
        Sniffed::Known(_) => {}
        other => return other,
    }
    let own = |brand: &[u8]| matches!(brand, b"avif" | b"avis");
    if own(&bytes[8..12]) {
        return Sniffed::Known(Format::Avif);
    }
    // The first brand may be a generic one; then the compatible brands decide, after the version.
    if !matches!(&bytes[8..12], b"mif1" | b"msf1" | b"miaf") {
        return Sniffed::Unknown;
    }
    let length = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
    let end = length.min(1024);
    let brands = bytes.get(16..end.min(bytes.len())).unwrap_or_default().as_chunks::<4>().0;
    if brands.iter().any(|brand| own(brand)) {
        Sniffed::Known(Format::Avif)
    } else if bytes.len() < end {
        Sniffed::TooFew
    } else {
        Sniffed::Unknown
    }
}

/// Two letters are no reliable signature; the length of the second header is.
fn sniff_bmp(bytes: &[u8]) -> Sniffed {
    const HEADER_SIZES: [u32; 8] = [12, 16, 40, 52, 56, 64, 108, 124];
    let mut mark = [None; 18];
    mark[..2].copy_from_slice(&[Some(b'B'), Some(b'M')]);
    match match_signature(bytes, &mark, Format::Bmp) {
        Sniffed::Known(_)
            if !HEADER_SIZES.contains(&u32::from_le_bytes([bytes[14], bytes[15], bytes[16], bytes[17]])) =>
        {
            Sniffed::Unknown
        }
        other => other,
    }
}

/// Canon's raw files start like a TIFF and have a signature of their own after it.
fn sniff_tiff(bytes: &[u8]) -> Sniffed {
    let starts = [b"II*\0", b"MM\0*"];
    if !starts.iter().any(|start| bytes.starts_with(&start[..bytes.len().min(4)])) {
        Sniffed::Unknown
    } else if bytes.len() < 10 {
        Sniffed::TooFew
    } else if &bytes[8..10] == b"CR" {
        Sniffed::Unknown
    } else {
        Sniffed::Known(Format::Tiff)
    }
}

/// Recognizes an SVG by its root element, which follows declarations and comments.
fn sniff_svg(bytes: &[u8]) -> Sniffed {
    let more = if bytes.len() < MAX_SNIFFED_BYTES { Sniffed::TooFew } else { Sniffed::Unknown };
    let mut rest = &bytes[..bytes.len().min(MAX_SNIFFED_BYTES)];
    if b"\xef\xbb\xbf".starts_with(rest) {
        return more;
    }
    rest = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest);
    loop {
        rest = rest.trim_ascii_start();
        let end = match rest {
            [] | b"<" => return more,
            [b'<', b'?', ..] => memmem::find(rest, b"?>").map(|end| end + 2),
            [b'<', b'!', ..] if b"<!--".starts_with(&rest[..rest.len().min(4)]) => {
                rest.get(4..).and_then(|comment| memmem::find(comment, b"-->")).map(|end| end + 7)
            }
            [b'<', b'!', ..] => declaration(rest),
            [b'<', name @ ..] => return named_svg(name, more),
            _ => return Sniffed::Unknown,
        };
        match end {
            Some(end) => rest = &rest[end..],
            None => return more,
        }
    }
}

/// The end of a document type declaration, which may contain further declarations in brackets.
fn declaration(text: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b'>', text)?;
    match memchr::memchr(b'[', &text[..end]) {
        Some(open) => {
            let close = open + memchr::memchr(b']', &text[open..])?;
            Some(close + memchr::memchr(b'>', &text[close..])? + 1)
        }
        None => Some(end + 1),
    }
}

/// Whether the name of an element is `svg`, in any namespace.
fn named_svg(name: &[u8], more: Sniffed) -> Sniffed {
    const MAX_NAME_BYTES: usize = 64;
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let Some(end) = name.iter().position(ends) else {
        return if name.len() < MAX_NAME_BYTES { more } else { Sniffed::Unknown };
    };
    let local = name[..end].rsplit(|byte| *byte == b':').next();
    if local == Some(b"svg") { Sniffed::Known(Format::Svg) } else { Sniffed::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_recognized_by_its_first_bytes() {
        let cases: [(&[u8], Format); 21] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Format::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Format::Jpeg),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Format::Webp),
            (b"GIF89a\x01\0\x01\0", Format::Gif),
            (b"GIF87a\x01\0\x01\0", Format::Gif),
            (b"\0\0\0\x1cftypavif\0\0\0\0mif1avif", Format::Avif),
            (b"\0\0\0\x1cftypavis\0\0\0\0", Format::Avif),
            (b"\0\0\0\x18ftypmif1\0\0\0\0miafavif", Format::Avif),
            (b"\xff\x0a\xfa\x7f", Format::Jxl),
            (b"\0\0\0\x0cJXL \r\n\x87\n\0\0", Format::Jxl),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Format::Bmp),
            (b"BM\x46\0\0\0\0\0\0\0\x8a\0\0\0\x7c\0\0\0", Format::Bmp),
            (b"II*\0\x08\0\0\0\x0a\0", Format::Tiff),
            (b"MM\0*\0\0\0\x08\0\x0a", Format::Tiff),
            (b"II+\0\x08\0\0\0\x10\0", Format::Tiff),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\">", Format::Svg),
            (b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- <html> -->\n<svg>", Format::Svg),
            (b"<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"svg11.dtd\">\n<svg\n>", Format::Svg),
            (b"<!DOCTYPE svg [ <!ENTITY ns \"x\"> ]><svg/>", Format::Svg),
            (b"<svg:svg xmlns:svg=\"http://www.w3.org/2000/svg\"/>", Format::Svg),
            (b"\n  <svg>", Format::Svg),
        ];
        for (bytes, format) in cases {
            assert_eq!(sniff(bytes), Some(format), "{}", bytes.escape_ascii());
            // A prefix is never taken for another format.
            for end in 0..bytes.len() {
                assert!(
                    matches!(sniff_prefix(&bytes[..end]), Sniffed::TooFew | Sniffed::Known(_)),
                    "{end} of {}",
                    bytes.escape_ascii()
                );
                assert!(sniff(&bytes[..end]).is_none_or(|known| known == format));
            }
        }
    }

    #[test]
    fn other_files_are_not_recognized_as_images() {
        let cases: [&[u8]; 12] = [
            b"<!doctype html>\n<html><body><svg></svg>",
            b"<html>",
            b"RIFF\x24\0\0\0WAVEfmt ",
            b"\x89PNX\r\n\x1a\n",
            b"\0\0\0\x18ftypheic\0\0\0\0",
            b"\0\0\0\x18ftypmif1\0\0\0\0miafheic",
            b"\0\0\0\x18ftypisom\0\0\0\0",
            b"BMW is the name of a car",
            b"II*\0\x10\0\0\0CR\x02\0",
            b"hello",
            b"<svgs>",
            b"an <svg> in words",
        ];
        for bytes in cases {
            assert_eq!(sniff_prefix(bytes), Sniffed::Unknown, "{}", bytes.escape_ascii());
        }
        assert_eq!(sniff_prefix(b""), Sniffed::TooFew);
        assert_eq!(sniff_prefix(b"\x89PNG"), Sniffed::TooFew);
        assert_eq!(sniff_prefix(&b" ".repeat(MAX_SNIFFED_BYTES)), Sniffed::Unknown, "not for ever");
    }
}
