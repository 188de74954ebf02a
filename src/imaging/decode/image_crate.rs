//! Decoding with the `image` crate: GIF, and what is common to the formats that it decodes.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, codecs::gif::GifDecoder};

use crate::{
    error_chain::Cause,
    imaging::{
        header::{Probe, gif_is_complete},
        pixels::{Bitmap, Channels, ImageError, ImageLimits, cut_short},
    },
};

pub(crate) fn decode_gif(bytes: &[u8], limits: &ImageLimits, probe: Probe) -> Result<Bitmap, ImageError> {
    if !gif_is_complete(bytes) {
        return Err(cut_short());
    }
    let decoder = GifDecoder::new(Cursor::new(bytes)).map_err(|error| image_crate_error(error, probe))?;
    decode_with(decoder, limits, probe).and_then(to_bitmap)
}

pub(crate) fn decode_with(
    mut decoder: impl ImageDecoder,
    limits: &ImageLimits,
    probe: Probe,
) -> Result<DynamicImage, ImageError> {
    set_decoder_limits(&mut decoder, limits, probe)?;
    DynamicImage::from_decoder(decoder).map_err(|error| image_crate_error(error, probe))
}

/// Sets the memory limit of a decoder.
pub(crate) fn set_decoder_limits(
    decoder: &mut impl ImageDecoder,
    limits: &ImageLimits,
    probe: Probe,
) -> Result<(), ImageError> {
    // We and the decoder both parse the header; the decoder's result determines its memory.
    let (width, height) = decoder.dimensions();
    limits.check(width, height)?;
    let mut granted = image::Limits::no_limits();
    granted.max_image_width = Some(limits.max_side);
    granted.max_image_height = Some(limits.max_side);
    // Decoders keep a copy of some planes besides the result.
    granted.max_alloc = Some(limits.max_bytes.saturating_mul(2));
    decoder.set_limits(granted).map_err(|error| image_crate_error(error, probe))
}

pub(crate) fn to_bitmap(image: DynamicImage) -> Result<Bitmap, ImageError> {
    let (width, height) = (image.width(), image.height());
    let rgba = match image {
        DynamicImage::ImageRgb8(rgb) => {
            let mut rgba = Vec::with_capacity(rgb.as_raw().len() / 3 * 4);
            Channels::Rgb.append_rgba(rgb.as_raw(), &mut rgba);
            rgba
        }
        other => other.into_rgba8().into_raw(),
    };
    Bitmap::new(width, height, rgba).ok_or_else(cut_short)
}

pub(crate) fn image_crate_error(error: image::ImageError, probe: Probe) -> ImageError {
    match error {
        image::ImageError::Unsupported(kind) => ImageError::Unsupported(Cause::new(kind)),
        image::ImageError::Limits(_) => ImageError::TooLarge { width: probe.width, height: probe.height },
        other => ImageError::Broken(Cause::new(other)),
    }
}
