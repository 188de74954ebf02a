//! The ratio of an image's width to its height.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A ratio of width to height in small whole numbers, such as 16:9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AspectRatio {
    width: u16,
    height: u16,
}

impl AspectRatio {
    /// A square.
    pub const SQUARE: Self = Self::of(1, 1);
    /// The ratios that nearly every image model supports, squares first.
    pub const COMMON: [Self; 5] = [Self::of(1, 1), Self::of(4, 3), Self::of(3, 4), Self::of(16, 9), Self::of(9, 16)];
    /// Further ratios of the Gemini image models.
    pub const MORE: [Self; 9] = [
        Self::of(2, 3),
        Self::of(3, 2),
        Self::of(4, 5),
        Self::of(5, 4),
        Self::of(21, 9),
        Self::of(1, 4),
        Self::of(4, 1),
        Self::of(1, 8),
        Self::of(8, 1),
    ];

    const fn of(width: u16, height: u16) -> Self {
        Self { width, height }
    }

    /// Creates a ratio, if both sides are above zero.
    pub fn new(width: u16, height: u16) -> Option<Self> {
        (width > 0 && height > 0).then_some(Self { width, height })
    }

    /// An approximate ratio of an image's sides in whole numbers, the shorter of which is 1.
    pub fn of_pixels(width: u32, height: u32) -> Self {
        let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let times = |ratio: f64| ratio.round().clamp(1.0, f64::from(u16::MAX)) as u16;
        if width >= height { Self::of(times(width / height), 1) } else { Self::of(1, times(height / width)) }
    }

    /// Whether an image of these dimensions has exactly this ratio.
    pub fn same_shape_as(self, width: u32, height: u32) -> bool {
        u64::from(width) * u64::from(self.height) == u64::from(height) * u64::from(self.width)
    }

    /// Width divided by height.
    pub fn value(self) -> f32 {
        f32::from(self.width) / f32::from(self.height)
    }

    /// The two numbers, width first.
    pub fn sides(self) -> (u16, u16) {
        (self.width, self.height)
    }
}

impl fmt::Display for AspectRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.width, self.height)
    }
}

/// A text is not an aspect ratio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an aspect ratio; write two whole numbers such as 16:9")]
pub struct InvalidAspectRatio(String);

impl FromStr for AspectRatio {
    type Err = InvalidAspectRatio;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim()
            .split_once(':')
            .and_then(|(width, height)| Self::new(width.trim().parse().ok()?, height.trim().parse().ok()?))
            .ok_or_else(|| InvalidAspectRatio(text.to_owned()))
    }
}

impl Serialize for AspectRatio {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AspectRatio {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
