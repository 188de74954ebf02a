//! Computes the palette of an image by k-means in Oklab (Björn Ottosson, 2020), in which distances match perception.

use std::{array, sync::LazyLock};

use crate::imaging::pixels::Bitmap;

/// The number of colors of a palette at most.
const PALETTE_SIZE: usize = 5;

/// The approximate number of pixels that are sampled, spread evenly over the image.
const MAX_SAMPLED_PIXELS: usize = 4096;

/// The number of k-means iterations. More make no visible difference.
const KMEANS_ROUNDS: usize = 8;

/// The distance up to which colors are merged: a little more than the distance that is just noticeable side by side.
const SAME_COLOR_DISTANCE: f32 = 0.03;

/// A color in Oklab: lightness, green to red, blue to yellow.
type Lab = [f32; 3];

/// The palette of an image, the heaviest color first: red, green, blue, and the share of the image that the color
/// represents, out of 255. A weight of 0 means no color. Transparent parts do not count.
///
/// The thumbnail gives the same result as the image, and is read much faster.
pub fn palette(bitmap: &Bitmap) -> [[u8; 4]; PALETTE_SIZE] {
    let pixels = bitmap.rgba.as_chunks::<4>().0;
    let step = (pixels.len() / MAX_SAMPLED_PIXELS).max(1);
    // A step that divides the width would sample only a few columns.
    let step = if step > 1 && (bitmap.width as usize).is_multiple_of(step) { step + 1 } else { step };
    let seen: Vec<Lab> = pixels
        .iter()
        .step_by(step)
        .filter(|pixel| pixel[3] >= 128)
        .map(|pixel| to_lab([pixel[0], pixel[1], pixel[2]]))
        .collect();
    let mut palette = [[0; 4]; PALETTE_SIZE];
    for (place, (lab, count)) in palette.iter_mut().zip(clusters(&seen)) {
        let [r, g, b] = to_rgb(lab);
        *place = [r, g, b, (count * 255 / seen.len().max(1)) as u8];
    }
    palette
}

/// The centers of groups of colors and the number of colors in each, the largest group first.
fn clusters(seen: &[Lab]) -> Vec<(Lab, usize)> {
    let mut middles = initial_centers(seen);
    let mut counts = vec![0; middles.len()];
    for _ in 0..KMEANS_ROUNDS {
        let mut sums = vec![([0.0_f32; 3], 0_usize); middles.len()];
        for color in seen {
            let (sum, count) = &mut sums[nearest(&middles, color)];
            for (sum, value) in sum.iter_mut().zip(color) {
                *sum += value;
            }
            *count += 1;
        }
        for ((middle, count), (sum, found)) in middles.iter_mut().zip(&mut counts).zip(sums) {
            *count = found;
            if found > 0 {
                *middle = sum.map(|sum| sum / found as f32);
            }
        }
    }
    let mut groups: Vec<(Lab, usize)> = Vec::new();
    let mut found: Vec<(Lab, usize)> = middles.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (middle, count) in found {
        match groups.iter_mut().find(|(known, _)| distance(known, &middle) <= SAME_COLOR_DISTANCE * SAME_COLOR_DISTANCE)
        {
            Some((_, known)) => *known += count,
            None => groups.push((middle, count)),
        }
    }
    groups.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    groups
}

/// The initial centers: the color nearest to the mean, then always the color farthest from all centers so far.
fn initial_centers(seen: &[Lab]) -> Vec<Lab> {
    let mut mean = [0.0; 3];
    for color in seen {
        for (mean, value) in mean.iter_mut().zip(color) {
            *mean += value / seen.len() as f32;
        }
    }
    let by = |a: &(f32, Lab), b: &(f32, Lab)| a.0.total_cmp(&b.0);
    let first = seen.iter().map(|color| (distance(color, &mean), *color)).min_by(by);
    let mut middles: Vec<Lab> = first.map(|(_, color)| color).into_iter().collect();
    let mut away: Vec<(f32, Lab)> = seen.iter().map(|color| (f32::MAX, *color)).collect();
    while let Some(last) = middles.last().copied().filter(|_| middles.len() < PALETTE_SIZE) {
        for (away, color) in &mut away {
            *away = away.min(distance(color, &last));
        }
        match away.iter().copied().max_by(by) {
            Some((away, color)) if away > SAME_COLOR_DISTANCE * SAME_COLOR_DISTANCE => middles.push(color),
            _ => break,
        }
    }
    middles
}

/// The index of the nearest center. There is at least one wherever there is a color.
fn nearest(middles: &[Lab], color: &Lab) -> usize {
    let mut best = (f32::MAX, 0);
    for (index, middle) in middles.iter().enumerate() {
        let away = distance(middle, color);
        if away < best.0 {
            best = (away, index);
        }
    }
    best.1
}

/// The square of the distance of two colors.
fn distance(one: &Lab, other: &Lab) -> f32 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum()
}

/// Linear light of each value of sRGB, 0 to 1 (IEC 61966-2-1).
static LINEAR_LIGHT: LazyLock<[f32; 256]> = LazyLock::new(|| {
    array::from_fn(|value| {
        let value = value as f32 / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
});

fn to_lab(rgb: [u8; 3]) -> Lab {
    let [r, g, b] = rgb.map(|value| LINEAR_LIGHT[usize::from(value)]);
    let long = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_993 * b).cbrt();
    let medium = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let short = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * long + 0.793_617_8 * medium - 0.004_072_047 * short,
        1.977_998_5 * long - 2.428_592_2 * medium + 0.450_593_7 * short,
        0.025_904_037 * long + 0.782_771_77 * medium - 0.808_675_77 * short,
    ]
}

fn to_rgb([l, a, b]: Lab) -> [u8; 3] {
    let long = (l + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let medium = (l - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let short = (l - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    [
        4.076_741_7 * long - 3.307_711_6 * medium + 0.230_969_94 * short,
        -1.268_438 * long + 2.609_757_4 * medium - 0.341_319_38 * short,
        -0.004_196_086_3 * long - 0.703_418_6 * medium + 1.707_614_7 * short,
    ]
    .map(|value| {
        let value = value.clamp(0.0, 1.0);
        let value = if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
        (value * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::test_images::samples;

    /// Rows of one color each, with these heights.
    fn bands(bands: &[([u8; 4], u32)]) -> Bitmap {
        let rgba = bands.iter().flat_map(|(color, rows)| color.repeat(100 * *rows as usize)).collect();
        Bitmap::new(100, bands.iter().map(|(_, rows)| rows).sum(), rgba).unwrap()
    }

    #[test]
    fn oklab_conversion_round_trips() {
        for rgb in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [12, 200, 99], [1, 2, 250]] {
            assert_eq!(to_rgb(to_lab(rgb)), rgb);
        }
    }

    #[test]
    fn flat_areas_are_found_with_color_and_weight() {
        let image = bands(&[([200, 30, 30, 255], 60), ([20, 40, 160, 255], 30), ([240, 240, 230, 255], 10)]);
        let found = palette(&image);
        for (found, (color, share)) in
            found.iter().zip([([200, 30, 30], 153_u8), ([20, 40, 160], 76), ([240, 240, 230], 25)])
        {
            assert_eq!(found[..3], color);
            assert!(found[3].abs_diff(share) <= 4, "{found:?}");
        }
        assert_eq!(found[3..], [[0; 4]; 2], "there are no others");
    }

    #[test]
    fn transparent_pixels_do_not_count() {
        let image = bands(&[([0, 255, 0, 0], 80), ([9, 9, 9, 255], 20)]);
        assert_eq!(palette(&image), [[9, 9, 9, 255], [0; 4], [0; 4], [0; 4], [0; 4]]);
        assert_eq!(palette(&bands(&[([9, 9, 9, 0], 20)])), [[0; 4]; 5]);
        assert_eq!(palette(&Bitmap::new(0, 0, Vec::new()).unwrap()), [[0; 4]; 5]);
    }

    #[test]
    fn weights_are_sorted_and_sum_to_at_most_one() {
        let found = palette(&samples::painting(256, 200));
        assert!(found.is_sorted_by_key(|color| std::cmp::Reverse(color[3])), "{found:?}");
        let sum: u32 = found.iter().map(|color| u32::from(color[3])).sum();
        assert!((240..=255).contains(&sum), "{found:?}");
        assert_eq!(found, palette(&samples::painting(256, 200)));
    }
}
