//! The header and the blocks of a GIF.

use super::fields::le16;

pub(crate) fn gif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((le16(bytes, 6)?, le16(bytes, 8)?))
}

/// Whether a GIF has its end marker. A decoder of the first frame would not check.
pub(crate) fn gif_is_complete(bytes: &[u8]) -> bool {
    // A color table, if present, has two to the power of its three bits plus one entries.
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let Some(flags) = bytes.get(10) else { return false };
    let mut at = 13 + table(*flags);
    loop {
        at += match bytes.get(at) {
            Some(0x21) => 2,
            Some(0x2c) => match bytes.get(at + 9) {
                Some(flags) => 11 + table(*flags),
                None => return false,
            },
            Some(0x3b) => return true,
            _ => return false,
        };
        // Blocks, each preceded by its length, up to an empty one.
        loop {
            match bytes.get(at) {
                Some(0) => break at += 1,
                Some(length) => at += 1 + usize::from(*length),
                None => return false,
            }
        }
    }
}
