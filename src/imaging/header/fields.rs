//! Numbers in headers, and image sizes after rotation.

use image::metadata::Orientation;

/// Width and height of an image as displayed.
pub(crate) fn turned_size(orientation: Orientation, width: u32, height: u32) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    }
}

pub(crate) fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u32::from(pair[0]) << 8 | u32::from(pair[1]))
}

pub(crate) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(be16(bytes, at)? << 16 | be16(bytes, at.checked_add(2)?)?)
}

pub(crate) fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    be16(bytes, at).map(|value| (value as u16).swap_bytes().into())
}
