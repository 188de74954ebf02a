//! Reads format and size from the header of a file, without decoding a pixel.

use image::metadata::Orientation;

use super::{
    avif_header::{avif_is_upright, avif_size},
    bmp_header::bmp_size,
    gif_header::gif_size,
    jpeg_header::jpeg_header,
    jxl_header::jxl_size,
    png_header::png_size,
    svg_size::svg_size,
    tiff_header::tiff_header,
    webp_header::webp_size,
};
use crate::{
    imaging::{
        format::sniff,
        pixels::{ImageError, ImageLimits, guarded},
    },
    recipe::Format,
};

/// The format and size of an image, according to its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// The format of the file.
    pub format: Format,
    /// The width in pixels, as displayed: an orientation on its side swaps the sides.
    pub width: u32,
    /// The height in pixels, as displayed.
    pub height: u32,
}

/// Reads the header of a file, or of the part of it that has arrived.
///
/// # Errors
/// [`ImageError::NotAnImage`] for other files, [`ImageError::TooLarge`] beyond the limits,
/// [`ImageError::Broken`] if the header is damaged or incomplete.
pub fn probe(bytes: &[u8], limits: &ImageLimits) -> Result<Probe, ImageError> {
    let format = sniff(bytes).ok_or(ImageError::NotAnImage)?;
    let (width, height) = match format {
        Format::Png => png_size(bytes),
        Format::Gif => gif_size(bytes),
        Format::Webp => webp_size(bytes),
        Format::Jpeg => jpeg_header(bytes).map(|jpeg| jpeg.shown_size()),
        Format::Bmp => bmp_size(bytes),
        Format::Tiff => match tiff_header(bytes) {
            Some(header) if header.raw => return Err(ImageError::Unsupported("DNG".into())),
            header => header.map(|header| header.shown_size()),
        },
        // Third-party parsers read these headers.
        Format::Avif => guarded(|| Ok(avif_size(bytes)))?,
        Format::Jxl => guarded(|| Ok(jxl_size(bytes, limits)))?,
        Format::Svg => guarded(|| Ok(svg_size(bytes, limits)))?,
    }
    .ok_or_else(|| ImageError::Broken("its header is damaged or not complete".into()))?;
    limits.check(width, height)?;
    Ok(Probe { format, width, height })
}

/// Whether the rows of a file are stored as displayed. Those of a JPEG, TIFF or AVIF may be rotated or mirrored,
/// according to its orientation.
pub fn is_upright(bytes: &[u8]) -> bool {
    match sniff(bytes) {
        Some(Format::Jpeg) => jpeg_header(bytes).is_none_or(|header| header.is_upright()),
        Some(Format::Tiff) => tiff_header(bytes).is_none_or(|header| header.orientation == Orientation::NoTransforms),
        Some(Format::Avif) => guarded(|| Ok(avif_is_upright(bytes))).unwrap_or(true),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{
        encode::{Encoding, encode},
        test_images::samples,
    };

    #[test]
    fn size_is_read_from_every_format() {
        let image = samples::painting(37, 21);
        for (encoding, format) in [
            (Encoding::Png, Format::Png),
            (Encoding::Jpeg { quality: 80 }, Format::Jpeg),
            (Encoding::Webp { quality: 100 }, Format::Webp),
            (Encoding::Webp { quality: 70 }, Format::Webp),
        ] {
            let bytes = encode(&image, encoding).unwrap();
            assert_eq!(
                probe(&bytes, &ImageLimits::default()),
                Ok(Probe { format, width: 37, height: 21 }),
                "{encoding:?}"
            );
        }
        let bytes = encode(&samples::translucent(37, 21), Encoding::Webp { quality: 70 }).unwrap();
        assert_eq!(&bytes[12..16], b"VP8X");
        assert_eq!(probe(&bytes, &ImageLimits::default()), Ok(Probe { format: Format::Webp, width: 37, height: 21 }));
        let bytes = samples::gif(&image);
        assert_eq!(probe(&bytes, &ImageLimits::default()), Ok(Probe { format: Format::Gif, width: 37, height: 21 }));
    }

    #[test]
    fn header_over_the_limits_is_rejected() {
        let mut bytes = samples::png(&samples::painting(8, 8));
        bytes[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        assert_eq!(probe(&bytes, &ImageLimits::default()), Err(ImageError::TooLarge { width: 100_000, height: 8 }));
    }

    #[test]
    fn truncated_headers_and_other_files_are_errors() {
        let bytes = samples::png(&samples::painting(8, 8));
        assert!(matches!(probe(&bytes[..20], &ImageLimits::default()), Err(ImageError::Broken(_))));
        assert_eq!(probe(b"%PDF-1.7", &ImageLimits::default()), Err(ImageError::NotAnImage));
        assert_eq!(probe(b"", &ImageLimits::default()), Err(ImageError::NotAnImage));
    }

    #[test]
    fn size_of_a_rotated_jpeg_is_its_displayed_size() {
        let bytes = samples::turned_jpeg(&samples::painting(40, 16), 6);
        let probe = probe(&bytes, &ImageLimits::default()).unwrap();
        assert_eq!((probe.width, probe.height), (16, 40));
    }
}
