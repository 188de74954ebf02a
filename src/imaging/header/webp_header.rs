//! The header of a WebP.

use super::fields::le16;

pub(crate) fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let body = bytes.get(20..)?;
    match bytes.get(12..16)? {
        b"VP8 " => {
            // The start code of a key frame, then fourteen bits per side.
            let side = |at| le16(body, at).map(|side| side & 0x3fff);
            (body.get(3..6)? == b"\x9d\x01\x2a").then_some((side(6)?, side(8)?))
        }
        b"VP8L" => {
            let bits = le16(body, 1)? | le16(body, 3)? << 16;
            (*body.first()? == 0x2f).then_some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let side = |at| Some((le16(body, at)? | u32::from(*body.get(at + 2)?) << 16) + 1);
            Some((side(4)?, side(7)?))
        }
        _ => None,
    }
}

/// The length of a WebP according to its header, including the header.
pub(crate) fn webp_length(bytes: &[u8]) -> Option<u64> {
    Some(u64::from(le16(bytes, 4)? | le16(bytes, 6)? << 16) + 8)
}
