//! Perceptual colors: positions in Oklab (Björn Ottosson, 2020), in whole steps of 1/255.

use std::sync::LazyLock;

/// A color of the palette of an image, and the share of the image that it represents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::library) struct Swatch {
    /// Lightness.
    l: u8,
    /// From green to red.
    a: i8,
    /// From blue to yellow.
    b: i8,
    /// Out of 255; 0 means no color.
    weight: u8,
}

/// The colors of an image.
pub(in crate::library) type IndexedPalette = [Swatch; 5];

/// The greatest distance of two colors that count as the same: about three times the distance that is just noticeable
/// side by side, so that a color is found in shadow and in light.
const MAX_COLOR_DISTANCE: i32 = 20;

/// The least weight, out of 255, with which a color counts as a color of an image.
const MIN_WEIGHT: u32 = 20;

/// The greatest average distance between the colors of similar palettes.
const MAX_PALETTE_DISTANCE: u32 = 18;

/// The linear values of sRGB values (IEC 61966-2-1), cached because every palette is converted at the start.
static LINEAR_FROM_SRGB: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|value| {
        let value = value as f32 / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
});

impl Swatch {
    /// A color of sRGB.
    pub(in crate::library) fn of([r, g, b]: [u8; 3], weight: u8) -> Self {
        let [r, g, b] = [r, g, b].map(|value| LINEAR_FROM_SRGB[usize::from(value)]);
        let long = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_993 * b).cbrt();
        let medium = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let short = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
        let lightness = 0.210_454_26 * long + 0.793_617_8 * medium - 0.004_072_047 * short;
        let red = 1.977_998_5 * long - 2.428_592_2 * medium + 0.450_593_7 * short;
        let yellow = 0.025_904_037 * long + 0.782_771_77 * medium - 0.808_675_77 * short;
        let step = |value: f32| (value * 255.0).round();
        Self { l: step(lightness) as u8, a: step(red) as i8, b: step(yellow) as i8, weight }
    }

    fn distance_squared(self, other: Self) -> i32 {
        let l = i32::from(self.l) - i32::from(other.l);
        let a = i32::from(self.a) - i32::from(other.a);
        let b = i32::from(self.b) - i32::from(other.b);
        l * l + a * a + b * b
    }
}

/// Reads a palette as the index stores it: red, green, blue and weight of each color.
pub(in crate::library) fn palette(bytes: &[u8]) -> IndexedPalette {
    let mut palette = IndexedPalette::default();
    for (swatch, bytes) in palette.iter_mut().zip(bytes.as_chunks::<4>().0) {
        let [r, g, b, weight] = *bytes;
        if weight > 0 {
            *swatch = Swatch::of([r, g, b], weight);
        }
    }
    palette
}

/// Whether a considerable part of the image has this color.
pub(in crate::library) fn contains_color(palette: &IndexedPalette, color: Swatch) -> bool {
    let near =
        palette.iter().filter(|swatch| swatch.distance_squared(color) <= MAX_COLOR_DISTANCE * MAX_COLOR_DISTANCE);
    near.map(|swatch| u32::from(swatch.weight)).sum::<u32>() >= MIN_WEIGHT
}

/// Whether two images have similar colors. An image without a palette is similar to none.
pub(in crate::library) fn is_similar(one: &IndexedPalette, other: &IndexedPalette) -> bool {
    let away = |from: &IndexedPalette, to: &IndexedPalette| {
        let (mut sum, mut weights) = (0, 0);
        for swatch in from.iter().filter(|swatch| swatch.weight > 0) {
            let known = to.iter().filter(|swatch| swatch.weight > 0);
            let nearest = known.map(|known| known.distance_squared(*swatch)).min()?;
            sum += u32::from(swatch.weight) * nearest.unsigned_abs().isqrt();
            weights += u32::from(swatch.weight);
        }
        sum.checked_div(weights)
    };
    let near = |from, to| away(from, to).is_some_and(|away| away <= MAX_PALETTE_DISTANCE);
    near(one, other) && near(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(colors: &[[u8; 4]]) -> IndexedPalette {
        palette(&colors.concat())
    }

    #[test]
    fn colors_have_known_oklab_positions() {
        // From the table of Ottosson's article: white, and sRGB red.
        assert_eq!(Swatch::of([255, 255, 255], 1), Swatch { l: 255, a: 0, b: 0, weight: 1 });
        assert_eq!(Swatch::of([255, 0, 0], 1), Swatch { l: 160, a: 57, b: 32, weight: 1 });
        assert_eq!(Swatch::of([0, 0, 0], 1), Swatch { l: 0, a: 0, b: 0, weight: 1 });
    }

    #[test]
    fn color_matches_its_shades_only() {
        let red = Swatch::of([200, 30, 30], 0);
        assert!(contains_color(&of(&[[190, 40, 35, 120], [20, 20, 20, 100]]), red));
        assert!(!contains_color(&of(&[[30, 40, 190, 120], [20, 20, 20, 100]]), red));
        assert!(!contains_color(&of(&[[200, 30, 30, 5], [20, 20, 20, 200]]), red), "a trace is not enough");
        assert!(!contains_color(&of(&[]), Swatch::of([0, 0, 0], 0)), "nothing is known of it");
    }

    #[test]
    fn palette_similarity_is_symmetric() {
        let sea = of(&[[20, 60, 120, 150], [200, 210, 220, 80]]);
        let sea_too = of(&[[205, 212, 225, 90], [25, 66, 118, 140]]);
        let half = of(&[[20, 60, 120, 250]]);
        assert!(is_similar(&sea, &sea_too) && is_similar(&sea_too, &sea) && is_similar(&sea, &sea));
        assert!(!is_similar(&sea, &of(&[[220, 120, 20, 250]])));
        assert!(!is_similar(&sea, &half) && !is_similar(&half, &sea));
        assert!(!is_similar(&of(&[]), &of(&[])));
    }
}
