//! Compares an image with the shape and size that were requested.

use std::fmt;

use super::parameters::Parameters;
use crate::recipe::images::{AspectRatio, ImageSize, size_class};

/// Maximum distance of an image's ratio from a known ratio, as the natural logarithm of their quotient; beyond it the
/// image has a ratio of its own.
const MAX_ASPECT_LOG_DISTANCE: f64 = 0.12;

/// Ratios that cannot be requested but that images have.
const EXTRA_RATIOS: [(u16, u16); 4] = [(1, 2), (2, 1), (9, 21), (3, 1)];

/// The difference of an image's aspect ratio or size from the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mismatch {
    /// The requested aspect ratio, if any.
    pub requested_aspect: Option<AspectRatio>,
    /// The requested size, if any.
    pub requested_size: Option<ImageSize>,
    /// The known ratio that is nearest to the image's.
    pub actual_aspect: AspectRatio,
    /// The size class of the image.
    pub actual_size: ImageSize,
}

impl Mismatch {
    /// The mismatch of an image of these dimensions with a request in the format of [`Self::requested`].
    pub fn read(asked: &str, width: u32, height: u32) -> Option<Self> {
        let mut sent = Parameters::default();
        for word in asked.split_whitespace() {
            sent.aspect = word.parse().ok().or(sent.aspect);
            sent.size = word.parse().ok().or(sent.size);
        }
        find_mismatch(&sent, width, height)
    }

    /// Whether the aspect ratio differs.
    pub fn in_aspect(&self) -> bool {
        self.requested_aspect.is_some_and(|asked| asked != self.actual_aspect)
    }

    /// Whether the size differs.
    pub fn in_size(&self) -> bool {
        self.requested_size.is_some_and(|asked| asked != self.actual_size)
    }

    /// The request, such as `16:9 4K`.
    pub fn requested(&self) -> String {
        words(self.requested_aspect, self.requested_size)
    }

    /// The same properties of the image, such as `3:2 1K`.
    pub fn actual(&self) -> String {
        words(self.requested_aspect.map(|_| self.actual_aspect), self.requested_size.map(|_| self.actual_size))
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.requested(), self.actual())
    }
}

fn words(aspect: Option<AspectRatio>, size: Option<ImageSize>) -> String {
    let aspect = aspect.map(|aspect| aspect.to_string());
    aspect.into_iter().chain(size.map(|size| size.to_string())).collect::<Vec<_>>().join(" ")
}

/// Compares the sent parameters with an image's measured dimensions. Parameters on default request nothing.
pub fn find_mismatch(sent: &Parameters, width: u32, height: u32) -> Option<Mismatch> {
    let got = |aspect: Option<AspectRatio>| nearest_aspect(width, height, aspect);
    let mismatch = Mismatch {
        requested_aspect: sent.aspect,
        requested_size: sent.size,
        actual_aspect: got(sent.aspect),
        actual_size: size_class(width, height),
    };
    (mismatch.in_aspect() || mismatch.in_size()).then_some(mismatch)
}

/// The nearest known ratio, including the requested one. Models round to whole blocks of pixels: 1376 × 768 stands for
/// 16:9, and 1184 × 864 for 4:3.
fn nearest_aspect(width: u32, height: u32, asked: Option<AspectRatio>) -> AspectRatio {
    let ratio = (f64::from(width.max(1)) / f64::from(height.max(1))).ln();
    let distance = |aspect: AspectRatio| {
        let (width, height) = aspect.sides();
        ((f64::from(width) / f64::from(height)).ln() - ratio).abs()
    };
    if let Some(asked) = asked
        && asked.same_shape_as(width, height)
    {
        return asked;
    }
    let further = EXTRA_RATIOS.into_iter().filter_map(|(width, height)| AspectRatio::new(width, height));
    let known = AspectRatio::COMMON.into_iter().chain(AspectRatio::MORE).chain(further).chain(asked);
    let nearest = known.min_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap_or(AspectRatio::SQUARE);
    if distance(nearest) <= MAX_ASPECT_LOG_DISTANCE { nearest } else { AspectRatio::of_pixels(width, height) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(aspect: &str, size: &str) -> Parameters {
        Parameters { aspect: aspect.parse().ok(), size: size.parse().ok(), ..Parameters::default() }
    }

    #[test]
    fn dimensions_of_real_models_match_the_requested_ratio() {
        for (aspect, size, width, height) in [
            ("16:9", "1K", 1376, 768),
            ("16:9", "", 1344, 768),
            ("9:16", "1K", 768, 1376),
            ("4:3", "1K", 1184, 864),
            ("4:3", "", 1200, 896),
            ("21:9", "1K", 1584, 672),
            ("3:2", "", 1248, 832),
            ("3:2", "", 1536, 1024),
            ("5:4", "", 1152, 928),
            ("4:5", "", 896, 1152),
            ("1:1", "4K", 4096, 4096),
            ("16:9", "4K", 5504, 3072),
            ("16:9", "512", 688, 384),
            ("16:9", "", 1792, 1024),
            ("1:8", "1K", 352, 2928),
            ("7:5", "", 1200, 856),
            ("20:9", "", 1920, 864),
            ("", "2K", 2048, 2048),
            ("16:9", "4K", 3840, 2160),
            ("1:1", "4K", 2880, 2880),
            ("", "", 10, 3000),
        ] {
            assert_eq!(find_mismatch(&asked(aspect, size), width, height), None, "{aspect} {size}: {width} × {height}");
        }
    }

    #[test]
    fn mismatches_are_named() {
        for (aspect, size, width, height, said) in [
            ("16:9", "4K", 1024, 1024, "16:9 4K → 1:1 1K"),
            ("16:9", "", 1024, 1024, "16:9 → 1:1"),
            ("", "4K", 1376, 768, "4K → 1K"),
            ("16:9", "2K", 1376, 768, "16:9 2K → 16:9 1K"),
            ("16:9", "", 1536, 1024, "16:9 → 3:2"),
            ("5:4", "", 1184, 864, "5:4 → 4:3"),
            ("1:1", "", 1024, 20, "1:1 → 51:1"),
        ] {
            let found = find_mismatch(&asked(aspect, size), width, height).map(|mismatch| mismatch.to_string());
            assert_eq!(found.as_deref(), Some(said));
            let read = Mismatch::read(&format!("{aspect} {size}"), width, height);
            assert_eq!(read.map(|mismatch| mismatch.to_string()).as_deref(), Some(said));
        }
    }

    proptest! {
        #[test]
        fn arbitrary_dimensions_do_not_panic(aspect in (1..u16::MAX, 1..u16::MAX), width: u32, height: u32) {
            let aspect = AspectRatio::new(aspect.0, aspect.1);
            let size = Some(ImageSize::Two);
            find_mismatch(&Parameters { aspect, size, ..Parameters::default() }, width, height);
        }
    }
}
