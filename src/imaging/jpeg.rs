//! The pixels of a JPEG, whole or as far as it has come.

use zune_jpeg::{
    JpegDecoder,
    errors::DecodeErrors,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::{ImageError, decode::Pixels};

/// Decodes a JPEG whose header speaks of this size into `pixels`, replacing what was there. Where bytes are missing it
/// becomes grey.
///
/// # Errors
/// [`ImageError::Broken`] also if another header than the first one tells of another size.
pub(super) fn jpeg_pixels(
    bytes: &[u8],
    (width, height): (u32, u32),
    pixels: &mut Vec<u8>,
) -> Result<Pixels, ImageError> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|error| translated(&error))?;
    // Memory is granted for the size that was checked.
    if decoder.dimensions() != Some((width as usize, height as usize)) {
        return Err(ImageError::Broken("it has two headers".into()));
    }
    let kind = if decoder.input_colorspace() == Some(ColorSpace::Luma) {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::Luma));
        Pixels::Grey
    } else {
        Pixels::Rgb
    };
    let size = decoder.output_buffer_size().ok_or_else(|| ImageError::Broken("it has no size".into()))?;
    pixels.resize(size, 0);
    decoder.decode_into(pixels).map_err(|error| translated(&error))?;
    Ok(kind)
}

fn translated(error: &DecodeErrors) -> ImageError {
    match error {
        DecodeErrors::Unsupported(_) => ImageError::Unsupported(error.to_string()),
        _ => ImageError::Broken(error.to_string()),
    }
}
