//! Decodes whole files of any format into bitmaps.

use super::{
    avif::decode_avif, bmp::decode_bmp, image_crate::decode_gif, jpeg::decode_jpeg, jxl::decode_jxl, memory_budget,
    png::decode_png, svg::decode_svg, tiff::decode_tiff, webp::decode_webp,
};
use crate::{
    imaging::{
        header::probe,
        pixels::{Bitmap, ImageError, ImageLimits, guarded},
    },
    recipe::Format,
};

/// Decodes a whole file; of an animation the first frame, of several pages the first. Applies its orientation.
///
/// # Errors
/// [`ImageError::NotAnImage`] for other files, [`ImageError::TooLarge`] beyond the limits,
/// [`ImageError::Broken`] if bytes are missing or damaged, [`ImageError::Unsupported`] for rare kinds.
pub fn decode(bytes: &[u8], limits: &ImageLimits) -> Result<Bitmap, ImageError> {
    let probe = probe(bytes, limits)?;
    let _room = memory_budget::whole(probe);
    guarded(|| match probe.format {
        Format::Png => decode_png(bytes, limits, probe),
        Format::Jpeg => decode_jpeg(bytes),
        Format::Webp => decode_webp(bytes, limits, probe),
        Format::Gif => decode_gif(bytes, limits, probe),
        Format::Avif => decode_avif(bytes, limits, probe),
        Format::Jxl => decode_jxl(bytes, limits, probe),
        Format::Bmp => decode_bmp(bytes, limits, probe),
        Format::Tiff => decode_tiff(bytes, limits, probe),
        Format::Svg => decode_svg(bytes, probe),
    })
}

#[cfg(test)]
mod tests {
    use png::{BitDepth, ColorType};
    use proptest::prelude::*;

    use super::*;
    use crate::imaging::{
        encode::{Encoding, encode},
        format::sniff,
        resize::thumbnail,
        stream::IncrementalDecoder,
        test_images::{CODED_SAMPLES, CodedSample, samples},
    };

    /// Color type and depth, palette and transparency, samples, and the two pixels that they encode.
    type Kind<'a> = ((ColorType, BitDepth), (&'a [u8], &'a [u8]), &'a [u8], [u8; 8]);

    fn decoded(bytes: &[u8]) -> Bitmap {
        decode(bytes, &ImageLimits::default()).unwrap()
    }

    #[test]
    fn every_png_color_type_decodes_to_rgba8() {
        let none: (&[u8], &[u8]) = (&[], &[]);
        let palette = [10, 20, 30, 40, 50, 60, 70, 80, 90];
        let kinds: [Kind<'_>; 12] = [
            ((ColorType::Grayscale, BitDepth::One), none, &[0b0100_0000], [0, 0, 0, 255, 255, 255, 255, 255]),
            ((ColorType::Grayscale, BitDepth::Two), none, &[0b0110_0000], [85, 85, 85, 255, 170, 170, 170, 255]),
            ((ColorType::Grayscale, BitDepth::Eight), none, &[7, 9], [7, 7, 7, 255, 9, 9, 9, 255]),
            ((ColorType::Grayscale, BitDepth::Eight), (&[], &[0, 9]), &[7, 9], [7, 7, 7, 255, 9, 9, 9, 0]),
            ((ColorType::Grayscale, BitDepth::Sixteen), none, &[7, 200, 9, 0], [7, 7, 7, 255, 9, 9, 9, 255]),
            ((ColorType::GrayscaleAlpha, BitDepth::Eight), none, &[7, 255, 9, 3], [7, 7, 7, 255, 9, 9, 9, 3]),
            ((ColorType::Indexed, BitDepth::Two), (&palette, &[]), &[0b1001_0000], [70, 80, 90, 255, 40, 50, 60, 255]),
            ((ColorType::Indexed, BitDepth::Eight), (&palette, &[5]), &[0, 1], [10, 20, 30, 5, 40, 50, 60, 255]),
            ((ColorType::Rgb, BitDepth::Eight), none, &[1, 2, 3, 4, 5, 6], [1, 2, 3, 255, 4, 5, 6, 255]),
            (
                (ColorType::Rgb, BitDepth::Eight),
                (&[], &[0, 4, 0, 5, 0, 6]),
                &[1, 2, 3, 4, 5, 6],
                [1, 2, 3, 255, 4, 5, 6, 0],
            ),
            (
                (ColorType::Rgb, BitDepth::Sixteen),
                none,
                &[1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0],
                [1, 2, 3, 255, 4, 5, 6, 255],
            ),
            (
                (ColorType::Rgba, BitDepth::Sixteen),
                none,
                &[1, 0, 2, 0, 3, 0, 128, 0, 4, 0, 5, 0, 6, 0, 255, 255],
                [1, 2, 3, 128, 4, 5, 6, 255],
            ),
        ];
        for (kind, extras, samples, expected) in kinds {
            let file = samples::raw_png((2, 1), kind, extras, samples);
            let bitmap = decoded(&file);
            assert_eq!(bitmap.rgba, expected, "{kind:?}");
            assert_eq!(bitmap.opaque, expected[3] == 255 && expected[7] == 255, "{kind:?}");
            // Incremental decoding takes another path.
            let finished = thumbnail(&file, &ImageLimits::default(), 64).unwrap();
            assert_eq!((finished.opaque, finished.thumbnail), (bitmap.opaque, bitmap), "{kind:?}");
        }
    }

    #[test]
    fn streamed_downscaling_equals_downscaling_the_whole_image() {
        let image = samples::translucent(256, 200);
        let pixels = image.rgba.as_chunks::<4>().0;
        let kinds: [(ColorType, Vec<u8>); 4] = [
            (ColorType::Grayscale, pixels.iter().map(|pixel| pixel[0]).collect()),
            (ColorType::GrayscaleAlpha, pixels.iter().flat_map(|pixel| [pixel[0], pixel[3]]).collect()),
            (ColorType::Rgb, pixels.iter().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()),
            (ColorType::Rgba, image.rgba.clone()),
        ];
        for (color, samples) in kinds {
            let file = samples::raw_png((256, 200), (color, BitDepth::Eight), (&[], &[]), &samples);
            let plain = crate::imaging::resize::downscale(&decoded(&file), 32);
            let ours = thumbnail(&file, &ImageLimits::default(), 32).unwrap();
            assert_eq!(ours.opaque, plain.opaque, "{color:?}");
            assert!(samples::mean_difference(&ours.thumbnail, &plain) < 1.0, "{color:?}");
            assert!(samples::largest_difference(&ours.thumbnail, &plain) < 10, "{color:?}");
        }
    }

    #[test]
    fn interlaced_png_is_decoded_by_every_decoder() {
        for (width, height) in [(19, 13), (1, 9), (3, 1)] {
            let image = samples::painting(width, height);
            let file = samples::interlaced_png(&image);
            assert_eq!(decoded(&file), image);
            let mut arriving = IncrementalDecoder::new(ImageLimits::default(), 64);
            arriving.push(&file);
            assert_eq!(arriving.finish().unwrap().thumbnail, image);
        }
    }

    #[test]
    fn gif_decodes_to_its_first_frame() {
        let image = Bitmap::new(4, 2, [200, 0, 0, 255, 0, 0, 200, 255].repeat(4)).unwrap();
        assert_eq!(decoded(&samples::gif(&image)), image);
    }

    #[test]
    fn files_of_other_programs_have_the_right_size_and_colors() {
        for coded in CODED_SAMPLES {
            let (file, image) = (coded.bytes(), coded.image());
            let probe = probe(&file, &ImageLimits::default()).unwrap();
            assert_eq!((probe.width, probe.height), (image.width, image.height), "{}", coded.name);
            let bitmap = decoded(&file);
            assert_eq!(bitmap.opaque, image.opaque, "{}", coded.name);
            // Where colors meet, subsampled colors are blended.
            let mean = samples::mean_difference(&bitmap, &image);
            assert!(mean < 6.0, "{}: {mean}", coded.name);
            let corner = |bitmap: &Bitmap, end: usize| bitmap.rgba[end..end + 4].to_vec();
            for end in [0, bitmap.rgba.len() - 4, bitmap.width as usize * 4 - 4] {
                let (ours, theirs) = (corner(&bitmap, end), corner(&image, end));
                let apart = ours.iter().zip(&theirs).map(|(one, other)| one.abs_diff(*other)).max();
                assert!(apart < Some(12), "{}: {ours:?} instead of {theirs:?}", coded.name);
            }
            let finished = thumbnail(&file, &ImageLimits::default(), 8).unwrap();
            assert_eq!(finished.thumbnail.width.max(finished.thumbnail.height), 8, "{}", coded.name);
            let small = ImageLimits { max_side: 15, ..ImageLimits::default() };
            let told = ImageError::TooLarge { width: image.width, height: image.height };
            assert_eq!(decode(&file, &small), Err(told), "{}", coded.name);
        }
    }

    #[test]
    fn rotated_jpeg_is_turned_upright() {
        // The left half is dark and the right half light; turned clockwise, the upper half is dark.
        let rgba = (0..32 * 16).flat_map(|i| if i % 32 < 16 { [0, 0, 0, 255] } else { [255; 4] }).collect();
        let bitmap = decoded(&samples::turned_jpeg(&Bitmap::new(32, 16, rgba).unwrap(), 6));
        assert_eq!((bitmap.width, bitmap.height), (16, 32));
        assert!(bitmap.rgba[0] < 30);
        assert!(bitmap.rgba[16 * 31 * 4] > 225);
    }

    #[test]
    fn truncated_file_is_never_decoded_as_complete() {
        let image = samples::painting(24, 18);
        for file in files(&image).into_iter().chain(CODED_SAMPLES.iter().map(CodedSample::bytes)) {
            for end in (0..file.len()).rev() {
                let cut = decode(&file[..end], &ImageLimits::default());
                assert!(cut.is_err(), "{:?} cut to {end} of {}", probe(&file, &ImageLimits::default()), file.len());
            }
        }
    }

    #[test]
    fn damaged_png_is_an_error() {
        let mut file = samples::png(&samples::painting(64, 64));
        let middle = file.len() / 2;
        file[middle] ^= 0x10;
        assert!(matches!(decode(&file, &ImageLimits::default()), Err(ImageError::Broken(_))));
    }

    #[test]
    fn header_over_the_limits_allocates_nothing() {
        for mut file in files(&samples::painting(24, 18)) {
            if sniff(&file) == Some(Format::Svg) {
                continue;
            }
            let small = ImageLimits { max_side: 23, ..ImageLimits::default() };
            assert_eq!(decode(&file, &small), Err(ImageError::TooLarge { width: 24, height: 18 }));
            if file.starts_with(b"\x89PNG") {
                file[16..24].fill(0xff);
                let asked = ImageError::TooLarge { width: u32::MAX, height: u32::MAX };
                assert_eq!(decode(&file, &ImageLimits::default()), Err(asked));
            }
        }
    }

    #[test]
    fn panicking_decoder_fails_one_image() {
        let result: Result<(), _> = guarded(|| panic!("a flaw"));
        assert!(matches!(result, Err(ImageError::Broken(_))));
    }

    /// The image in every format and variant.
    fn files(image: &Bitmap) -> Vec<Vec<u8>> {
        let encodings = [
            Encoding::Png,
            Encoding::Jpeg { quality: 80 },
            Encoding::Webp { quality: 100 },
            Encoding::Webp { quality: 60 },
        ];
        let mut files: Vec<_> = encodings.into_iter().map(|encoding| encode(image, encoding).unwrap()).collect();
        files.push(encode(&samples::translucent(image.width, image.height), Encoding::Webp { quality: 60 }).unwrap());
        files.push(samples::gif(image));
        files.push(samples::interlaced_png(image));
        files.push(samples::bmp(image));
        files.push(samples::bmp(&samples::translucent(image.width, image.height)));
        files
            .extend(samples::tiffs(image, &samples::translucent(image.width, image.height)).into_iter().map(|it| it.1));
        files.push(samples::svg());
        files
    }

    const FILES: usize = 16 + CODED_SAMPLES.len();

    /// Those, and files of other programs.
    fn all_files() -> Vec<Vec<u8>> {
        let mut files = files(&samples::painting(24, 18));
        files.extend(CODED_SAMPLES.iter().map(CodedSample::bytes));
        assert_eq!(files.len(), FILES);
        files
    }

    /// Passes bytes of any kind to all decoders. The result does not matter, as long as there is one and it fits its
    /// size.
    fn survives(bytes: &[u8]) {
        let limits = ImageLimits { max_pixels: 1 << 16, ..ImageLimits::default() };
        if let Ok(bitmap) = decode(bytes, &limits) {
            assert_eq!(bitmap.rgba.len() as u64, u64::from(bitmap.width) * u64::from(bitmap.height) * 4);
            let probe = probe(bytes, &limits).unwrap();
            assert_eq!((probe.width, probe.height), (bitmap.width, bitmap.height));
        }
        let whole = thumbnail(bytes, &limits, 5);
        let mut arriving = IncrementalDecoder::new(limits, 5);
        bytes.chunks(50).for_each(|piece| arriving.push(piece));
        assert_eq!(arriving.finish(), whole);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), mark in 0..11_usize) {
            let marks: [&[u8]; 11] = [
                b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x05", b"\xff\xd8\xff", b"GIF89a", b"RIFF\x40\0\0\0WEBPVP8L",
                b"\0\0\0\x14ftypavif\0\0\0\0avif\0\0\0\x40meta", b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ",
                b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", b"II*\0\x08\0\0\0\x03\0\0\x01\x04\0\x01\0\0\0\x05\0\0\0",
                b"<svg viewBox='0 0 9 9'><path d='M0 0",
            ];
            survives(&[marks[mark], &bytes].concat());
        }

        #[test]
        fn damaged_images_do_not_panic(
            file in any::<prop::sample::Index>(), damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let mut file = all_files().swap_remove(file.index(FILES));
            for (at, value) in damage {
                let at = at.index(file.len());
                file[at] ^= value;
            }
            survives(&file);
        }

        #[test]
        fn truncated_images_do_not_panic(file in any::<prop::sample::Index>(), end in any::<prop::sample::Index>()) {
            let file = all_files().swap_remove(file.index(FILES));
            survives(&file[..end.index(file.len())]);
        }
    }
}
