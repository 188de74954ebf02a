//! The parameters of a request. `None` always means "default, not sent".

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::recipe::images::{AspectRatio, ImageSize, PixelSize};

/// The parameters of one request.
///
/// Every field is optional: only parameters that are not on default are sent, because gateways reject or misread fields
/// that a model does not know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Number of images in one request (gateway's default 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// Sampling temperature, 0 to 2 (gateway's default 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus sampling, 0 to 1 (gateway's default 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Limit on tokens in the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Limit on tokens in the response, including reasoning.
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
    /// Makes a response repeatable, if the model supports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// An opaque name for the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Server-sent events instead of one JSON body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// Whether references are also sent as Gemini-style `contents` parts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub contents: bool,
    /// Aspect ratio of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<AspectRatio>,
    /// Resolution class of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<ImageSize>,
    /// Size in pixels, for models that support it. Aspect ratio and class are set as well, for models that do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixels: Option<PixelSize>,
}

impl Parameters {
    /// Fills parameters that are on default from `others`.
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
            // The size in pixels of `others` belongs to their aspect ratio and class.
            pixels: mine.pixels.or_else(|| others.pixels.filter(|_| mine.aspect.is_none() && mine.size.is_none())),
        }
    }
}

impl Parameters {
    /// Sets a size in pixels, and its aspect ratio and class for models that know only those.
    pub fn set_pixels(&mut self, pixels: PixelSize) {
        self.pixels = Some(pixels);
        self.aspect = Some(pixels.shape());
        self.size = Some(pixels.class());
    }

    /// Clears a size in pixels that does not have the requested aspect ratio.
    pub fn keep_pixels_in_shape(&mut self) {
        self.pixels = self.pixels.filter(|pixels| self.aspect == Some(pixels.shape()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_parameters_are_omitted_from_json() {
        assert_eq!(serde_json::to_string(&Parameters::default()).unwrap(), "{}");
    }

    #[test]
    fn ratios_and_sizes_round_trip() {
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
