//! Images for tests, made in code.

use crate::imaging::{
    encode::{Encoding, encode},
    pixels::Bitmap,
};

/// An opaque image: soft shapes with a little noise, different in each corner.
pub(crate) fn painting(width: u32, height: u32) -> Bitmap {
    let mut grain = 1_u32;
    let rgba = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
            let wave = (u * 9.0).sin() * (v * 7.0).cos() * 40.0 + (grain >> 29) as f32;
            [(200.0 * u + 40.0 + wave.abs() * 0.3) as u8, (180.0 * v + 50.0 - wave) as u8, (120.0 + wave) as u8, 255]
        })
        .collect();
    Bitmap::new(width, height, rgba).unwrap()
}

/// The same image, increasingly transparent to the right.
pub(crate) fn translucent(width: u32, height: u32) -> Bitmap {
    let mut rgba = painting(width, height).rgba;
    for (i, pixel) in rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        pixel[3] = 255 - (i as u32 % width * 255 / width) as u8;
    }
    Bitmap::new(width, height, rgba).unwrap()
}

pub(crate) fn png(bitmap: &Bitmap) -> Vec<u8> {
    encode(bitmap, Encoding::Png).unwrap()
}

/// A PNG of raw samples in any color type, with a palette or a transparent color if there is one.
pub(crate) fn raw_png(
    (width, height): (u32, u32),
    (color, depth): (png::ColorType, png::BitDepth),
    (palette, transparent): (&[u8], &[u8]),
    samples: &[u8],
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if !palette.is_empty() {
        encoder.set_palette(palette);
    }
    if !transparent.is_empty() {
        encoder.set_trns(transparent);
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    file
}

pub(crate) fn gif(bitmap: &Bitmap) -> Vec<u8> {
    let mut file = Vec::new();
    image::codecs::gif::GifEncoder::new(&mut file)
        .encode(&bitmap.rgba, bitmap.width, bitmap.height, image::ExtendedColorType::Rgba8)
        .unwrap();
    file
}

/// A bitmap with rows from the bottom, with alpha if there is any.
pub(crate) fn bmp(bitmap: &Bitmap) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = image::codecs::bmp::BmpEncoder::new(&mut file);
    let (pixels, kind) = if bitmap.opaque {
        (rgb(bitmap), image::ExtendedColorType::Rgb8)
    } else {
        (bitmap.rgba.clone(), image::ExtendedColorType::Rgba8)
    };
    encoder.encode(&pixels, bitmap.width, bitmap.height, kind).unwrap();
    file
}

/// TIFFs with each kind of samples, and the expected image: the first one, or the second with its transparency.
pub(crate) fn tiffs(opaque: &Bitmap, glass: &Bitmap) -> Vec<(&'static str, Vec<u8>, Bitmap)> {
    use image::{DynamicImage, ImageEncoder as _, RgbaImage, codecs::tiff::TiffEncoder};

    let image = |bitmap: &Bitmap| {
        DynamicImage::ImageRgba8(RgbaImage::from_raw(bitmap.width, bitmap.height, bitmap.rgba.clone()).unwrap())
    };
    let kinds = [
        ("grey", DynamicImage::ImageLuma8(image(opaque).to_luma8())),
        ("grey of 16 bits", DynamicImage::ImageLuma16(image(opaque).to_luma16())),
        ("colours", DynamicImage::ImageRgb8(image(opaque).to_rgb8())),
        ("colours of 16 bits", DynamicImage::ImageRgb16(image(opaque).to_rgb16())),
        ("transparency", image(glass)),
        ("transparency of 16 bits", DynamicImage::ImageRgba16(image(glass).to_rgba16())),
    ];
    let encoded = |(name, image): (&'static str, DynamicImage)| {
        let mut file = std::io::Cursor::new(Vec::new());
        let encoder = TiffEncoder::new(&mut file);
        encoder.write_image(image.as_bytes(), image.width(), image.height(), image.color().into()).unwrap();
        let expected = Bitmap::new(image.width(), image.height(), image.to_rgba8().into_raw()).unwrap();
        (name, file.into_inner(), expected)
    };
    kinds.into_iter().map(encoded).collect()
}

/// The start of a TIFF with one directory: tag, type, count and value of each entry, sorted by tag.
pub(crate) fn tiff_directory(entries: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file
}

/// A TIFF of one strip with an orientation, and with a fourth channel if its meaning is given.
pub(crate) fn turned_tiff(width: u32, height: u32, orientation: u16, extra: Option<u16>, samples: &[u8]) -> Vec<u8> {
    let channels = if extra.is_some() { 4 } else { 3 };
    let mut entries: Vec<(u16, u16, u32, u32)> = vec![
        (256, 4, 1, width),
        (257, 4, 1, height),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (274, 3, 1, orientation.into()),
        (277, 3, 1, channels),
        (278, 4, 1, height),
        (279, 4, 1, samples.len() as u32),
    ];
    entries.extend(extra.map(|kind| (338, 3, 1, kind.into())));
    // Depths and samples follow the directory.
    let after = 8 + 2 + (entries.len() as u32 + 2) * 12 + 4;
    entries.push((258, 3, channels, after));
    entries.push((273, 4, 1, after + channels * 2));
    entries.sort_unstable();
    let mut file = tiff_directory(&entries);
    file.extend([8, 0].repeat(channels as usize));
    file.extend_from_slice(samples);
    file
}

fn rgb(bitmap: &Bitmap) -> Vec<u8> {
    bitmap.rgba.as_chunks::<4>().0.iter().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

/// An SVG of a few shapes.
pub(crate) fn svg() -> Vec<u8> {
    br#"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><circle cx="5" cy="5" r="4" fill="red"/></svg>"#
        .to_vec()
}

/// A JPEG with an EXIF orientation.
pub(crate) fn turned_jpeg(bitmap: &Bitmap, orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
    exif[19] = orientation;
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 95);
    encoder.add_exif_metadata(&exif).unwrap();
    encoder.encode(&bitmap.rgba, bitmap.width as u16, bitmap.height as u16, jpeg_encoder::ColorType::Rgba).unwrap();
    file
}

/// Sequential JPEGs, and the peculiarity of each.
pub(crate) fn jpegs(width: u16, height: u16) -> Vec<(&'static str, Vec<u8>)> {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    let image = painting(width.into(), height.into());
    let gray: Vec<u8> = image.rgba.as_chunks::<4>().0.iter().map(|pixel| pixel[1]).collect();
    let kinds = [
        ("all colours", SamplingFactor::F_1_1, false, 0),
        ("half the colours", SamplingFactor::F_2_1, false, 0),
        ("a quarter of the colours", SamplingFactor::F_2_2, false, 0),
        ("restarts", SamplingFactor::F_2_2, false, 7),
        ("grey", SamplingFactor::F_1_1, true, 0),
    ];
    let encoded = |(name, sampling, is_gray, restarts)| {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 90);
        encoder.set_sampling_factor(sampling);
        if restarts > 0 {
            encoder.set_restart_interval(restarts);
        }
        let (pixels, kind) = if is_gray { (&gray, ColorType::Luma) } else { (&image.rgba, ColorType::Rgba) };
        encoder.encode(pixels, width, height, kind).unwrap();
        (name, file)
    };
    kinds.into_iter().map(encoded).collect()
}

/// A progressive JPEG.
pub(crate) fn progressive_jpeg(bitmap: &Bitmap) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    encoder.set_progressive(true);
    encoder.encode(&bitmap.rgba, bitmap.width as u16, bitmap.height as u16, jpeg_encoder::ColorType::Rgba).unwrap();
    file
}

/// The largest difference of the premultiplied bytes of two images.
pub(crate) fn largest_difference(one: &Bitmap, other: &Bitmap) -> u8 {
    differences(one, other).into_iter().max().unwrap_or(0)
}

/// The mean difference of the premultiplied bytes of two images.
pub(crate) fn mean_difference(one: &Bitmap, other: &Bitmap) -> f64 {
    let differences = differences(one, other);
    differences.iter().map(|difference| f64::from(*difference)).sum::<f64>() / differences.len() as f64
}

fn differences(one: &Bitmap, other: &Bitmap) -> Vec<u8> {
    assert_eq!((one.width, one.height), (other.width, other.height));
    let (one, other) = (one.clone().premultiplied(), other.clone().premultiplied());
    one.iter().zip(&other).map(|(one, other)| one.abs_diff(*other)).collect()
}

/// An interlaced PNG without alpha, small enough for one stored block.
pub(crate) fn interlaced_png(bitmap: &Bitmap) -> Vec<u8> {
    let mut rows = Vec::new();
    // The seven passes: first column and row, and the steps between them.
    for (x, y, across, down) in
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    {
        for y in (y..bitmap.height).step_by(down) {
            // A pass without columns has no rows either.
            if x < bitmap.width {
                rows.push(0);
            }
            for x in (x..bitmap.width).step_by(across) {
                let at = (y * bitmap.width + x) as usize * 4;
                rows.extend_from_slice(&bitmap.rgba[at..at + 3]);
            }
        }
    }
    let length = u16::try_from(rows.len()).unwrap();
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend_from_slice(&rows);
    let sums = rows.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    stream.extend((sums.1 << 16 | sums.0).to_be_bytes());

    let mut file = Vec::new();
    let mut info = png::Info::with_size(bitmap.width, bitmap.height);
    info.color_type = png::ColorType::Rgb;
    info.bit_depth = png::BitDepth::Eight;
    info.interlaced = true;
    let mut writer = png::Encoder::with_info(&mut file, info).unwrap().write_header().unwrap();
    writer.write_chunk(png::chunk::IDAT, &stream).unwrap();
    writer.finish().unwrap();
    file
}
