//! Decodes JPEG, whole or as far as it has arrived.

use image::DynamicImage;
use zune_jpeg::{
    JpegDecoder,
    errors::DecodeErrors,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::image_crate::to_bitmap;
use crate::{
    error_chain::Cause,
    imaging::{
        header::{JpegHeader, jpeg_header, jpeg_is_complete},
        pixels::{Bitmap, Channels, ImageError, cut_short, rgb_to_rgba},
    },
};

/// Decodes a JPEG whose header contains this size into `pixels`, replacing their contents. Missing parts become
/// gray.
///
/// # Errors
/// [`ImageError::Broken`] also if a later header contains another size.
pub(crate) fn jpeg_pixels(
    bytes: &[u8],
    (width, height): (u32, u32),
    pixels: &mut Vec<u8>,
) -> Result<Channels, ImageError> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(jpeg_error)?;
    // Memory was allocated for the size that was checked.
    if decoder.dimensions() != Some((width as usize, height as usize)) {
        return Err(ImageError::Broken("it has two headers".into()));
    }
    let kind = if decoder.input_colorspace() == Some(ColorSpace::Luma) {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::Luma));
        Channels::Gray
    } else {
        Channels::Rgb
    };
    let size = decoder.output_buffer_size().ok_or_else(|| ImageError::Broken("it has no size".into()))?;
    pixels.resize(size, 0);
    decoder.decode_into(pixels).map_err(jpeg_error)?;
    Ok(kind)
}

fn jpeg_error(error: DecodeErrors) -> ImageError {
    match error {
        DecodeErrors::Unsupported(_) => ImageError::Unsupported(Cause::new(error)),
        _ => ImageError::Broken(Cause::new(error)),
    }
}

pub(crate) fn decode_jpeg(bytes: &[u8]) -> Result<Bitmap, ImageError> {
    let header = whole_jpeg(bytes)?;
    let mut samples = Vec::new();
    let (width, height) = (header.width, header.height);
    let pixels = jpeg_pixels(bytes, (width, height), &mut samples)?;
    if header.is_upright() && pixels == Channels::Rgb {
        let room = samples.len() / 3;
        samples.reserve_exact(room);
        return Bitmap::new(width, height, rgb_to_rgba(samples)).ok_or_else(cut_short);
    }
    let image = match pixels {
        Channels::Gray => image::GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8),
        _ => image::RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8),
    };
    let mut image = image.ok_or_else(cut_short)?;
    image.apply_orientation(header.orientation);
    to_bitmap(image)
}

/// The header of a complete JPEG.
pub(crate) fn whole_jpeg(bytes: &[u8]) -> Result<JpegHeader, ImageError> {
    jpeg_header(bytes).filter(|header| jpeg_is_complete(bytes, header)).ok_or_else(cut_short)
}
