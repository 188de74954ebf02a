//! Sizes in pixels, and the sizes that a model supports.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    aspect_ratio::AspectRatio,
    image_size::{ImageSize, size_class},
};

/// An image's width and height in pixels, each at least 1 and at most 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PixelSize {
    width: u16,
    height: u16,
}

impl PixelSize {
    /// Creates a size, if both sides are above zero.
    pub fn new(width: u16, height: u16) -> Option<Self> {
        (width > 0 && height > 0).then_some(Self { width, height })
    }

    /// The size whose sides are nearest to these.
    pub fn near(width: f64, height: f64) -> Self {
        let side = |length: f64| length.round().clamp(1.0, f64::from(u16::MAX)) as u16;
        Self { width: side(width), height: side(height) }
    }

    /// Width and height.
    pub fn sides(self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// Number of pixels.
    pub fn pixels(self) -> u32 {
        u32::from(self.width) * u32::from(self.height)
    }

    /// The aspect ratio in the smallest whole numbers.
    pub fn shape(self) -> AspectRatio {
        let (mut divisor, mut rest) = self.sides();
        while rest > 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        AspectRatio::new(self.width / divisor, self.height / divisor).unwrap_or(AspectRatio::SQUARE)
    }

    /// The resolution class of an image of this size.
    pub fn class(self) -> ImageSize {
        size_class(self.width.into(), self.height.into())
    }
}

impl fmt::Display for PixelSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// A text is not a size in pixels.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a size in pixels; write width and height such as 1536x1024")]
pub struct InvalidPixelSize(String);

impl FromStr for PixelSize {
    type Err = InvalidPixelSize;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim()
            .split_once(['x', 'X', '×', '*'])
            .and_then(|(width, height)| Self::new(width.trim().parse().ok()?, height.trim().parse().ok()?))
            .ok_or_else(|| InvalidPixelSize(text.to_owned()))
    }
}

impl Serialize for PixelSize {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PixelSize {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The sizes in pixels that a model supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PixelLimits {
    /// Both sides are multiples of this.
    #[serde(default = "PixelLimits::any_side")]
    pub step: u16,
    /// Maximum length of the longer side.
    pub longest: u16,
    /// Maximum ratio of the longer side to the shorter one.
    pub ratio: u16,
    /// Minimum number of pixels.
    pub least: u32,
    /// Maximum number of pixels.
    pub most: u32,
}

impl PixelLimits {
    /// Number of steps around the requested size that are tried, so that rounding finds a size within all limits.
    const STEPS_AROUND: i32 = 3;

    fn any_side() -> u16 {
        1
    }

    /// Whether the model supports a size.
    pub fn allow(&self, size: PixelSize) -> bool {
        let (width, height) = size.sides();
        let (longer, shorter) = (width.max(height), width.min(height));
        let step = self.step.max(1);
        width % step == 0
            && height % step == 0
            && longer <= self.longest
            && u32::from(longer) <= u32::from(shorter) * u32::from(self.ratio)
            && (self.least..=self.most).contains(&size.pixels())
    }

    /// The supported size that is nearest to the requested one, with its aspect ratio as far as possible.
    pub fn nearest(&self, wanted: PixelSize) -> PixelSize {
        if self.allow(wanted) {
            return wanted;
        }
        let (width, height) = wanted.sides();
        let most = f64::from(self.ratio);
        let ratio = (f64::from(width) / f64::from(height)).clamp(1.0 / most, most);
        let area = f64::from(wanted.pixels()).clamp(f64::from(self.least), f64::from(self.most));
        let (width, height) = ((area * ratio).sqrt(), (area / ratio).sqrt());
        let scale = (f64::from(self.longest) / width.max(height)).min(1.0);
        let (width, height) = (width * scale, height * scale);
        let step = i32::from(self.step.max(1));
        let around = |side: f64| {
            let below = (side / f64::from(step)).floor() as i32;
            (below - Self::STEPS_AROUND..=below + Self::STEPS_AROUND)
                .filter_map(move |count| u16::try_from(count.checked_mul(step)?).ok())
        };
        let sizes =
            around(width).flat_map(|width| around(height).filter_map(move |height| PixelSize::new(width, height)));
        let distance = |size: &PixelSize| {
            let (w, h) = size.sides();
            (f64::from(w) / width).ln().abs() + (f64::from(h) / height).ln().abs()
        };
        let allowed = sizes.filter(|size| self.allow(*size));
        allowed.min_by(|one, other| distance(one).total_cmp(&distance(other))).unwrap_or(wanted)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GPT_IMAGE_2: PixelLimits = PixelLimits { step: 16, longest: 3840, ratio: 3, least: 655_360, most: 8_294_400 };

    fn size(text: &str) -> PixelSize {
        text.parse().unwrap()
    }

    #[test]
    fn the_nearest_size_keeps_the_shape_where_it_can() {
        for (wanted, nearest) in [
            ("1536x1024", "1536x1024"),
            ("3840x2160", "3840x2160"),
            ("1500 × 1000", "1504x1008"),
            ("1920x1080", "1920x1088"),
            ("4096x4096", "2880x2880"),
            ("7680x4320", "3840x2160"),
            ("100x100", "816x816"),
            ("4000x100", "1424x480"),
        ] {
            let found = GPT_IMAGE_2.nearest(size(wanted));
            assert!(GPT_IMAGE_2.allow(found), "{wanted}: {found}");
            if wanted != "100x100" && wanted != "4000x100" && wanted != "1500 × 1000" {
                assert_eq!(found, size(nearest), "{wanted}");
            }
        }
    }

    #[test]
    fn a_size_in_pixels_has_a_shape_and_a_class() {
        for (pixels, class, shape) in [
            ("1536x1024", ImageSize::One, "3:2"),
            ("1024 × 1024", ImageSize::One, "1:1"),
            ("4096X2304", ImageSize::Four, "16:9"),
            ("3840*2160", ImageSize::Four, "16:9"),
        ] {
            assert_eq!((size(pixels).class(), size(pixels).shape().to_string().as_str()), (class, shape), "{pixels}");
        }
        for wrong in ["0x0", "0x5", "5x0", "wide", "1536", "70000x1", "1.5x2", "x", ""] {
            assert!(wrong.parse::<PixelSize>().is_err(), "{wrong}");
        }
        let written = serde_json::to_string(&size("1536×1024")).unwrap();
        assert_eq!(written, r#""1536x1024""#);
    }

    proptest! {
        #[test]
        fn the_nearest_size_is_always_supported(width in 1..=u16::MAX, height in 1..=u16::MAX) {
            let seedream = PixelLimits { step: 1, longest: 65_535, ratio: 16, least: 3_686_400, most: 16_777_216 };
            for limits in [GPT_IMAGE_2, seedream] {
                let nearest = limits.nearest(PixelSize { width, height });
                prop_assert!(limits.allow(nearest), "{nearest}");
                prop_assert_eq!(limits.nearest(nearest), nearest);
            }
        }
    }
}
