//! The content of a response apart from images.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::signatures::Signatures;
use crate::recipe::values::Money;

/// The content of a response apart from images.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The gateway's ID of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
    /// The model that the gateway reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Text beside the images, without image data.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Token counts of the gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Cost of the whole response, if the gateway reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// OpenAI's fingerprint of the backend's configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_fingerprint: Option<String>,
    /// Why the model stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// Whether the response was streamed as server-sent events.
    pub streamed: bool,
    /// Whether the images were guessed, because they were not at a location that a known gateway uses.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub guessed: bool,
    /// Signatures of the model's messages, which it needs back when the conversation continues. A stored image has at
    /// most the one of its message.
    #[serde(deserialize_with = "Signatures::read", skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Arc<Signatures>>,
}

/// Token counts of one response.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Tokens of prompt and references.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    /// Tokens of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    /// Sum of both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<u64>,
    /// The whole `usage` object as received.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The response is complete.
    Stop,
    /// A token limit was reached.
    Length,
    /// A filter stopped the response; with the gateway's name for it, such as `IMAGE_SAFETY`.
    ContentFilter(String),
    /// The model called a tool.
    ToolCalls,
    /// The response ended with an error.
    Error,
    /// Another reason, as the gateway names it.
    Other(String),
}

impl Answer {
    /// The content that belongs to one image of the response, by its number.
    #[must_use]
    pub fn for_image(&self, number: usize) -> Self {
        let mut answer = self.clone();
        let own = self.signatures.iter().find(|signatures| signatures.images.contains(&number));
        // Linked images have numbers after all others.
        let own = own.or_else(|| self.signatures.first().filter(|_| self.signatures.len() == 1));
        answer.signatures = own.and_then(|own| own.for_image(number)).map(Arc::new).into_iter().collect();
        answer
    }
}
