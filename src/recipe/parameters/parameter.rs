//! The parameters by name, to tell which of them a model supports.

use serde::{Deserialize, Serialize};

use super::parameters::Parameters;

/// One of the fields of [`Parameters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// Aspect ratio of the image.
    Aspect,
    /// Resolution class of the image, or its size in pixels.
    Size,
    /// Number of images in one request.
    N,
    /// Sampling temperature.
    Temperature,
    /// Nucleus sampling.
    TopP,
    /// Makes a response repeatable.
    Seed,
    /// Server-sent events.
    Stream,
    /// Presence penalty.
    PresencePenalty,
    /// Frequency penalty.
    FrequencyPenalty,
    /// Limit on tokens in the response.
    MaxTokens,
    /// Limit on tokens in the response, including reasoning.
    MaxCompletionTokens,
    /// An opaque name for the end user.
    User,
    /// Also sends references as Gemini-style parts.
    Contents,
    /// Stop sequences.
    Stop,
    /// Biases of tokens.
    LogitBias,
    /// Tool definitions.
    Tools,
    /// Which tool to call.
    ToolChoice,
    /// Format of the response.
    ResponseFormat,
}

impl Parameter {
    /// Every parameter, in the order in which the composer shows them.
    pub const ALL: [Self; 18] = [
        Self::Aspect,
        Self::Size,
        Self::N,
        Self::Temperature,
        Self::TopP,
        Self::Seed,
        Self::Stream,
        Self::PresencePenalty,
        Self::FrequencyPenalty,
        Self::MaxTokens,
        Self::MaxCompletionTokens,
        Self::User,
        Self::Contents,
        Self::Stop,
        Self::LogitBias,
        Self::Tools,
        Self::ToolChoice,
        Self::ResponseFormat,
    ];

    /// Whether the parameter is not on default.
    pub fn is_set(self, set: &Parameters) -> bool {
        match self {
            Self::Aspect => set.aspect.is_some(),
            Self::Size => set.size.is_some() || set.pixels.is_some(),
            Self::N => set.n.is_some(),
            Self::Temperature => set.temperature.is_some(),
            Self::TopP => set.top_p.is_some(),
            Self::Seed => set.seed.is_some(),
            Self::Stream => set.stream.is_some(),
            Self::PresencePenalty => set.presence_penalty.is_some(),
            Self::FrequencyPenalty => set.frequency_penalty.is_some(),
            Self::MaxTokens => set.max_tokens.is_some(),
            Self::MaxCompletionTokens => set.max_completion_tokens.is_some(),
            Self::User => set.user.is_some(),
            Self::Contents => set.contents,
            Self::Stop => set.stop.is_some(),
            Self::LogitBias => set.logit_bias.is_some(),
            Self::Tools => set.tools.is_some(),
            Self::ToolChoice => set.tool_choice.is_some(),
            Self::ResponseFormat => set.response_format.is_some(),
        }
    }

    /// Resets the parameter to default.
    pub fn clear(self, set: &mut Parameters) {
        match self {
            Self::Aspect => set.aspect = None,
            Self::Size => (set.size, set.pixels) = (None, None),
            Self::N => set.n = None,
            Self::Temperature => set.temperature = None,
            Self::TopP => set.top_p = None,
            Self::Seed => set.seed = None,
            Self::Stream => set.stream = None,
            Self::PresencePenalty => set.presence_penalty = None,
            Self::FrequencyPenalty => set.frequency_penalty = None,
            Self::MaxTokens => set.max_tokens = None,
            Self::MaxCompletionTokens => set.max_completion_tokens = None,
            Self::User => set.user = None,
            Self::Contents => set.contents = false,
            Self::Stop => set.stop = None,
            Self::LogitBias => set.logit_bias = None,
            Self::Tools => set.tools = None,
            Self::ToolChoice => set.tool_choice = None,
            Self::ResponseFormat => set.response_format = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::recipe::images::ImageSize;

    #[test]
    fn every_parameter_can_be_set_and_cleared() {
        let mut set = Parameters {
            n: Some(2),
            temperature: Some(0.5),
            top_p: Some(0.9),
            max_tokens: Some(10),
            max_completion_tokens: Some(20),
            presence_penalty: Some(-1.0),
            frequency_penalty: Some(1.0),
            logit_bias: Some(json!({})),
            stop: Some(json!("end")),
            tools: Some(json!([])),
            tool_choice: Some(json!("none")),
            response_format: Some(json!({ "type": "text" })),
            seed: Some(-7),
            user: Some("me".to_owned()),
            stream: Some(true),
            contents: true,
            aspect: "16:9".parse().ok(),
            size: Some(ImageSize::Two),
            pixels: "1536x1024".parse().ok(),
        };
        for parameter in Parameter::ALL {
            assert!(parameter.is_set(&set), "{parameter:?}");
            parameter.clear(&mut set);
            assert!(!parameter.is_set(&set), "{parameter:?}");
        }
        assert_eq!(set, Parameters::default());
    }
}
