//! Decodes PNG row by row.

use std::io::{BufRead, Cursor, Seek};

use crate::{
    error_chain::Cause,
    imaging::{
        header::Probe,
        pixels::{Bitmap, Channels, ImageError, ImageLimits, cut_short},
    },
};

pub(crate) fn decode_png(bytes: &[u8], limits: &ImageLimits, probe: Probe) -> Result<Bitmap, ImageError> {
    let mut reader = PngRows::new(Cursor::new(bytes), limits, probe)?;
    let mut rgba = Vec::with_capacity(probe.width as usize * probe.height as usize * 4);
    if reader.interlaced() {
        reader.whole(&mut rgba)?;
    } else {
        let pixels = reader.pixels;
        for _ in 0..probe.height {
            pixels.append_rgba(reader.next()?, &mut rgba);
        }
    }
    reader.finish()?;
    Bitmap::new(probe.width, probe.height, rgba).ok_or_else(cut_short)
}

/// The rows of a PNG from top to bottom, with palettes and odd bit depths expanded to eight bits per channel.
pub(crate) struct PngRows<R: BufRead + Seek> {
    reader: png::Reader<R>,
    probe: Probe,
    row: Vec<u8>,
    pub(crate) pixels: Channels,
}

impl<R: BufRead + Seek> PngRows<R> {
    /// Reads up to the first pixels.
    pub(crate) fn new(source: R, limits: &ImageLimits, probe: Probe) -> Result<Self, ImageError> {
        let bytes = usize::try_from(limits.max_bytes).unwrap_or(usize::MAX);
        let mut decoder = png::Decoder::new_with_limits(source, png::Limits { bytes });
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        // Texts and profiles are not needed here and may be of any size.
        decoder.set_ignore_text_chunk(true);
        decoder.set_ignore_iccp_chunk(true);
        let reader = decoder.read_info().map_err(|error| png_error(error, probe))?;
        let pixels = match reader.output_color_type() {
            (png::ColorType::Grayscale, png::BitDepth::Eight) => Channels::Gray,
            (png::ColorType::GrayscaleAlpha, png::BitDepth::Eight) => Channels::GrayAlpha,
            (png::ColorType::Rgb, png::BitDepth::Eight) => Channels::Rgb,
            (png::ColorType::Rgba, png::BitDepth::Eight) => Channels::Rgba,
            (color, depth) => {
                return Err(ImageError::Unsupported(format!("PNG with {color:?} of {depth:?} bits").into()));
            }
        };
        let info = reader.info();
        if (info.width, info.height) != (probe.width, probe.height) {
            return Err(ImageError::Broken("it has two headers".into()));
        }
        let row = vec![0; reader.output_line_size(info.width).ok_or_else(cut_short)?];
        Ok(Self { reader, probe, row, pixels })
    }

    fn interlaced(&self) -> bool {
        self.reader.info().interlaced
    }

    /// The next row. Fails if there is none, because callers know the number of rows.
    pub(crate) fn next(&mut self) -> Result<&[u8], ImageError> {
        match self.reader.read_row(&mut self.row) {
            Ok(Some(_)) => Ok(&self.row),
            Ok(None) => Err(cut_short()),
            Err(error) => Err(png_error(error, self.probe)),
        }
    }

    fn whole(&mut self, rgba: &mut Vec<u8>) -> Result<(), ImageError> {
        let size = self.reader.output_buffer_size().ok_or_else(cut_short)?;
        let mut buffer = vec![0; size];
        self.reader.next_frame(&mut buffer).map_err(|error| png_error(error, self.probe))?;
        self.pixels.append_rgba(&buffer, rgba);
        Ok(())
    }

    /// Reads up to the end chunk, so that a file without it is not taken for complete.
    pub(crate) fn finish(&mut self) -> Result<(), ImageError> {
        self.reader.finish().map_err(|error| png_error(error, self.probe))
    }
}

pub(crate) fn png_error(error: png::DecodingError, probe: Probe) -> ImageError {
    match error {
        png::DecodingError::IoError(_) => cut_short(),
        png::DecodingError::LimitsExceeded => ImageError::TooLarge { width: probe.width, height: probe.height },
        other => ImageError::Broken(Cause::new(other)),
    }
}
