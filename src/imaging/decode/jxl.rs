//! Decodes the first frame of a JPEG XL.

use jxl::api::{Event, JxlOutputBuffer, JxlPixelFormat};

use crate::imaging::{
    header::{Probe, jxl_error, open_jxl, run_jxl_decoder},
    pixels::{Bitmap, ImageError, ImageLimits, cut_short},
};

pub(crate) fn decode_jxl(bytes: &[u8], limits: &ImageLimits, probe: Probe) -> Result<Bitmap, ImageError> {
    let mut rest = bytes;
    let mut decoder = open_jxl(&mut rest, limits)?;
    let extra = decoder.basic_info().map_or(0, |info| info.extra_channels.len());
    decoder.set_pixel_format(JxlPixelFormat::rgba8(extra)).map_err(jxl_error)?;
    let stride = probe.width as usize * 4;
    let mut rgba = vec![0; stride * probe.height as usize];
    let mut buffer = [JxlOutputBuffer::new(&mut rgba, probe.height as usize, stride)];
    run_jxl_decoder(&mut decoder, &mut rest, Some(&mut buffer), |event| matches!(event, Event::FrameComplete { .. }))?;
    Bitmap::new(probe.width, probe.height, rgba).ok_or_else(cut_short)
}
