//! Decodes the primary image of an AVIF file: its frames or tiles, alpha and orientation.

use std::borrow::Cow;

use image::DynamicImage;
use zenavif_parse::{AvifParser, ColorInformation};

use super::{
    color::{write_alpha, write_colors},
    frame::{Av1Frame, ColorDescription, decode_frame},
};
use crate::imaging::{
    decode::image_crate::to_bitmap,
    header::{Probe, avif_error, avif_orientation, avif_stored_size, open_avif},
    pixels::{Bitmap, ImageError, ImageLimits, cut_short},
};

pub(crate) fn decode_avif(bytes: &[u8], limits: &ImageLimits, probe: Probe) -> Result<Bitmap, ImageError> {
    let file = open_avif(bytes)?;
    let (width, height) = avif_stored_size(&file).ok_or_else(cut_short)?;
    limits.check(width, height)?;
    let said = file.color_info().and_then(|colors| match colors {
        ColorInformation::Nclx { matrix_coefficients, full_range, .. } => {
            Some(ColorDescription { matrix: *matrix_coefficients, full_range: *full_range })
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
            let frame = decode_frame(&file.tile_data(tile).map_err(avif_error)?, limits)?;
            write_colors(&frame, said, (x, y), size, &mut rgba)?;
            x += frame.width();
            row_height = frame.height();
        }
        if y + row_height < size.1 || x < size.0 {
            return Err(cut_short());
        }
    } else {
        let (colors, alpha) = frames(&file)?;
        let frame = exactly(decode_frame(&colors, limits)?, size)?;
        write_colors(&frame, said, (0, 0), size, &mut rgba)?;
        if let Some(alpha) = alpha {
            let alpha = exactly(decode_frame(&alpha, limits)?, size)?;
            write_alpha(&alpha, &mut rgba);
        }
    }
    let image = image::RgbaImage::from_raw(width, height, rgba).ok_or_else(cut_short)?;
    let mut image = DynamicImage::ImageRgba8(image);
    image.apply_orientation(avif_orientation(&file));
    if (image.width(), image.height()) != (probe.width, probe.height) {
        return Err(ImageError::Broken("it has two sizes".into()));
    }
    let mut bitmap = to_bitmap(image)?;
    if file.premultiplied_alpha() && !bitmap.opaque {
        bitmap.divide_by_alpha();
    }
    Ok(bitmap)
}

/// The coded data of colors, and of alpha.
type Coded<'a> = (Cow<'a, [u8]>, Option<Cow<'a, [u8]>>);

fn frames<'a>(file: &'a AvifParser<'_>) -> Result<Coded<'a>, ImageError> {
    match file.primary_data() {
        Ok(data) if !data.is_empty() => Ok((data, file.alpha_data().transpose().map_err(avif_error)?)),
        _ => {
            let first = file.frame(0).map_err(avif_error)?;
            Ok((first.data, first.alpha_data))
        }
    }
}

fn exactly(frame: Av1Frame, (width, height): (usize, usize)) -> Result<Av1Frame, ImageError> {
    if (frame.width(), frame.height()) == (width, height) {
        Ok(frame)
    } else {
        Err(ImageError::Broken("its parts have different sizes".into()))
    }
}
