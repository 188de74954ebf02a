//! JPEG XL: its first frame.

use jxl::api::{AlphaMode, Event, JxlDecoder, JxlDecoderOptions, JxlOutputBuffer, JxlPixelFormat, ProfileLevel};

use super::{Bitmap, ImageError, Limits, Probe, decode::cut_short};

/// The size of a picture as it is shown: the decoder turns it.
pub(super) fn jxl_size(bytes: &[u8], limits: &Limits) -> Option<(u32, u32)> {
    let decoder = begun(&mut &bytes[..], limits).ok()?;
    let (width, height) = decoder.basic_info()?.size;
    Some((u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX)))
}

pub(super) fn decode_jxl(bytes: &[u8], limits: &Limits, probe: Probe) -> Result<Bitmap, ImageError> {
    let mut rest = bytes;
    let mut decoder = begun(&mut rest, limits)?;
    let extra = decoder.basic_info().map_or(0, |info| info.extra_channels.len());
    decoder.set_pixel_format(JxlPixelFormat::rgba8(extra)).map_err(broken)?;
    let stride = probe.width as usize * 4;
    let mut rgba = vec![0; stride * probe.height as usize];
    let mut buffer = [JxlOutputBuffer::new(&mut rgba, probe.height as usize, stride)];
    run(&mut decoder, &mut rest, Some(&mut buffer), |event| matches!(event, Event::FrameComplete { .. }))?;
    Bitmap::new(probe.width, probe.height, rgba).ok_or_else(cut_short)
}

/// A decoder that has read the headers.
fn begun(bytes: &mut &[u8], limits: &Limits) -> Result<JxlDecoder, ImageError> {
    /// Colours, what shines through, and some that are not shown.
    const MOST_CHANNELS: u64 = 8;
    let mut options = JxlDecoderOptions::default();
    options.sample_limit = Some(usize::try_from(limits.max_pixels * MOST_CHANNELS).unwrap_or(usize::MAX));
    options.alpha_mode = AlphaMode::Unpremultiplied;
    options.max_profile_level = ProfileLevel::Main10;
    let mut decoder = JxlDecoder::new(options);
    run(&mut decoder, bytes, None, |event| event == Event::BasicInfo)?;
    Ok(decoder)
}

/// Decodes until something has happened.
fn run(
    decoder: &mut JxlDecoder,
    bytes: &mut &[u8],
    mut buffers: Option<&mut [JxlOutputBuffer<'_>]>,
    is_it: impl Fn(Event) -> bool,
) -> Result<(), ImageError> {
    loop {
        let before = bytes.len();
        let event = decoder.process(bytes, buffers.as_deref_mut(), None).map_err(broken)?;
        if is_it(event) {
            return Ok(());
        }
        let is_stuck = matches!(event, Event::NeedMoreInput { .. }) && bytes.len() == before;
        if is_stuck || event == Event::Complete {
            return Err(cut_short());
        }
    }
}

fn broken(error: impl std::fmt::Display) -> ImageError {
    ImageError::Broken(error.to_string())
}
