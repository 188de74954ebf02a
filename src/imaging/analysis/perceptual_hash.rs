//! Computes a perceptual hash: images that look alike differ in few bits, whatever their format, size and brightness.

use std::{array, f32::consts::PI, sync::LazyLock};

use crate::imaging::pixels::Bitmap;

/// The number of squares along each side into which the image is divided.
const HASH_SIDE_PIXELS: usize = 32;

/// The number of frequencies along each side that are part of the hash.
const KEPT_FREQUENCIES: usize = 8;

/// Cosines of the discrete cosine transform, by frequency and square.
static COSINES: LazyLock<[[f32; HASH_SIDE_PIXELS]; KEPT_FREQUENCIES]> = LazyLock::new(|| {
    std::array::from_fn(|frequency| {
        std::array::from_fn(|at| (PI / HASH_SIDE_PIXELS as f32 * (at as f32 + 0.5) * frequency as f32).cos())
    })
});

/// The perceptual hash of an image: the signs of the lowest frequencies of its luma relative to their median.
///
/// The thumbnail gives the same result as the image, and is read much faster.
pub fn perceptual_hash(bitmap: &Bitmap) -> u64 {
    let luma = mean_luma_grid(bitmap);
    let mut along = [[0.0_f32; HASH_SIDE_PIXELS]; KEPT_FREQUENCIES];
    for (row, luma) in luma.iter().enumerate() {
        for (frequency, cosines) in COSINES.iter().enumerate() {
            along[frequency][row] = luma.iter().zip(cosines).map(|(luma, cosine)| luma * cosine).sum();
        }
    }
    let mut found = [0.0_f32; KEPT_FREQUENCIES * KEPT_FREQUENCIES];
    for (x, along) in along.iter().enumerate() {
        for (y, cosines) in COSINES.iter().enumerate() {
            found[y * KEPT_FREQUENCIES + x] = along.iter().zip(cosines).map(|(luma, cosine)| luma * cosine).sum();
        }
    }
    // The first frequency is the brightness, which the hash ignores.
    found[0] = 0.0;
    let mut sorted = found;
    sorted.sort_by(f32::total_cmp);
    let median = f32::midpoint(
        sorted[KEPT_FREQUENCIES * KEPT_FREQUENCIES / 2 - 1],
        sorted[KEPT_FREQUENCIES * KEPT_FREQUENCIES / 2],
    );
    found.iter().enumerate().fold(0, |hash, (bit, value)| hash | (u64::from(*value > median) << bit))
}

/// The mean luma of each square, on white if the image is transparent.
fn mean_luma_grid(bitmap: &Bitmap) -> [[f32; HASH_SIDE_PIXELS]; HASH_SIDE_PIXELS] {
    let (width, height) = (bitmap.width as usize, bitmap.height as usize);
    let mut squares = [[0.0; HASH_SIDE_PIXELS]; HASH_SIDE_PIXELS];
    if width == 0 || height == 0 {
        return squares;
    }
    let pixels = bitmap.rgba.as_chunks::<4>().0;
    // At least one pixel, even if the image is smaller than the grid.
    let part = |at: usize, length: usize| {
        let from = (at * length / HASH_SIDE_PIXELS).min(length - 1);
        from..((at + 1) * length / HASH_SIDE_PIXELS).max(from + 1)
    };
    for (y, row) in squares.iter_mut().enumerate() {
        for (x, square) in row.iter_mut().enumerate() {
            let (rows, columns) = (part(y, height), part(x, width));
            let count = (rows.len() * columns.len()) as f32;
            let inside = rows.flat_map(|y| &pixels[y * width..][columns.clone()]);
            *square = if bitmap.opaque {
                // Luma is linear, so the mean color has the mean luma; integers are summed much faster.
                let sums = inside.fold([0_u64; 3], |sums, pixel| array::from_fn(|at| sums[at] + u64::from(pixel[at])));
                let [red, green, blue] = sums.map(|sum| sum as f32 / count);
                weighted(red, green, blue)
            } else {
                inside.map(|pixel| luma(*pixel)).sum::<f32>() / count
            };
        }
    }
    squares
}

fn weighted(red: f32, green: f32, blue: f32) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Luma of ITU-R BT.709, 0 to 255.
fn luma(pixel: [u8; 4]) -> f32 {
    let [red, green, blue, alpha] = pixel.map(f32::from);
    let luma = weighted(red, green, blue);
    255.0 + (luma - 255.0) * (alpha / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{
        decode::decode,
        encode::{Encoding, encode},
        pixels::ImageLimits,
        resize::downscale,
        test_images::samples,
    };

    /// The number of bits in which the hashes of similar images differ at most.
    const MAX_SIMILAR_DISTANCE: u32 = 10;

    fn apart(one: &Bitmap, other: &Bitmap) -> u32 {
        (perceptual_hash(one) ^ perceptual_hash(other)).count_ones()
    }

    fn altered(bitmap: &Bitmap, alter: impl Fn(u8) -> u8) -> Bitmap {
        let mut bitmap = bitmap.clone();
        for pixel in bitmap.rgba.as_chunks_mut::<4>().0 {
            for value in &mut pixel[..3] {
                *value = alter(*value);
            }
        }
        bitmap
    }

    /// Circles in positions that depend on a number.
    fn circles(number: u32) -> Bitmap {
        let (width, height) = (240_u32, 180_u32);
        let mut rgba = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let inside = (0..5).any(|circle| {
                    let seed = number.wrapping_mul(2_654_435_761).rotate_left(circle * 5 + 3);
                    let (cx, cy, r) = (seed % width, (seed >> 9) % height, 15 + (seed >> 20) % 40);
                    x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2) < r * r
                });
                let value = if inside { 210 } else { 40 + (x / 8) as u8 };
                rgba.extend([value, value / 2, 90, 255]);
            }
        }
        Bitmap::new(width, height, rgba).unwrap()
    }

    #[test]
    fn hash_survives_changes_of_format_size_and_brightness() {
        for image in [samples::painting(300, 200), circles(1), circles(2), circles(3)] {
            let jpeg = encode(&image, Encoding::Jpeg { quality: 60 }).unwrap();
            let again = decode(&jpeg, &ImageLimits::default()).unwrap();
            assert!(apart(&image, &again) <= MAX_SIMILAR_DISTANCE);
            assert!(apart(&image, &downscale(&image, 97)) <= MAX_SIMILAR_DISTANCE);
            assert!(apart(&image, &altered(&image, |value| value.saturating_add(20))) <= MAX_SIMILAR_DISTANCE);
            assert!(apart(&image, &altered(&image, |value| value / 4 * 3)) <= MAX_SIMILAR_DISTANCE);
        }
    }

    #[test]
    fn different_images_have_different_hashes() {
        let images: Vec<Bitmap> = (1..9).map(circles).chain([samples::painting(240, 180)]).collect();
        for (index, one) in images.iter().enumerate() {
            for other in &images[..index] {
                assert!(apart(one, other) > MAX_SIMILAR_DISTANCE, "{index}: {}", apart(one, other));
            }
        }
    }

    #[test]
    fn images_of_any_size_have_a_hash() {
        for (width, height) in [(0, 0), (1, 1), (1, 300), (33, 7)] {
            perceptual_hash(&Bitmap::new(width, height, vec![77; (width * height * 4) as usize]).unwrap());
        }
    }
}
