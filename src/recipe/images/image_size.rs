//! The resolution classes of images: 512, 1K, 2K and 4K.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The resolution classes of the Gemini image models; the capital K is part of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ImageSize {
    /// About 512 pixels on a side.
    #[serde(rename = "512")]
    Half,
    /// About 1024 pixels on a side.
    #[serde(rename = "1K")]
    One,
    /// About 2048 pixels on a side.
    #[serde(rename = "2K")]
    Two,
    /// About 4096 pixels on a side.
    #[serde(rename = "4K")]
    Four,
}

impl ImageSize {
    /// Every size, smallest first.
    pub const ALL: [Self; 4] = [Self::Half, Self::One, Self::Two, Self::Four];

    /// The value that is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Half => "512",
            Self::One => "1K",
            Self::Two => "2K",
            Self::Four => "4K",
        }
    }

    /// Pixels along one side of a square of this class.
    pub fn edge(self) -> u32 {
        match self {
            Self::Half => 512,
            Self::One => 1024,
            Self::Two => 2048,
            Self::Four => 4096,
        }
    }
}

impl fmt::Display for ImageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text is not an image size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a size; write 512, 1K, 2K or 4K")]
pub struct InvalidImageSize(String);

impl FromStr for ImageSize {
    type Err = InvalidImageSize;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_uppercase();
        Self::ALL
            .into_iter()
            .find(|size| size.as_str() == wanted)
            .or_else(|| (wanted == "0.5K").then_some(Self::Half))
            .ok_or_else(|| InvalidImageSize(text.to_owned()))
    }
}

/// From this many pixels on an image is 4K: 3840 × 2160 (UHD) is the largest size of some models.
pub(super) const MIN_UHD_PIXELS: f64 = 8.2e6;

/// The resolution class of an image: that of the square with as many pixels.
pub(crate) fn size_class(width: u32, height: u32) -> ImageSize {
    let pixels = f64::from(width.max(1)) * f64::from(height.max(1));
    if (MIN_UHD_PIXELS..f64::from(ImageSize::Four.edge()).powi(2)).contains(&pixels) {
        return ImageSize::Four;
    }
    let edge = pixels.sqrt().log2();
    let distance = |size: ImageSize| (f64::from(size.edge()).log2() - edge).abs();
    ImageSize::ALL.into_iter().min_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap_or(ImageSize::One)
}
