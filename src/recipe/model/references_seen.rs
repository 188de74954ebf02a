//! Tells from token counts whether a model has processed the references.

use serde_json::Value;

use crate::recipe::{request::Recipe, response::Answer};

/// Whether references were sent and the response's token counts show that the model processed no image.
pub fn references_ignored(recipe: &Recipe, answer: &Answer) -> bool {
    references_seen(recipe, answer) == Some(false)
}

/// Whether the model processed the references; `None` if none were sent or the response does not tell.
pub(super) fn references_seen(recipe: &Recipe, answer: &Answer) -> Option<bool> {
    recipe.effective().images().next()?;
    let usage = &answer.usage.as_ref()?.details;
    ["prompt_tokens_details", "input_tokens_details", "promptTokensDetails"]
        .iter()
        .filter_map(|name| in_details(usage.get(name)?))
        // One entry that counts images outweighs those that do not.
        .max()
}

/// Reads OpenAI's object of counts, or Gemini's list with a count for each modality.
fn in_details(details: &Value) -> Option<bool> {
    match details {
        Value::Object(counts) => Some(count(counts.get("image_tokens")?)? > 0.0),
        Value::Array(kinds) if !kinds.is_empty() => Some(kinds.iter().any(|kind| {
            let is_image = kind.get("modality").and_then(Value::as_str).is_some_and(|name| name == "IMAGE");
            // A listed modality was present, unless its count is zero.
            let counted = ["tokenCount", "token_count"].iter().find_map(|name| count(kind.get(name)?));
            is_image && counted != Some(0.0)
        })),
        _ => None,
    }
}

fn count(value: &Value) -> Option<f64> {
    value.as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::recipe::{
        request::{Reference, Unsupported},
        response::Usage,
    };

    fn with_reference() -> Recipe {
        let reference =
            Reference { sha256: String::new(), mime: "image/png".to_owned(), name: String::new(), image: None };
        Recipe { references: vec![reference], ..Recipe::default() }
    }

    fn answer(details: Value) -> Answer {
        Answer { usage: Some(Usage { details, ..Usage::default() }), ..Answer::default() }
    }

    #[test]
    fn counts_without_image_tokens_show_that_references_were_ignored() {
        for details in [
            json!({ "prompt_tokens": 12, "prompt_tokens_details": { "image_tokens": 0, "text_tokens": 12 } }),
            json!({ "input_tokens_details": { "image_tokens": 0 } }),
            json!({ "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": 12 }] }),
            json!({ "promptTokensDetails": [{ "modality": "IMAGE", "tokenCount": 0 }] }),
        ] {
            assert!(references_ignored(&with_reference(), &answer(details.clone())), "{details}");
        }
    }

    #[test]
    fn image_tokens_or_missing_counts_do_not_show_that_references_were_ignored() {
        for details in [
            json!({ "prompt_tokens_details": { "image_tokens": 258 } }),
            json!({ "prompt_tokens_details": { "cached_tokens": 0 } }),
            json!({ "prompt_tokens_details": { "image_tokens": null } }),
            json!({ "prompt_tokens_details": null, "input_tokens_details": [] }),
            json!({ "promptTokensDetails": [{ "modality": "TEXT" }, { "modality": "IMAGE", "tokenCount": 258 }] }),
            json!({ "prompt_tokens_details": { "image_tokens": 0 }, "input_tokens_details": { "image_tokens": 9 } }),
            json!("twelve"),
            Value::Null,
        ] {
            assert!(!references_ignored(&with_reference(), &answer(details.clone())), "{details}");
        }
        assert!(!references_ignored(&with_reference(), &Answer::default()));
    }

    #[test]
    fn references_that_were_not_sent_were_not_ignored() {
        let blind = answer(json!({ "prompt_tokens_details": { "image_tokens": 0 } }));
        assert!(!references_ignored(&Recipe::default(), &blind));
        let kept_back = Recipe { unsupported: vec![Unsupported::ReferencesBeyond(0)], ..with_reference() };
        assert!(!references_ignored(&kept_back, &blind));
    }
}
