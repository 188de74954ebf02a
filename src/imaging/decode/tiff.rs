//! Decodes the first page of a TIFF. Reads what the decoder does not report, such as the orientation.

use std::io::Cursor;

use image::{DynamicImage, codecs::tiff::TiffDecoder};

use super::image_crate::{decode_with, image_crate_error, to_bitmap};
use crate::imaging::{
    header::{Probe, tiff_header},
    pixels::{Bitmap, ImageError, ImageLimits, cut_short},
};

pub(crate) fn decode_tiff(bytes: &[u8], limits: &ImageLimits, probe: Probe) -> Result<Bitmap, ImageError> {
    let header = tiff_header(bytes).ok_or_else(|| ImageError::Broken("its directory is damaged".into()))?;
    let mut image = match &header.palette {
        None => page(bytes, limits, probe)?,
        Some(palette) => {
            // The decoder does not support palettes, so the indices are passed to it as grayscale.
            let mut bytes = bytes.to_vec();
            bytes[palette.said_at..palette.said_at + 2].copy_from_slice(if palette.little { &[1, 0] } else { &[0, 1] });
            let numbers = page(&bytes, limits, probe)?.into_luma8();
            let (width, height) = numbers.dimensions();
            let color = |number: u8| palette.colors.each_ref().map(|colors| colors[usize::from(number)]);
            let rgb = numbers.into_raw().into_iter().flat_map(color).collect();
            let image = image::RgbImage::from_raw(width, height, rgb);
            image.map(DynamicImage::ImageRgb8).ok_or_else(cut_short)?
        }
    };
    image.apply_orientation(header.orientation);
    let mut bitmap = to_bitmap(image)?;
    if header.premultiplied && !bitmap.opaque {
        bitmap.divide_by_alpha();
    }
    Ok(bitmap)
}

fn page(bytes: &[u8], limits: &ImageLimits, probe: Probe) -> Result<DynamicImage, ImageError> {
    let decoder = TiffDecoder::new(Cursor::new(bytes)).map_err(|error| image_crate_error(error, probe))?;
    decode_with(decoder, limits, probe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{
        decode::decode::decode,
        header::{DNG_VERSION, ORIENTATION, WIDTH, probe},
        resize::thumbnail,
        test_images::samples,
    };

    #[test]
    fn tiff_of_8_and_16_bits_decodes_to_rgba8() {
        let image = samples::painting(7, 5);
        let glass = samples::translucent(7, 5);
        for (name, file, expected) in samples::tiffs(&image, &glass) {
            let bitmap = decode(&file, &ImageLimits::default()).unwrap();
            assert_eq!(bitmap, expected, "{name}");
            assert_eq!(thumbnail(&file, &ImageLimits::default(), 512).unwrap().thumbnail, bitmap, "{name}");
        }
    }

    #[test]
    fn rotated_tiff_is_turned_upright() {
        let file = samples::turned_tiff(2, 1, 6, None, &[9, 9, 9, 200, 200, 200]);
        let probe = probe(&file, &ImageLimits::default()).unwrap();
        assert_eq!((probe.width, probe.height), (1, 2));
        let bitmap = decode(&file, &ImageLimits::default()).unwrap();
        assert_eq!(bitmap.rgba, [9, 9, 9, 255, 200, 200, 200, 255]);
    }

    #[test]
    fn premultiplied_colors_are_unmultiplied() {
        let file = samples::turned_tiff(2, 1, 1, Some(1), &[50, 25, 0, 128, 7, 7, 7, 255]);
        let bitmap = decode(&file, &ImageLimits::default()).unwrap();
        assert_eq!(bitmap.rgba, [100, 50, 0, 128, 7, 7, 7, 255]);
        let file = samples::turned_tiff(1, 1, 1, Some(2), &[50, 25, 0, 128]);
        assert_eq!(decode(&file, &ImageLimits::default()).unwrap().rgba, [50, 25, 0, 128]);
    }

    #[test]
    fn palette_indexes_become_their_colors() {
        let after = 8 + 2 + 9 * 12 + 4_u32;
        let entries: [(u16, u16, u32, u32); 9] = [
            (256, 4, 1, 2),
            (257, 4, 1, 1),
            (258, 3, 1, 8),
            (259, 3, 1, 1),
            (262, 3, 1, 3),
            (273, 4, 1, after + 3 * 256 * 2),
            (278, 4, 1, 1),
            (279, 4, 1, 2),
            (320, 3, 768, after),
        ];
        let mut file = samples::tiff_directory(&entries);
        for plane in [200_u16, 100, 50] {
            let colors = (0..256_u16).map(|number| if number == 7 { plane << 8 } else { 0 });
            file.extend(colors.flat_map(u16::to_le_bytes));
        }
        file.extend([7, 0]);
        assert_eq!(decode(&file, &ImageLimits::default()).unwrap().rgba, [200, 100, 50, 255, 0, 0, 0, 255]);
    }

    #[test]
    fn size_over_the_limits_and_raw_files_are_rejected() {
        let mut file = samples::turned_tiff(2, 1, 1, None, &[0; 6]);
        let at = file.windows(2).position(|tag| tag == WIDTH.to_le_bytes()).unwrap() + 8;
        file[at..at + 4].copy_from_slice(&900_000_u32.to_le_bytes());
        let told = ImageError::TooLarge { width: 900_000, height: 1 };
        assert_eq!(decode(&file, &ImageLimits::default()), Err(told));
        let mut file = samples::turned_tiff(2, 1, 1, None, &[0; 6]);
        let at = file.windows(2).position(|tag| tag == ORIENTATION.to_le_bytes()).unwrap();
        file[at..at + 2].copy_from_slice(&DNG_VERSION.to_le_bytes());
        assert!(matches!(decode(&file, &ImageLimits::default()), Err(ImageError::Unsupported(_))));
    }
}
