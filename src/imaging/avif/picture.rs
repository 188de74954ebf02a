//! The pictures in an AVIF file: which frames make one, and how it is turned.

use std::borrow::Cow;

use image::{DynamicImage, metadata::Orientation};
use zenavif_parse::{AvifParser, ColorInformation, DecodeConfig, Unstoppable};

use super::{
    colour::{Colours, write_alpha, write_colours},
    frame::{Frame, decode_frame},
};
use crate::imaging::{
    Bitmap, ImageError, Limits, Probe,
    decode::{bitmap, cut_short, guarded},
    header::turned_size,
};

/// So many tiles make up one picture at most.
const MOST_TILES: u32 = 1024;

/// The size of a picture as it is shown.
pub(in crate::imaging) fn avif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let file = open(bytes).ok()?;
    let (width, height) = stored_size(&file)?;
    Some(turned_size(orientation(&file), width, height))
}

/// Whether a picture's rows lie in the file as they are shown.
pub(in crate::imaging) fn avif_is_upright(bytes: &[u8]) -> bool {
    open(bytes).is_ok_and(|file| orientation(&file) == Orientation::NoTransforms)
}

/// What a file holds beside its pixels.
pub(in crate::imaging) struct AvifMetadata {
    pub(in crate::imaging) exif: Option<Vec<u8>>,
    pub(in crate::imaging) xmp: Option<Vec<u8>>,
}

/// The EXIF and the XMP data of a file.
pub(in crate::imaging) fn avif_metadata(bytes: &[u8]) -> Option<AvifMetadata> {
    let file = guarded(|| open(bytes)).ok()?;
    let owned = |item: Option<zenavif_parse::Result<Cow<'_, [u8]>>>| Some(item?.ok()?.into_owned());
    Some(AvifMetadata { exif: owned(file.exif()), xmp: owned(file.xmp()) })
}

pub(in crate::imaging) fn decode_avif(bytes: &[u8], limits: &Limits, probe: Probe) -> Result<Bitmap, ImageError> {
    let file = open(bytes)?;
    let (width, height) = stored_size(&file).ok_or_else(cut_short)?;
    limits.check(width, height)?;
    let said = file.color_info().and_then(|colours| match colours {
        ColorInformation::Nclx { matrix_coefficients, full_range, .. } => {
            Some(Colours { matrix: *matrix_coefficients, full_range: *full_range })
        }
        ColorInformation::IccProfile(_) => None,
    });
    let mut rgba = vec![255; width as usize * height as usize * 4];
    let size = (width as usize, height as usize);
    if let Some(grid) = file.grid_config() {
        if file.alpha_data().is_some() {
            return Err(ImageError::Unsupported("AVIF of tiles with transparency".into()));
        }
        let columns = usize::from(grid.columns).max(1);
        let (mut x, mut y, mut row_height) = (0, 0, 0);
        for tile in 0..file.grid_tile_count() {
            if tile > 0 && tile % columns == 0 {
                (x, y) = (0, y + row_height);
            }
            let frame = decode_frame(&file.tile_data(tile).map_err(broken)?, limits)?;
            write_colours(&frame, said, (x, y), size, &mut rgba)?;
            x += frame.width();
            row_height = frame.height();
        }
        if y + row_height < size.1 || x < size.0 {
            return Err(cut_short());
        }
    } else {
        let (colours, alpha) = frames(&file)?;
        let frame = exactly(decode_frame(&colours, limits)?, size)?;
        write_colours(&frame, said, (0, 0), size, &mut rgba)?;
        if let Some(alpha) = alpha {
            let alpha = exactly(decode_frame(&alpha, limits)?, size)?;
            write_alpha(&alpha, &mut rgba);
        }
    }
    let image = image::RgbaImage::from_raw(width, height, rgba).ok_or_else(cut_short)?;
    let mut image = DynamicImage::ImageRgba8(image);
    image.apply_orientation(orientation(&file));
    if (image.width(), image.height()) != (probe.width, probe.height) {
        return Err(ImageError::Broken("it has two sizes".into()));
    }
    let mut bitmap = bitmap(image)?;
    if file.premultiplied_alpha() && !bitmap.opaque {
        bitmap.divide_by_alpha();
    }
    Ok(bitmap)
}

fn open(bytes: &[u8]) -> Result<AvifParser<'_>, ImageError> {
    let limits =
        DecodeConfig::default().with_max_grid_tiles(MOST_TILES).with_max_animation_frames(1 << 20).lenient(true);
    AvifParser::from_bytes_with_config(bytes, &limits, &Unstoppable).map_err(broken)
}

/// The size of a picture as it is stored. Every part of the file that is needed for it has come.
fn stored_size(file: &AvifParser<'_>) -> Option<(u32, u32)> {
    if let Some(grid) = file.grid_config() {
        return Some((grid.output_width, grid.output_height));
    }
    let metadata = match file.primary_data() {
        Ok(data) if !data.is_empty() => file.primary_metadata().ok()?,
        _ => zenavif_parse::AV1Metadata::parse_av1_bitstream(&file.frame(0).ok()?.data).ok()?,
    };
    Some((metadata.max_frame_width.get(), metadata.max_frame_height.get()))
}

/// What is coded of colours, and of what shines through.
type Coded<'a> = (Cow<'a, [u8]>, Option<Cow<'a, [u8]>>);

fn frames<'a>(file: &'a AvifParser<'_>) -> Result<Coded<'a>, ImageError> {
    match file.primary_data() {
        Ok(data) if !data.is_empty() => Ok((data, file.alpha_data().transpose().map_err(broken)?)),
        _ => {
            let first = file.frame(0).map_err(broken)?;
            Ok((first.data, first.alpha_data))
        }
    }
}

fn exactly(frame: Frame, (width, height): (usize, usize)) -> Result<Frame, ImageError> {
    if (frame.width(), frame.height()) == (width, height) {
        Ok(frame)
    } else {
        Err(ImageError::Broken("its parts have different sizes".into()))
    }
}

/// How pixels are turned before they are shown: first around, and then in a mirror.
fn orientation(file: &AvifParser<'_>) -> Orientation {
    let flip_rows = file.mirror().map(|mirror| mirror.axis == 0);
    // The angle is against the clock.
    match (file.rotation().map_or(0, |rotation| rotation.angle), flip_rows) {
        (90, None) => Orientation::Rotate270,
        (180, None) => Orientation::Rotate180,
        (270, None) => Orientation::Rotate90,
        (_, None) => Orientation::NoTransforms,
        (90, Some(false)) | (270, Some(true)) => Orientation::Rotate270FlipH,
        (90, Some(true)) | (270, Some(false)) => Orientation::Rotate90FlipH,
        (180, Some(true)) | (0, Some(false)) => Orientation::FlipHorizontal,
        (_, Some(_)) => Orientation::FlipVertical,
    }
}

fn broken(error: impl std::fmt::Display) -> ImageError {
    ImageError::Broken(error.to_string())
}
