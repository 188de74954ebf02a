//! Windows bitmaps.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;

use super::{
    Bitmap, ImageError, Limits, Probe,
    decode::{bitmap, cut_short, decoded, translated},
};

/// The size of a bitmap, whose rows may be stored from the bottom or, with a negative height, from the top.
pub(super) fn bmp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = Header::read(bytes)?;
    Some((header.width, header.height))
}

pub(super) fn decode_bmp(bytes: &[u8], limits: &Limits, probe: Probe) -> Result<Bitmap, ImageError> {
    if Header::read(bytes).is_none_or(|header| header.end() > bytes.len() as u64) {
        return Err(cut_short());
    }
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(|error| translated(&error, probe))?;
    decoded(decoder, limits, probe).and_then(bitmap)
}

/// What the two headers of a bitmap say.
struct Header {
    width: u32,
    height: u32,
    bits: u16,
    compression: u32,
    /// How many bytes the pixels take, where that is said.
    size: u32,
    /// Where they begin.
    start: u32,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let le16 = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let le32 = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let start = le32(10)?;
        // The oldest header has two bytes for what the others have four.
        if le32(14)? == 12 {
            let (width, height, bits) = (le16(18)?.into(), le16(20)?.into(), le16(24)?);
            return Some(Self { width, height, bits, compression: 0, size: 0, start });
        }
        let width = u32::try_from(le32(18)?.cast_signed()).ok()?;
        let height = le32(22)?.cast_signed().unsigned_abs();
        let (bits, compression) = (le16(28)?, le32(30).unwrap_or(0));
        Some(Self { width, height, bits, compression, size: le32(34).unwrap_or(0), start })
    }

    /// Where the pixels end. A decoder would fill what is missing with black.
    fn end(&self) -> u64 {
        const PLAIN: [u32; 3] = [0, 3, 6];
        let row = (u64::from(self.width) * u64::from(self.bits)).div_ceil(32) * 4;
        let size = if PLAIN.contains(&self.compression) { row * u64::from(self.height) } else { self.size.into() };
        u64::from(self.start) + size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{decode, samples};

    #[test]
    fn bitmaps_are_read_from_either_end_and_with_what_shines_through() {
        let picture = samples::painting(5, 3);
        let file = samples::bmp(&picture);
        assert_eq!(decode(&file, &Limits::default()), Ok(picture.clone()));
        let glass = samples::glass(5, 3);
        assert_eq!(decode(&samples::bmp(&glass), &Limits::default()), Ok(glass));
        // The same rows from the top.
        let mut turned = samples::bmp(&picture);
        turned[22..26].copy_from_slice(&(-3_i32).to_le_bytes());
        let upside_down = decode(&turned, &Limits::default()).unwrap();
        assert_eq!(upside_down.rgba[..20], picture.rgba[40..60]);
    }

    #[test]
    fn a_size_beyond_the_limits_is_told() {
        let mut file = samples::bmp(&samples::painting(5, 3));
        file[18..22].copy_from_slice(&2_000_000_000_u32.to_le_bytes());
        let told = ImageError::TooLarge { width: 2_000_000_000, height: 3 };
        assert_eq!(decode(&file, &Limits::default()), Err(told));
    }
}
