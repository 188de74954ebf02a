//! The small values of an answer, by the words that gateways have for them.

use serde_json::Value;

use crate::recipe::{FinishReason, Money, Usage};

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

/// What the answer cost, where the token counts say so: in dollars, or in ten-billionths of one.
pub(super) fn cost(usage: &Value) -> Option<Money> {
    let dollars =
        ["cost", "total_cost", "cost_usd", "cost_in_usd"].iter().find_map(|name| Money::read(usage.get(name)?));
    dollars.or_else(|| {
        let ticks = usage.get("cost_in_usd_ticks")?.as_f64()?;
        (0.0..1e16).contains(&ticks).then(|| Money::from_dollars(ticks / 1e10))
    })
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn costs_are_found_by_the_names_that_gateways_have_for_them() {
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
