//! Decodes WebP.

use std::io::Cursor;

use image::{ColorType, ImageDecoder as _, codecs::webp::WebPDecoder};

use super::image_crate::{image_crate_error, set_decoder_limits};
use crate::imaging::{
    header::{Probe, webp_length},
    pixels::{Bitmap, Channels, ImageError, ImageLimits, cut_short, rgb_to_rgba},
};

pub(crate) fn decode_webp(bytes: &[u8], limits: &ImageLimits, probe: Probe) -> Result<Bitmap, ImageError> {
    let (samples, pixels) = webp_pixels(bytes, limits, probe)?;
    let rgba = if pixels == Channels::Rgb { rgb_to_rgba(samples) } else { samples };
    Bitmap::new(probe.width, probe.height, rgba).ok_or_else(cut_short)
}

/// The pixels of a whole WebP as its decoder returns them, three or four bytes each. The buffer has space for four.
pub(crate) fn webp_pixels(bytes: &[u8], limits: &ImageLimits, probe: Probe) -> Result<(Vec<u8>, Channels), ImageError> {
    if webp_length(bytes).is_none_or(|length| length > bytes.len() as u64) {
        return Err(cut_short());
    }
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|error| image_crate_error(error, probe))?;
    set_decoder_limits(&mut decoder, limits, probe)?;
    let pixels = match decoder.color_type() {
        ColorType::Rgb8 => Channels::Rgb,
        ColorType::Rgba8 => Channels::Rgba,
        other => return Err(ImageError::Unsupported(format!("WebP with {other:?}").into())),
    };
    if decoder.dimensions() != (probe.width, probe.height) {
        return Err(ImageError::Broken("it has two headers".into()));
    }
    let count = probe.width as usize * probe.height as usize;
    // Untouched pages take no memory.
    let mut samples = Vec::with_capacity(count * 4);
    samples.resize(count * pixels.channels(), 0);
    decoder.read_image(&mut samples).map_err(|error| image_crate_error(error, probe))?;
    Ok((samples, pixels))
}
