//! The small values of an answer, by the words that gateways have for them.

use serde_json::Value;

use crate::recipe::{FinishReason, Usage};

/// Whether an `error` field says that there is one; some gateways send it empty.
pub(super) fn is_said(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

/// The token counts, in any dialect.
pub(super) fn usage(details: Value) -> Usage {
    let count = |names: [&str; 3]| names.iter().find_map(|name| details.get(name)?.as_u64());
    Usage {
        prompt_tokens: count(["prompt_tokens", "input_tokens", "promptTokenCount"]),
        completion_tokens: count(["completion_tokens", "output_tokens", "candidatesTokenCount"]),
        total_tokens: count(["total_tokens", "total_tokens", "totalTokenCount"]),
        details,
    }
}

/// Why the model stopped, in any dialect.
pub(super) fn finish_reason(word: &str) -> FinishReason {
    match word.to_ascii_lowercase().as_str() {
        "stop" | "end_turn" | "completed" => FinishReason::Stop,
        "length" | "max_tokens" => FinishReason::Length,
        "tool_calls" | "function_call" | "tool_use" => FinishReason::ToolCalls,
        "error" => FinishReason::Error,
        "content_filter" | "safety" | "recitation" | "spii" | "blocklist" | "prohibited_content" | "no_image"
        | "refusal" => FinishReason::ContentFilter(word.to_owned()),
        image if image.starts_with("image_") => FinishReason::ContentFilter(word.to_owned()),
        _ => FinishReason::Other(word.to_owned()),
    }
}
