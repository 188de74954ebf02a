//! The header of a JPEG XL, which its decoder reads.

use jxl::api::{AlphaMode, Event, JxlDecoder, JxlDecoderOptions, JxlOutputBuffer, ProfileLevel};

use crate::{
    error_chain::Cause,
    imaging::pixels::{ImageError, ImageLimits, cut_short},
};

/// The size of an image as displayed, because the decoder applies the orientation.
pub(crate) fn jxl_size(bytes: &[u8], limits: &ImageLimits) -> Option<(u32, u32)> {
    let decoder = open_jxl(&mut &bytes[..], limits).ok()?;
    let (width, height) = decoder.basic_info()?.size;
    Some((u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX)))
}

/// A decoder that has read the headers.
pub(crate) fn open_jxl(bytes: &mut &[u8], limits: &ImageLimits) -> Result<JxlDecoder, ImageError> {
    /// Colors, alpha, and some channels that are not displayed.
    const MAX_CHANNELS: u64 = 8;
    let mut options = JxlDecoderOptions::default();
    options.sample_limit = Some(usize::try_from(limits.max_pixels * MAX_CHANNELS).unwrap_or(usize::MAX));
    options.alpha_mode = AlphaMode::Unpremultiplied;
    options.max_profile_level = ProfileLevel::Main10;
    let mut decoder = JxlDecoder::new(options);
    run_jxl_decoder(&mut decoder, bytes, None, |event| event == Event::BasicInfo)?;
    Ok(decoder)
}

/// Runs the decoder until its next event.
pub(crate) fn run_jxl_decoder(
    decoder: &mut JxlDecoder,
    bytes: &mut &[u8],
    mut buffers: Option<&mut [JxlOutputBuffer<'_>]>,
    is_it: impl Fn(Event) -> bool,
) -> Result<(), ImageError> {
    loop {
        let before = bytes.len();
        let event = decoder.process(bytes, buffers.as_deref_mut(), None).map_err(jxl_error)?;
        if is_it(event) {
            return Ok(());
        }
        let is_stuck = matches!(event, Event::NeedMoreInput { .. }) && bytes.len() == before;
        if is_stuck || event == Event::Complete {
            return Err(cut_short());
        }
    }
}

pub(crate) fn jxl_error(error: impl std::error::Error + Send + Sync + 'static) -> ImageError {
    ImageError::Broken(Cause::new(error))
}
