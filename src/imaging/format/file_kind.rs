//! Names formats that cannot be decoded here, so that the user learns what a file is and which program opens it.

use super::sniff::{MAX_SNIFFED_BYTES, Sniffed, sniff_prefix};
use crate::recipe::Format;

/// A format that [`crate::imaging::decode::decode::decode`] does not support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsupportedFormat {
    /// Its common name.
    pub name: &'static str,
    /// The contents of such files.
    pub kind: UnsupportedKind,
}

/// The contents of files of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsupportedKind {
    /// A still image.
    Image,
    /// A video.
    Video,
    /// Anything else.
    Other,
}

/// The format of a file that [`crate::imaging::decode::decode::decode`] does not support, from its first bytes. A few
/// hundred are enough.
pub fn unsupported_format(bytes: &[u8]) -> Option<UnsupportedFormat> {
    let image = |name| Some(UnsupportedFormat { name, kind: UnsupportedKind::Image });
    let film = |name| Some(UnsupportedFormat { name, kind: UnsupportedKind::Video });
    if bytes.get(4..8) == Some(b"ftyp")
        && let Some(brand) = bytes.get(8..12)
    {
        return match brand {
            b"avif" | b"avis" => image("AVIF"),
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" | b"miaf" => image("HEIC"),
            b"crx " => image("CR3"),
            b"qt  " => film("QuickTime"),
            _ => film("MP4"),
        };
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"AVI ") {
        return film("AVI");
    }
    let starts: [(&[u8], &str, UnsupportedKind); 27] = [
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000", UnsupportedKind::Image),
        (b"\xff\x4f\xff\x51", "JPEG 2000", UnsupportedKind::Image),
        (b"II\xbc\x01", "JPEG XR", UnsupportedKind::Image),
        (b"II*\0\x10\0\0\0CR", "CR2", UnsupportedKind::Image),
        (b"IIU\0", "RW2", UnsupportedKind::Image),
        (b"IIRO", "ORF", UnsupportedKind::Image),
        (b"IIRS", "ORF", UnsupportedKind::Image),
        (b"MMOR", "ORF", UnsupportedKind::Image),
        (b"FUJIFILMCCD-RAW", "RAF", UnsupportedKind::Image),
        (b"\0\0\x01\0", "ICO", UnsupportedKind::Image),
        (b"\0\0\x02\0", "CUR", UnsupportedKind::Image),
        (b"icns", "ICNS", UnsupportedKind::Image),
        (b"8BPS", "Photoshop", UnsupportedKind::Image),
        (b"gimp xcf", "XCF", UnsupportedKind::Image),
        (b"qoif", "QOI", UnsupportedKind::Image),
        (b"farbfeld", "farbfeld", UnsupportedKind::Image),
        (b"DDS ", "DDS", UnsupportedKind::Image),
        (b"\x76\x2f\x31\x01", "OpenEXR", UnsupportedKind::Image),
        (b"#?RADIANCE", "HDR", UnsupportedKind::Image),
        (b"#?RGBE", "HDR", UnsupportedKind::Image),
        (b"\x1a\x45\xdf\xa3", "WebM", UnsupportedKind::Video),
        (b"%!PS", "PostScript", UnsupportedKind::Image),
        (b"%PDF-", "PDF", UnsupportedKind::Other),
        (b"PK\x03\x04", "ZIP", UnsupportedKind::Other),
        (b"\x1f\x8b", "GZIP", UnsupportedKind::Other),
        (b"7z\xbc\xaf\x27\x1c", "7Z", UnsupportedKind::Other),
        (b"Rar!", "RAR", UnsupportedKind::Other),
    ];
    let (_, name, kind) = starts.into_iter().find(|(start, ..)| bytes.starts_with(start))?;
    Some(UnsupportedFormat { name, kind })
}

/// The format with this file extension, in any case.
pub fn unsupported_extension(extension: &str) -> Option<UnsupportedFormat> {
    let images = [
        ("heic", "HEIC"),
        ("heif", "HEIC"),
        ("hif", "HEIC"),
        ("psd", "Photoshop"),
        ("psb", "Photoshop"),
        ("exr", "OpenEXR"),
        ("hdr", "HDR"),
        ("qoi", "QOI"),
        ("ico", "ICO"),
        ("cur", "CUR"),
        ("icns", "ICNS"),
        ("dds", "DDS"),
        ("tga", "TGA"),
        ("pcx", "PCX"),
        ("pnm", "PNM"),
        ("ppm", "PNM"),
        ("pgm", "PNM"),
        ("pbm", "PNM"),
        ("jp2", "JPEG 2000"),
        ("j2k", "JPEG 2000"),
        ("jpx", "JPEG 2000"),
        ("jxr", "JPEG XR"),
        ("xcf", "XCF"),
        ("kra", "Krita"),
        ("ora", "OpenRaster"),
        ("ai", "Illustrator"),
        ("eps", "PostScript"),
        ("svgz", "SVGZ"),
        ("emf", "EMF"),
        ("wmf", "WMF"),
    ];
    let films =
        [("mp4", "MP4"), ("m4v", "MP4"), ("mov", "QuickTime"), ("webm", "WebM"), ("mkv", "Matroska"), ("avi", "AVI")];
    let of = |names: &[(&str, &'static str)], kind| {
        let (_, name) = names.iter().find(|(own, _)| own.eq_ignore_ascii_case(extension))?;
        Some(UnsupportedFormat { name, kind })
    };
    raw_name(extension)
        .map(|name| UnsupportedFormat { name, kind: UnsupportedKind::Image })
        .or_else(|| of(&images, UnsupportedKind::Image))
        .or_else(|| of(&films, UnsupportedKind::Video))
}

/// The name of a camera's raw format, from a file's extension. Many such files start like a TIFF and contain a small
/// one of their image.
fn raw_name(extension: &str) -> Option<&'static str> {
    const RAW: [&str; 25] = [
        "3FR", "ARW", "CR2", "CR3", "CRW", "DCR", "DNG", "ERF", "IIQ", "KDC", "MEF", "MOS", "MRW", "NEF", "NRW", "ORF",
        "PEF", "RAF", "RAW", "RW2", "RWL", "SR2", "SRF", "SRW", "X3F",
    ];
    RAW.into_iter().find(|name| name.eq_ignore_ascii_case(extension))
}

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// An image in a supported format, according to its first bytes.
    Image,
    /// A known format that is not supported.
    Unsupported(UnsupportedFormat),
    /// A companion file that macOS creates on disks of other systems.
    AppleDouble,
    /// An unknown format.
    Unknown,
}

/// The kind of a file from its first bytes, or if they do not decide, from its extension without the dot.
///
/// [`crate::imaging::format::sniff::MAX_SNIFFED_BYTES`] bytes give the same result as all.
pub fn file_kind(bytes: &[u8], extension: &str) -> FileKind {
    if bytes.starts_with(b"\0\x05\x16\x07") {
        return FileKind::AppleDouble;
    }
    let head = &bytes[..bytes.len().min(MAX_SNIFFED_BYTES)];
    match sniff_prefix(head) {
        Sniffed::Known(Format::Tiff) if raw_name(extension).is_some() => {}
        Sniffed::Known(_) => return FileKind::Image,
        Sniffed::Unknown | Sniffed::TooFew => {
            // Several formats are stored in archives.
            if let Some(foreign) = unsupported_format(head)
                && (foreign.kind != UnsupportedKind::Other || unsupported_extension(extension).is_none())
            {
                return FileKind::Unsupported(foreign);
            }
        }
    }
    unsupported_extension(extension).map_or(FileKind::Unknown, FileKind::Unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_named_by_their_first_bytes() {
        let cases: [(&[u8], &str, UnsupportedKind); 8] = [
            (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC", UnsupportedKind::Image),
            (b"\0\0\0\x18ftypmif1\0\0\0\0heic", "HEIC", UnsupportedKind::Image),
            (b"\0\0\0\x18ftypisom\0\0\0\0", "MP4", UnsupportedKind::Video),
            (b"\0\0\0\x18ftypcrx \0\0\0\0", "CR3", UnsupportedKind::Image),
            (b"8BPS\0\x01", "Photoshop", UnsupportedKind::Image),
            (b"RIFF\x24\0\0\0AVI LIST", "AVI", UnsupportedKind::Video),
            (b"#?RADIANCE\n", "HDR", UnsupportedKind::Image),
            (b"%PDF-1.7", "PDF", UnsupportedKind::Other),
        ];
        for (bytes, name, kind) in cases {
            assert_eq!(unsupported_format(bytes), Some(UnsupportedFormat { name, kind }), "{}", bytes.escape_ascii());
        }
        for bytes in [&b""[..], b"<html><body>svg</body></html>", b"\0\0\0\x20fty", b"hello"] {
            assert_eq!(unsupported_format(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn content_has_priority_over_the_file_name() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let tiff = b"II*\0\x08\0\0\0\x0a\0";
        let named = |bytes: &[u8], extension: &str| match file_kind(bytes, extension) {
            FileKind::Image => "picture",
            FileKind::Unsupported(foreign) => foreign.name,
            FileKind::AppleDouble => "AppleDouble",
            FileKind::Unknown => "",
        };
        let cases: [(&[u8], &str, &str); 16] = [
            (png, "png", "picture"),
            (png, "heic", "picture"),
            (png, "nef", "picture"),
            (tiff, "tif", "picture"),
            (tiff, "dng", "DNG"),
            (tiff, "NEF", "NEF"),
            (tiff, "hdr", "picture"),
            (b"II*\0\x10\0\0\0CR\x02\0", "tif", "CR2"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "jpg", "HEIC"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "mp4", "HEIC"),
            (b"PK\x03\x04", "kra", "Krita"),
            (b"PK\x03\x04", "docx", "ZIP"),
            (b"%PDF-1.7", "ai", "Illustrator"),
            (b"\0\x05\x16\x07\0\x02\0\0", "png", "AppleDouble"),
            (b"hello", "txt", ""),
            (b"hello", "PSD", "Photoshop"),
        ];
        for (bytes, extension, expected) in cases {
            assert_eq!(named(bytes, extension), expected, "{extension}: {}", bytes.escape_ascii());
        }
    }
}
