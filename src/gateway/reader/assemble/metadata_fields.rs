//! Reads the metadata of a response: usage, cost, finish reason, errors.

use serde_json::{Value, json};

use crate::recipe::{FinishReason, Money, Usage};

/// Whether an `error` field contains an error; some gateways send it empty.
pub(crate) fn is_said(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(values) => values.iter().any(is_said),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Bool(true) => true,
    }
}

/// The error in a `base_resp` of `MiniMax`, whose code is 0 if there is none.
pub(crate) fn base_response(value: &Value) -> Option<Value> {
    let code = value.get("status_code")?;
    is_said(code).then(|| json!({ "code": code, "message": value.get("status_msg") }))
}

/// The name of the first tool call, in any dialect; empty if it has none.
pub(crate) fn tool_name(value: &Value) -> String {
    let call = value.get(0).unwrap_or(value);
    let name = call.pointer("/function/name").or_else(|| call.get("name"));
    name.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The token counts, in any dialect.
pub(crate) fn usage(details: Value) -> Usage {
    let count = |names: [&str; 3]| names.iter().find_map(|name| details.get(name)?.as_u64());
    Usage {
        prompt_tokens: count(["prompt_tokens", "input_tokens", "promptTokenCount"]),
        completion_tokens: count(["completion_tokens", "output_tokens", "candidatesTokenCount"]),
        total_tokens: count(["total_tokens", "total_tokens", "totalTokenCount"]),
        details,
    }
}

/// The cost of the response, if the token counts contain it: in dollars, or in ten-billionths of one.
pub(crate) fn cost(usage: &Value) -> Option<Money> {
    let dollars =
        ["cost", "total_cost", "cost_usd", "cost_in_usd"].iter().find_map(|name| Money::read(usage.get(name)?));
    dollars.or_else(|| {
        let ticks = usage.get("cost_in_usd_ticks")?.as_f64()?;
        (0.0..1e16).contains(&ticks).then(|| Money::from_dollars(ticks / 1e10))
    })
}

/// The finish reason, in any dialect.
pub(crate) fn finish_reason(word: &str) -> FinishReason {
    match word.to_ascii_lowercase().as_str() {
        "stop" | "end_turn" | "completed" | "complete" | "success" | "succeeded" | "stop_sequence" | "eos" | "done" => {
            FinishReason::Stop
        }
        "length" | "max_tokens" | "max_output_tokens" => FinishReason::Length,
        "tool_calls"
        | "function_call"
        | "tool_use"
        | "malformed_function_call"
        | "unexpected_tool_call"
        | "too_many_tool_calls" => FinishReason::ToolCalls,
        "error" => FinishReason::Error,
        // These mean that a filter stopped the model; `NO_IMAGE`, `IMAGE_OTHER` and `refusal` do not.
        "content_filter"
        | "content_filtered"
        | "safety"
        | "recitation"
        | "spii"
        | "blocklist"
        | "prohibited_content"
        | "image_safety"
        | "image_prohibited_content"
        | "image_recitation"
        | "sensitive"
        | "moderation" => FinishReason::ContentFilter(word.to_owned()),
        _ => FinishReason::Other(word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_found_under_all_known_names() {
        for (usage, dollars) in [
            (json!({ "cost": 0.039, "prompt_tokens": 3 }), Some(0.039)),
            (json!({ "total_cost": "0.04" }), Some(0.04)),
            (json!({ "cost_in_usd_ticks": 200_000_000 }), Some(0.02)),
            (json!({ "cost": null, "cost_usd": 0.1 }), Some(0.1)),
            (json!({ "cost": -3 }), None),
            (json!({ "total_tokens": 12 }), None),
        ] {
            assert_eq!(cost(&usage).map(Money::dollars), dollars, "{usage}");
        }
    }
}
