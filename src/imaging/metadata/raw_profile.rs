//! Raw profiles: whole EXIF, XMP or IPTC blocks in hexadecimal, which `ImageMagick` and others write into text chunks
//! of a PNG.

use super::{
    bytes::decode_lossy,
    exif, iptc,
    texts::{MAX_TEXT_BYTES, Metadata},
    xmp,
};

const EXIF_PREFIX: &[u8] = b"Exif\0\0";

const XMP_PREFIX: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// Reads a profile from its text: its name, the number of its bytes, and the bytes.
pub(super) fn read(kind: &str, text: &str, metadata: &mut Metadata) {
    let Some(bytes) = bytes(text) else { return };
    if let Some(tiff) = bytes.strip_prefix(EXIF_PREFIX) {
        exif::read(tiff, metadata);
    } else if let Some(packet) = bytes.strip_prefix(XMP_PREFIX) {
        xmp::read(&decode_lossy(packet), metadata);
    } else {
        match kind.trim().to_ascii_lowercase().as_str() {
            "exif" | "app1" => exif::read(&bytes, metadata),
            "xmp" => xmp::read(&decode_lossy(&bytes), metadata),
            "iptc" | "8bim" => iptc::read(&bytes, metadata),
            _ => {}
        }
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.trim_start().split_once('\n')?;
    let (count, rest) = rest.trim_start().split_once('\n')?;
    let count: usize = count.trim().parse().ok()?;
    let mut digits = rest.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| char::from(byte).to_digit(16));
    let mut bytes = Vec::new();
    while bytes.len() < count.min(MAX_TEXT_BYTES) {
        // A truncated profile lacks only its end.
        let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else { break };
        bytes.push((high << 4 | low) as u8);
    }
    (!bytes.is_empty()).then_some(bytes)
}
