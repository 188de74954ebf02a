//! What a response contains beside images.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::signatures::Signatures;
use crate::recipe::values::Money;

/// Everything a gateway said beside the image itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The gateway's own id of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
    /// The model that the gateway reports has answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Text that came with the images, without the images' own data.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Tokens, as the gateway counted them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What the whole answer cost, where the gateway reports so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// The backend's configuration, as OpenAI-style answers name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<String>,
    /// Why the model stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// Whether the answer came as server-sent events.
    pub streamed: bool,
    /// Whether its images were guessed: they stood where no known gateway puts them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub guessed: bool,
    /// What the model wants back when the conversation goes on, of each of its messages that signed anything. With a
    /// image that is stored there is at most the one that it came in.
    #[serde(deserialize_with = "Signatures::read", skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Arc<Signatures>>,
}

/// Token counts of one answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Tokens of prompt and references.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    /// Both together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<u64>,
    /// The whole `usage` object as it came, details included.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// It ran into a token limit.
    Length,
    /// A filter stopped it; the gateway's own word for it, such as `IMAGE_SAFETY`.
    ContentFilter(String),
    /// It wanted to call a tool.
    ToolCalls,
    /// It broke off with an error.
    Error,
    /// Something else, in the gateway's words.
    Other(String),
}

impl Answer {
    /// The answer as far as it belongs to the image of a number in it.
    #[must_use]
    pub fn for_image(&self, number: usize) -> Self {
        let mut answer = self.clone();
        let own = self.signatures.iter().find(|signatures| signatures.images.contains(&number));
        // Images behind links have numbers after all others.
        let own = own.or_else(|| self.signatures.first().filter(|_| self.signatures.len() == 1));
        answer.signatures = own.and_then(|own| own.for_image(number)).map(Arc::new).into_iter().collect();
        answer
    }
}
