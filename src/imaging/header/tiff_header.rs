//! The directory of the first page of a TIFF. Reads what the decoder does not report, such as the orientation.

use image::metadata::Orientation;

use super::fields::turned_size;

pub(crate) const WIDTH: u16 = 256;

pub(crate) const HEIGHT: u16 = 257;

pub(crate) const BITS: u16 = 258;

pub(crate) const PHOTOMETRIC: u16 = 262;

pub(crate) const ORIENTATION: u16 = 274;

pub(crate) const COLOR_MAP: u16 = 320;

pub(crate) const EXTRA_SAMPLES: u16 = 338;

pub(crate) const DNG_VERSION: u16 = 50706;

/// The properties of the first page of a TIFF.
pub(crate) struct TiffHeader {
    width: u32,
    height: u32,
    pub(crate) orientation: Orientation,
    /// Whether colors are premultiplied by alpha.
    pub(crate) premultiplied: bool,
    /// Whether it is a preview image in a raw file of a camera.
    pub(crate) raw: bool,
    pub(crate) palette: Option<TiffPalette>,
}

/// The palette of a page whose samples are indices.
pub(crate) struct TiffPalette {
    /// The offset of the field that declares the palette.
    pub(crate) said_at: usize,
    pub(crate) little: bool,
    /// Red, green and blue, each with the greatest possible number of entries.
    pub(crate) colors: [Vec<u8>; 3],
}

impl TiffHeader {
    pub(crate) fn shown_size(&self) -> (u32, u32) {
        turned_size(self.orientation, self.width, self.height)
    }
}

/// Reads the directory of the first page, which may be anywhere in the file.
pub(crate) fn tiff_header(bytes: &[u8]) -> Option<TiffHeader> {
    let little = bytes.starts_with(b"II");
    let number = |at: usize, length: usize| {
        let bytes = bytes.get(at..at.checked_add(length)?)?.iter();
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if little { bytes.rev().fold(0, add) } else { bytes.fold(0, add) })
    };
    // BigTIFF has longer numbers.
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
    let (mut is_byte, mut said_at, mut colors) = (false, None, None);
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
            COLOR_MAP => {
                let at = usize::try_from(if big { number(at + 12, 8)? } else { number(at + 8, 4)? }).ok()?;
                // Two bytes each, of which the upper one is enough.
                let color = |index: usize| Some((number(at.checked_add(index * 2)?, 2)? >> 8) as u8);
                let all = |plane: usize| (0..256).map(|index| color(plane * 256 + index)).collect::<Option<Vec<u8>>>();
                colors = all(0).zip(all(1)).zip(all(2)).map(|((red, green), blue)| [red, green, blue]);
            }
            EXTRA_SAMPLES => premultiplied = value() == Some(1),
            DNG_VERSION => raw = true,
            _ => {}
        }
    }
    let palette = said_at.zip(colors).filter(|_| is_byte);
    let palette = palette.map(|(said_at, colors)| TiffPalette { said_at, little, colors });
    Some(TiffHeader { width: width?, height: height?, orientation, premultiplied, raw, palette })
}
