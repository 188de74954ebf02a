//! TIFF: its first page. What is not in the reach of the decoder, such as the orientation, is read here.

use std::io::Cursor;

use image::{DynamicImage, codecs::tiff::TiffDecoder, metadata::Orientation};

use super::{
    Bitmap, ImageError, Limits, Probe,
    decode::{bitmap, cut_short, decoded, translated},
    header::turned_size,
};

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const PHOTOMETRIC: u16 = 262;
const ORIENTATION: u16 = 274;
const COLOUR_MAP: u16 = 320;
const EXTRA_SAMPLES: u16 = 338;
const DNG_VERSION: u16 = 50706;

/// What the first page of a TIFF says of itself.
pub(super) struct TiffHeader {
    width: u32,
    height: u32,
    pub(super) orientation: Orientation,
    /// Whether colours have been multiplied by what shines through.
    premultiplied: bool,
    /// Whether it is a small picture in a file of what a camera's sensor saw.
    pub(super) raw: bool,
    palette: Option<Palette>,
}

/// The colours of a page whose samples count them.
struct Palette {
    /// Where it is said that there are any.
    said_at: usize,
    little: bool,
    /// Red, green and blue, each as many as there can be.
    colours: [Vec<u8>; 3],
}

impl TiffHeader {
    pub(super) fn shown_size(&self) -> (u32, u32) {
        turned_size(self.orientation, self.width, self.height)
    }
}

/// Reads the directory of the first page, which may stand anywhere in the file.
pub(super) fn tiff_header(bytes: &[u8]) -> Option<TiffHeader> {
    let little = bytes.starts_with(b"II");
    let number = |at: usize, length: usize| {
        let bytes = bytes.get(at..at.checked_add(length)?)?.iter();
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if little { bytes.rev().fold(0, add) } else { bytes.fold(0, add) })
    };
    // Large files have longer numbers.
    let big = number(2, 2)? == 43;
    let directory = usize::try_from(if big { number(8, 8)? } else { number(4, 4)? }).ok()?;
    let (count, first, step) = if big {
        (number(directory, 8)?, directory.checked_add(8)?, 20)
    } else {
        (number(directory, 2)?, directory.checked_add(2)?, 12)
    };
    let (mut width, mut height) = (None, None);
    let mut orientation = Orientation::NoTransforms;
    let (mut premultiplied, mut raw) = (false, false);
    let (mut is_byte, mut said_at, mut colours) = (false, None, None);
    for entry in 0..usize::try_from(count).ok()?.min(4096) {
        let at = first.checked_add(entry * step)?;
        let value = || {
            let length = match number(at + 2, 2)? {
                1 => 1,
                3 => 2,
                4 => 4,
                16 => 8,
                _ => return None,
            };
            number(at + if big { 12 } else { 8 }, length)
        };
        match number(at, 2)? as u16 {
            WIDTH => width = value().and_then(|value| u32::try_from(value).ok()),
            HEIGHT => height = value().and_then(|value| u32::try_from(value).ok()),
            ORIENTATION => {
                let said = value().and_then(|value| u8::try_from(value).ok());
                orientation = said.and_then(Orientation::from_exif).unwrap_or(orientation);
            }
            BITS => is_byte = value() == Some(8),
            PHOTOMETRIC if value() == Some(3) => said_at = Some(at + if big { 12 } else { 8 }),
            COLOUR_MAP => {
                let at = usize::try_from(if big { number(at + 12, 8)? } else { number(at + 8, 4)? }).ok()?;
                // Of two bytes each; the upper one is enough.
                let colour = |index: usize| Some((number(at.checked_add(index * 2)?, 2)? >> 8) as u8);
                let all = |plane: usize| (0..256).map(|index| colour(plane * 256 + index)).collect::<Option<Vec<u8>>>();
                colours = all(0).zip(all(1)).zip(all(2)).map(|((red, green), blue)| [red, green, blue]);
            }
            EXTRA_SAMPLES => premultiplied = value() == Some(1),
            DNG_VERSION => raw = true,
            _ => {}
        }
    }
    let palette = said_at.zip(colours).filter(|_| is_byte);
    let palette = palette.map(|(said_at, colours)| Palette { said_at, little, colours });
    Some(TiffHeader { width: width?, height: height?, orientation, premultiplied, raw, palette })
}

pub(super) fn decode_tiff(bytes: &[u8], limits: &Limits, probe: Probe) -> Result<Bitmap, ImageError> {
    let header = tiff_header(bytes).ok_or_else(|| ImageError::Broken("its directory is damaged".into()))?;
    let mut image = match &header.palette {
        None => page(bytes, limits, probe)?,
        Some(palette) => {
            // The decoder knows no palettes, so it is told that the numbers are shades of grey.
            let mut bytes = bytes.to_vec();
            bytes[palette.said_at..palette.said_at + 2].copy_from_slice(if palette.little { &[1, 0] } else { &[0, 1] });
            let numbers = page(&bytes, limits, probe)?.into_luma8();
            let (width, height) = numbers.dimensions();
            let colour = |number: u8| palette.colours.each_ref().map(|colours| colours[usize::from(number)]);
            let rgb = numbers.into_raw().into_iter().flat_map(colour).collect();
            let image = image::RgbImage::from_raw(width, height, rgb);
            image.map(DynamicImage::ImageRgb8).ok_or_else(cut_short)?
        }
    };
    image.apply_orientation(header.orientation);
    let mut bitmap = bitmap(image)?;
    if header.premultiplied && !bitmap.opaque {
        bitmap.divide_by_alpha();
    }
    Ok(bitmap)
}

fn page(bytes: &[u8], limits: &Limits, probe: Probe) -> Result<DynamicImage, ImageError> {
    let decoder = TiffDecoder::new(Cursor::new(bytes)).map_err(|error| translated(&error, probe))?;
    decoded(decoder, limits, probe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{decode, probe, samples, thumbnail};

    #[test]
    fn pages_of_eight_and_sixteen_bits_come_out_as_eight_bits_of_rgba() {
        let picture = samples::painting(7, 5);
        let glass = samples::glass(7, 5);
        for (name, file, expected) in samples::tiffs(&picture, &glass) {
            let bitmap = decode(&file, &Limits::default()).unwrap();
            assert_eq!(bitmap, expected, "{name}");
            assert_eq!(thumbnail(&file, &Limits::default(), 512).unwrap().thumbnail, bitmap, "{name}");
        }
    }

    #[test]
    fn a_page_on_its_side_is_turned_upright() {
        let file = samples::turned_tiff(2, 1, 6, None, &[9, 9, 9, 200, 200, 200]);
        let probe = probe(&file, &Limits::default()).unwrap();
        assert_eq!((probe.width, probe.height), (1, 2));
        let bitmap = decode(&file, &Limits::default()).unwrap();
        assert_eq!(bitmap.rgba, [9, 9, 9, 255, 200, 200, 200, 255]);
    }

    #[test]
    fn colours_that_were_multiplied_are_divided_again() {
        let file = samples::turned_tiff(2, 1, 1, Some(1), &[50, 25, 0, 128, 7, 7, 7, 255]);
        let bitmap = decode(&file, &Limits::default()).unwrap();
        assert_eq!(bitmap.rgba, [100, 50, 0, 128, 7, 7, 7, 255]);
        let file = samples::turned_tiff(1, 1, 1, Some(2), &[50, 25, 0, 128]);
        assert_eq!(decode(&file, &Limits::default()).unwrap().rgba, [50, 25, 0, 128]);
    }

    #[test]
    fn numbers_of_colours_become_those_colours() {
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
            let colours = (0..256_u16).map(|number| if number == 7 { plane << 8 } else { 0 });
            file.extend(colours.flat_map(u16::to_le_bytes));
        }
        file.extend([7, 0]);
        assert_eq!(decode(&file, &Limits::default()).unwrap().rgba, [200, 100, 50, 255, 0, 0, 0, 255]);
    }

    #[test]
    fn a_size_beyond_the_limits_is_told_and_raw_files_are_not_taken_for_their_small_picture() {
        let mut file = samples::turned_tiff(2, 1, 1, None, &[0; 6]);
        let at = file.windows(2).position(|tag| tag == WIDTH.to_le_bytes()).unwrap() + 8;
        file[at..at + 4].copy_from_slice(&900_000_u32.to_le_bytes());
        let told = ImageError::TooLarge { width: 900_000, height: 1 };
        assert_eq!(decode(&file, &Limits::default()), Err(told));
        let mut file = samples::turned_tiff(2, 1, 1, None, &[0; 6]);
        let at = file.windows(2).position(|tag| tag == ORIENTATION.to_le_bytes()).unwrap();
        file[at..at + 2].copy_from_slice(&DNG_VERSION.to_le_bytes());
        assert!(matches!(decode(&file, &Limits::default()), Err(ImageError::Unsupported(_))));
    }
}
