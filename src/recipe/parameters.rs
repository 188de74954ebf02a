//! What can be set beside the prompt. `None` always means "default, not sent".

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::PixelSize;

/// The parameters of one request.
///
/// Every field is optional: only what a person set away from "default" goes on the wire, because
/// gateways refuse or misread fields that a model does not know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Choices asked for in one request (gateway's default 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// Sampling temperature, 0 to 2 (gateway's default 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus sampling, 0 to 1 (gateway's default 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Limit on tokens in the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Limit on tokens in the answer, thoughts included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<u32>,
    /// −2 to 2 (gateway's default 0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// −2 to 2 (gateway's default 0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// A map from token id to bias, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logit_bias: Option<Value>,
    /// A string or a list of up to four strings, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Value>,
    /// Tool definitions, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Value>,
    /// A string or an object, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<Value>,
    /// An object such as `{"type":"text"}`, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<Value>,
    /// Makes an answer repeatable where the model supports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// An opaque name for the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Server-sent events instead of one JSON body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// Also send the references as Gemini-style `contents` parts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub contents: bool,
    /// Shape of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<AspectRatio>,
    /// Resolution class of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<ImageSize>,
    /// Size in pixels, for models that take any. Shape and class stand beside it for those that do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixels: Option<PixelSize>,
}

impl Parameters {
    /// These, and what others set where these are on default.
    #[must_use]
    pub fn filled_from(&self, others: &Self) -> Self {
        let mine = self.clone();
        let others = others.clone();
        Self {
            n: mine.n.or(others.n),
            temperature: mine.temperature.or(others.temperature),
            top_p: mine.top_p.or(others.top_p),
            max_tokens: mine.max_tokens.or(others.max_tokens),
            max_completion_tokens: mine.max_completion_tokens.or(others.max_completion_tokens),
            presence_penalty: mine.presence_penalty.or(others.presence_penalty),
            frequency_penalty: mine.frequency_penalty.or(others.frequency_penalty),
            logit_bias: mine.logit_bias.or(others.logit_bias),
            stop: mine.stop.or(others.stop),
            tools: mine.tools.or(others.tools),
            tool_choice: mine.tool_choice.or(others.tool_choice),
            response_format: mine.response_format.or(others.response_format),
            seed: mine.seed.or(others.seed),
            user: mine.user.or(others.user),
            stream: mine.stream.or(others.stream),
            contents: mine.contents || others.contents,
            aspect: mine.aspect.or(others.aspect),
            size: mine.size.or(others.size),
            // Those of others belong to their shape and class.
            pixels: mine.pixels.or_else(|| others.pixels.filter(|_| mine.aspect.is_none() && mine.size.is_none())),
        }
    }
}

/// A ratio of width to height in small whole numbers, such as 16:9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AspectRatio {
    width: u16,
    height: u16,
}

impl AspectRatio {
    /// As wide as high.
    pub const SQUARE: Self = Self::of(1, 1);
    /// The ratios that nearly every image model takes, squares first.
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

    /// A ratio, if both sides are above zero.
    pub fn new(width: u16, height: u16) -> Option<Self> {
        (width > 0 && height > 0).then_some(Self { width, height })
    }

    /// The ratio of a picture's sides in whole numbers, the shorter of which is 1: only roughly right.
    pub fn of_pixels(width: u32, height: u32) -> Self {
        let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let times = |ratio: f64| ratio.round().clamp(1.0, f64::from(u16::MAX)) as u16;
        if width >= height { Self::of(times(width / height), 1) } else { Self::of(1, times(height / width)) }
    }

    /// Whether a picture of so many pixels has exactly this shape.
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

/// Why a text is not an aspect ratio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an aspect ratio; write two whole numbers such as 16:9")]
pub struct NotAnAspectRatio(String);

impl FromStr for AspectRatio {
    type Err = NotAnAspectRatio;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim()
            .split_once(':')
            .and_then(|(width, height)| Self::new(width.trim().parse().ok()?, height.trim().parse().ok()?))
            .ok_or_else(|| NotAnAspectRatio(text.to_owned()))
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

    /// As it goes on the wire.
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

/// Why a text is not an image size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a size; write 512, 1K, 2K or 4K")]
pub struct NotAnImageSize(String);

impl FromStr for ImageSize {
    type Err = NotAnImageSize;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_uppercase();
        Self::ALL
            .into_iter()
            .find(|size| size.as_str() == wanted)
            .or_else(|| (wanted == "0.5K").then_some(Self::Half))
            .ok_or_else(|| NotAnImageSize(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_left_alone_leave_no_trace_in_json() {
        assert_eq!(serde_json::to_string(&Parameters::default()).unwrap(), "{}");
    }

    #[test]
    fn ratios_and_sizes_read_what_they_write() {
        for ratio in AspectRatio::COMMON.into_iter().chain(AspectRatio::MORE) {
            assert_eq!(ratio.to_string().parse(), Ok(ratio));
        }
        for size in ImageSize::ALL {
            assert_eq!(size.to_string().parse(), Ok(size));
        }
        assert_eq!("2k".parse(), Ok(ImageSize::Two));
        assert!("16:0".parse::<AspectRatio>().is_err());
        assert!("wide".parse::<AspectRatio>().is_err());
    }
}
