//! Encodes bitmaps as files.

use crate::error_chain::Cause;

use super::pixels::{Bitmap, ImageError, divided_by_255};

/// The format of an encoded file, with its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Lossless; optimized for speed, not for size.
    Png,
    /// Without transparency: transparent parts become white.
    Jpeg {
        /// From 1, small, to 100, faithful; other values are clamped.
        quality: u8,
    },
    /// With transparency.
    Webp {
        /// From 0, small, to 99, faithful; lossless from 100 on.
        quality: u8,
    },
}

/// The longest side of a WebP, in pixels.
const MAX_WEBP_SIDE_PIXELS: u32 = 16_383;

/// Encodes a bitmap as a file.
///
/// # Errors
/// [`ImageError::Unsupported`] if the image is larger than the format allows,
/// [`ImageError::Broken`] if the length of the bitmap does not match its size.
pub fn encode(bitmap: &Bitmap, encoding: Encoding) -> Result<Vec<u8>, ImageError> {
    let bytes = u64::from(bitmap.width) * u64::from(bitmap.height) * 4;
    if bitmap.width == 0 || bitmap.height == 0 || bitmap.rgba.len() as u64 != bytes {
        return Err(ImageError::Broken("the bitmap's bytes do not fit its size".into()));
    }
    match encoding {
        Encoding::Png => png(bitmap),
        Encoding::Jpeg { quality } => jpeg(bitmap, quality),
        Encoding::Webp { quality } => webp(bitmap, quality),
    }
}

/// Encodes a thumbnail for the cache: JPEG if it is opaque, otherwise PNG. Both are decoded in well under a
/// millisecond.
///
/// # Errors
/// The same as [`encode`].
pub fn encode_thumbnail(thumbnail: &Bitmap) -> Result<Vec<u8>, ImageError> {
    encode(thumbnail, if thumbnail.opaque { Encoding::Jpeg { quality: 85 } } else { Encoding::Png })
}

fn png(bitmap: &Bitmap) -> Result<Vec<u8>, ImageError> {
    let failed = |error: png::EncodingError| ImageError::Unsupported(Cause::new(error));
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, bitmap.width, bitmap.height);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(if bitmap.opaque { png::ColorType::Rgb } else { png::ColorType::Rgba });
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header().map_err(failed)?;
    if bitmap.opaque {
        let rgb: Vec<u8> = bitmap.rgba.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        writer.write_image_data(&rgb).map_err(failed)?;
    } else {
        writer.write_image_data(&bitmap.rgba).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    Ok(file)
}

fn jpeg(bitmap: &Bitmap, quality: u8) -> Result<Vec<u8>, ImageError> {
    let (Ok(width), Ok(height)) = (u16::try_from(bitmap.width), u16::try_from(bitmap.height)) else {
        return Err(ImageError::Unsupported(format!("a JPEG of {}×{} pixels", bitmap.width, bitmap.height).into()));
    };
    let mut file = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut file, quality.clamp(1, 100));
    let flattened = (!bitmap.opaque).then(|| on_white(&bitmap.rgba));
    encoder
        .encode(flattened.as_deref().unwrap_or(&bitmap.rgba), width, height, jpeg_encoder::ColorType::Rgba)
        .map_err(|error| ImageError::Unsupported(Cause::new(error)))?;
    Ok(file)
}

/// The pixels on white; alpha is unchanged.
fn on_white(rgba: &[u8]) -> Vec<u8> {
    let mut flat = rgba.to_vec();
    for pixel in flat.as_chunks_mut::<4>().0 {
        let alpha = u16::from(pixel[3]);
        for color in &mut pixel[..3] {
            *color = divided_by_255(u16::from(*color) * alpha + 255 * (255 - alpha));
        }
    }
    flat
}

fn webp(bitmap: &Bitmap, quality: u8) -> Result<Vec<u8>, ImageError> {
    if bitmap.width.max(bitmap.height) > MAX_WEBP_SIDE_PIXELS {
        return Err(ImageError::Unsupported(format!("a WebP of {}×{} pixels", bitmap.width, bitmap.height).into()));
    }
    let encoder = webp::Encoder::from_rgba(&bitmap.rgba, bitmap.width, bitmap.height);
    let lossless = quality >= 100;
    // For lossless files the number sets the effort of compression.
    let quality = if lossless { 75.0 } else { f32::from(quality) };
    encoder
        .encode_simple(lossless, quality)
        .map(|file| file.to_vec())
        .map_err(|error| ImageError::Unsupported(format!("{error:?}").into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        imaging::{decode::decode, format::sniff, pixels::ImageLimits, test_images::samples},
        recipe::Format,
    };

    fn back(bitmap: &Bitmap, encoding: Encoding) -> Bitmap {
        decode(&encode(bitmap, encoding).unwrap(), &ImageLimits::default()).unwrap()
    }

    #[test]
    fn lossless_formats_round_trip() {
        for image in [samples::painting(61, 43), samples::translucent(61, 43)] {
            assert_eq!(back(&image, Encoding::Png), image);
            // Colors of transparent pixels may be lost.
            let webp = back(&image, Encoding::Webp { quality: 100 });
            assert_eq!(webp.premultiplied(), image.premultiplied());
        }
    }

    #[test]
    fn lossy_formats_stay_close() {
        let image = samples::painting(64, 48);
        for encoding in [Encoding::Jpeg { quality: 95 }, Encoding::Webp { quality: 95 }] {
            let near = back(&image, encoding);
            assert!(near.opaque);
            assert!(samples::mean_difference(&near, &image) < 4.0, "{encoding:?}");
        }
        let small = encode(&image, Encoding::Jpeg { quality: 20 }).unwrap();
        let large = encode(&image, Encoding::Jpeg { quality: 95 }).unwrap();
        assert!(small.len() < large.len());
    }

    #[test]
    fn jpeg_shows_transparency_as_white() {
        let clear = Bitmap::new(16, 16, [0, 0, 0, 0].repeat(256)).unwrap();
        assert!(back(&clear, Encoding::Jpeg { quality: 90 }).rgba.iter().all(|byte| *byte > 250));
        assert_eq!(on_white(&[0, 0, 0, 128]), [127, 127, 127, 128]);
    }

    #[test]
    fn out_of_range_qualities_are_clamped() {
        let image = samples::painting(16, 16);
        for quality in [0, 1, 255] {
            assert!(encode(&image, Encoding::Jpeg { quality }).is_ok());
            assert!(encode(&image, Encoding::Webp { quality }).is_ok());
        }
    }

    #[test]
    fn image_too_large_for_its_format_is_rejected() {
        let line = Bitmap::new(70_000, 1, vec![255; 280_000]).unwrap();
        for encoding in [Encoding::Jpeg { quality: 80 }, Encoding::Webp { quality: 100 }] {
            assert!(matches!(encode(&line, encoding), Err(ImageError::Unsupported(_))), "{encoding:?}");
        }
        assert!(encode(&line, Encoding::Png).is_ok());
        let wrong = Bitmap { width: 3, ..samples::painting(2, 2) };
        assert!(matches!(encode(&wrong, Encoding::Png), Err(ImageError::Broken(_))));
    }

    #[test]
    fn thumbnails_keep_their_transparency() {
        assert_eq!(sniff(&encode_thumbnail(&samples::painting(32, 32)).unwrap()), Some(Format::Jpeg));
        let glass = samples::translucent(32, 32);
        let kept = encode_thumbnail(&glass).unwrap();
        assert_eq!(sniff(&kept), Some(Format::Png));
        assert_eq!(decode(&kept, &ImageLimits::default()).unwrap(), glass);
    }
}
