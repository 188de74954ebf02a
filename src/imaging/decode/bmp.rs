//! Decodes Windows bitmaps.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;

use super::image_crate::{decode_with, image_crate_error, to_bitmap};
use crate::imaging::{
    header::{BmpHeader, Probe},
    pixels::{Bitmap, ImageError, ImageLimits, cut_short},
};

pub(crate) fn decode_bmp(bytes: &[u8], limits: &ImageLimits, probe: Probe) -> Result<Bitmap, ImageError> {
    if BmpHeader::read(bytes).is_none_or(|header| header.end() > bytes.len() as u64) {
        return Err(cut_short());
    }
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(|error| image_crate_error(error, probe))?;
    decode_with(decoder, limits, probe).and_then(to_bitmap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{decode::decode::decode, test_images::samples};

    #[test]
    fn bitmaps_are_read_in_both_row_orders_and_with_transparency() {
        let image = samples::painting(5, 3);
        let file = samples::bmp(&image);
        assert_eq!(decode(&file, &ImageLimits::default()), Ok(image.clone()));
        let glass = samples::translucent(5, 3);
        assert_eq!(decode(&samples::bmp(&glass), &ImageLimits::default()), Ok(glass));
        // The same rows stored from the top.
        let mut turned = samples::bmp(&image);
        turned[22..26].copy_from_slice(&(-3_i32).to_le_bytes());
        let upside_down = decode(&turned, &ImageLimits::default()).unwrap();
        assert_eq!(upside_down.rgba[..20], image.rgba[40..60]);
    }

    #[test]
    fn size_over_the_limits_is_reported() {
        let mut file = samples::bmp(&samples::painting(5, 3));
        file[18..22].copy_from_slice(&2_000_000_000_u32.to_le_bytes());
        let told = ImageError::TooLarge { width: 2_000_000_000, height: 3 };
        assert_eq!(decode(&file, &ImageLimits::default()), Err(told));
    }
}
