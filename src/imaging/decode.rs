//! Whole files into bitmaps.

use std::{
    io::{BufRead, Cursor, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
};

use image::{
    DynamicImage, ImageDecoder,
    codecs::{gif::GifDecoder, jpeg::JpegDecoder, webp::WebPDecoder},
};

use super::{
    Bitmap, ImageError, Limits, Probe,
    header::{jpeg_header, jpeg_is_complete, webp_length},
    probe,
};
use crate::recipe::Format;

/// Decodes a whole file; of an animation the first frame. A JPEG is turned upright by its EXIF orientation.
///
/// # Errors
/// [`ImageError::NotAnImage`] for other files, [`ImageError::TooLarge`] beyond the limits,
/// [`ImageError::Broken`] if bytes are missing or damaged, [`ImageError::Unsupported`] for rare kinds.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Bitmap, ImageError> {
    let probe = probe(bytes, limits)?;
    guarded(|| match probe.format {
        Format::Png => decode_png(bytes, limits, probe),
        Format::Jpeg => decode_jpeg(bytes, limits, probe),
        Format::Webp => decode_webp(bytes, limits, probe),
        Format::Gif => {
            let decoder = GifDecoder::new(Cursor::new(bytes)).map_err(|error| translated(&error, probe))?;
            decoded(decoder, limits, probe).and_then(bitmap)
        }
    })
}

/// Runs a decoder that others wrote. A flaw in it that panics must cost this picture only.
pub(super) fn guarded<T>(decoder: impl FnOnce() -> Result<T, ImageError>) -> Result<T, ImageError> {
    // Whatever the decoder was working on is thrown away with the panic.
    catch_unwind(AssertUnwindSafe(decoder))
        .unwrap_or_else(|_| Err(ImageError::Broken("its decoder gave up".into())))
}

fn decode_jpeg(bytes: &[u8], limits: &Limits, probe: Probe) -> Result<Bitmap, ImageError> {
    let header = jpeg_header(bytes).ok_or_else(cut_short)?;
    if !jpeg_is_complete(bytes, &header) {
        return Err(cut_short());
    }
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|error| translated(&error, probe))?;
    let mut image = decoded(decoder, limits, probe)?;
    image.apply_orientation(header.orientation);
    bitmap(image)
}

fn decode_webp(bytes: &[u8], limits: &Limits, probe: Probe) -> Result<Bitmap, ImageError> {
    if webp_length(bytes).is_none_or(|length| length > bytes.len() as u64) {
        return Err(cut_short());
    }
    let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|error| translated(&error, probe))?;
    decoded(decoder, limits, probe).and_then(bitmap)
}

fn decoded(mut decoder: impl ImageDecoder, limits: &Limits, probe: Probe) -> Result<DynamicImage, ImageError> {
    // The header was read twice, by us and by the decoder; the decoder's reading counts for memory.
    let (width, height) = decoder.dimensions();
    limits.check(width, height)?;
    let mut granted = image::Limits::no_limits();
    granted.max_image_width = Some(limits.max_side);
    granted.max_image_height = Some(limits.max_side);
    // Decoders keep a copy of some planes beside the result.
    granted.max_alloc = Some(limits.max_bytes.saturating_mul(2));
    decoder
        .set_limits(granted)
        .and_then(|()| DynamicImage::from_decoder(decoder))
        .map_err(|error| translated(&error, probe))
}

fn bitmap(image: DynamicImage) -> Result<Bitmap, ImageError> {
    let (width, height) = (image.width(), image.height());
    let rgba = match image {
        DynamicImage::ImageRgb8(rgb) => {
            let mut rgba = Vec::with_capacity(rgb.as_raw().len() / 3 * 4);
            Pixels::Rgb.append_rgba(rgb.as_raw(), &mut rgba);
            rgba
        }
        other => other.into_rgba8().into_raw(),
    };
    Bitmap::new(width, height, rgba).ok_or_else(cut_short)
}

fn translated(error: &image::ImageError, probe: Probe) -> ImageError {
    match error {
        image::ImageError::Unsupported(kind) => ImageError::Unsupported(kind.to_string()),
        image::ImageError::Limits(_) => ImageError::TooLarge { width: probe.width, height: probe.height },
        other => ImageError::Broken(other.to_string()),
    }
}

fn cut_short() -> ImageError {
    ImageError::Broken("it ends too early".into())
}

fn decode_png(bytes: &[u8], limits: &Limits, probe: Probe) -> Result<Bitmap, ImageError> {
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

/// The channels of a decoded row, eight bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pixels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
}

impl Pixels {
    /// Adds a row to straight RGBA pixels.
    pub(super) fn append_rgba(self, row: &[u8], rgba: &mut Vec<u8>) {
        match self {
            Self::Grey => rgba.extend(row.iter().flat_map(|&grey| [grey, grey, grey, 255])),
            Self::GreyAlpha => {
                rgba.extend(row.as_chunks::<2>().0.iter().flat_map(|&[grey, alpha]| [grey, grey, grey, alpha]));
            }
            Self::Rgb => {
                let start = rgba.len();
                rgba.resize(start + row.len() / 3 * 4, 255);
                for (to, from) in rgba[start..].as_chunks_mut::<4>().0.iter_mut().zip(row.as_chunks::<3>().0) {
                    to[..3].copy_from_slice(from);
                }
            }
            Self::Rgba => rgba.extend_from_slice(row),
        }
    }
}

/// The rows of a PNG from top to bottom, palettes and odd bit depths already expanded to eight bits a channel.
pub(super) struct PngRows<R: BufRead + Seek> {
    reader: png::Reader<R>,
    probe: Probe,
    row: Vec<u8>,
    pub(super) pixels: Pixels,
}

impl<R: BufRead + Seek> PngRows<R> {
    /// Reads up to the first pixels.
    pub(super) fn new(source: R, limits: &Limits, probe: Probe) -> Result<Self, ImageError> {
        let bytes = usize::try_from(limits.max_bytes).unwrap_or(usize::MAX);
        let mut decoder = png::Decoder::new_with_limits(source, png::Limits { bytes });
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        // Texts and profiles are not wanted here and may be of any size.
        decoder.set_ignore_text_chunk(true);
        decoder.set_ignore_iccp_chunk(true);
        let reader = decoder.read_info().map_err(|error| png_error(error, probe))?;
        let pixels = match reader.output_color_type() {
            (png::ColorType::Grayscale, png::BitDepth::Eight) => Pixels::Grey,
            (png::ColorType::GrayscaleAlpha, png::BitDepth::Eight) => Pixels::GreyAlpha,
            (png::ColorType::Rgb, png::BitDepth::Eight) => Pixels::Rgb,
            (png::ColorType::Rgba, png::BitDepth::Eight) => Pixels::Rgba,
            (colour, depth) => return Err(ImageError::Unsupported(format!("PNG with {colour:?} of {depth:?} bits"))),
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

    /// The next row. An error also if there is none, as callers know how many there should be.
    pub(super) fn next(&mut self) -> Result<&[u8], ImageError> {
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

    /// Reads up to the end mark, so that a file without it is not taken for complete.
    pub(super) fn finish(&mut self) -> Result<(), ImageError> {
        self.reader.finish().map_err(|error| png_error(error, self.probe))
    }
}

fn png_error(error: png::DecodingError, probe: Probe) -> ImageError {
    match error {
        png::DecodingError::IoError(_) => cut_short(),
        png::DecodingError::LimitsExceeded => ImageError::TooLarge { width: probe.width, height: probe.height },
        other => ImageError::Broken(other.to_string()),
    }
}
