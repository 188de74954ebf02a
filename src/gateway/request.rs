//! The body of a chat request.

use base64::{
    Engine as _,
    engine::{Simd, general_purpose::PAD},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::recipe::{OptionStyle, Profile, Recipe};

/// A reference picture as it goes along with a prompt.
#[derive(Clone, Copy, Debug)]
pub struct ReferenceBytes<'a> {
    /// Mime type found by looking at the bytes; gateways refuse pictures with a wrong one.
    pub mime: &'a str,
    /// The picture's file, byte for byte.
    pub bytes: &'a [u8],
}

/// The body of `POST {base}/chat/completions` for a recipe, as JSON.
///
/// Only parameters that are set go along. `references` are the bytes of `recipe.references`, in the same order.
pub fn request_body(recipe: &Recipe, profile: &Profile, references: &[ReferenceBytes<'_>]) -> Vec<u8> {
    let encoder = Simd::standard(PAD);
    let encoded: Vec<Encoded<'_>> = references
        .iter()
        .map(|reference| Encoded { mime: reference.mime, base64: encoder.encode(reference.bytes) })
        .collect();

    let mut fields = Map::new();
    fields.insert("model".to_owned(), json!(recipe.model));
    fields.insert("messages".to_owned(), json!([{ "role": "user", "content": content(&recipe.prompt, &encoded) }]));
    add_parameters(&mut fields, recipe);
    add_image_options(&mut fields, recipe, profile);
    if recipe.parameters.contents {
        fields.insert("contents".to_owned(), contents(&recipe.prompt, &encoded));
    }
    // A `Value` serialises into memory without fail.
    serde_json::to_vec(&fields).unwrap_or_default()
}

/// A reference in base64, without line breaks.
struct Encoded<'a> {
    mime: &'a str,
    base64: String,
}

/// The user message: plain text where that is enough, because some models take nothing else.
fn content(prompt: &str, references: &[Encoded<'_>]) -> Value {
    if references.is_empty() {
        return json!(prompt);
    }
    let pictures = references.iter().map(|Encoded { mime, base64 }| {
        json!({ "type": "image_url", "image_url": { "url": format!("data:{mime};base64,{base64}") } })
    });
    std::iter::once(json!({ "type": "text", "text": prompt })).chain(pictures).collect()
}

/// The same message the way Gemini's own API spells it.
fn contents(prompt: &str, references: &[Encoded<'_>]) -> Value {
    let pictures =
        references.iter().map(|Encoded { mime, base64 }| json!({ "inlineData": { "mimeType": mime, "data": base64 } }));
    let parts: Value = std::iter::once(json!({ "text": prompt })).chain(pictures).collect();
    json!([{ "role": "user", "parts": parts }])
}

fn add_parameters(fields: &mut Map<String, Value>, recipe: &Recipe) {
    let set = &recipe.parameters;
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    add("n", plain(set.n));
    add("temperature", plain(set.temperature));
    add("top_p", plain(set.top_p));
    add("max_tokens", plain(set.max_tokens));
    add("max_completion_tokens", plain(set.max_completion_tokens));
    add("presence_penalty", plain(set.presence_penalty));
    add("frequency_penalty", plain(set.frequency_penalty));
    add("logit_bias", set.logit_bias.clone());
    add("stop", set.stop.clone());
    add("tools", set.tools.clone());
    add("tool_choice", set.tool_choice.clone());
    add("response_format", set.response_format.clone());
    add("seed", plain(set.seed));
    add("user", plain(set.user.as_deref()));
    add("stream", plain(set.stream));
    if set.stream == Some(true) {
        // Without this the token counts, and so the cost, stay unknown.
        add("stream_options", Some(json!({ "include_usage": true })));
    }
}

fn plain<T: Serialize>(value: Option<T>) -> Option<Value> {
    value.map(|value| json!(value))
}

fn add_image_options(fields: &mut Map<String, Value>, recipe: &Recipe, profile: &Profile) {
    let mut options = Map::new();
    if let Some(aspect) = recipe.parameters.aspect {
        options.insert("aspect_ratio".to_owned(), json!(aspect));
    }
    if let Some(size) = recipe.parameters.size {
        options.insert("image_size".to_owned(), json!(size));
    }
    match profile.options {
        OptionStyle::GoogleExtraBody if !options.is_empty() => {
            fields.insert("extra_body".to_owned(), json!({ "google": { "image_config": options } }));
        }
        OptionStyle::GoogleExtraBody => {}
        OptionStyle::ImageConfig => {
            // Without `modalities` such a gateway answers in words alone.
            fields.insert("modalities".to_owned(), json!(["image", "text"]));
            if !options.is_empty() {
                fields.insert("image_config".to_owned(), Value::Object(options));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{ImageSize, Parameters};

    fn body(recipe: &Recipe, profile: &Profile, references: &[ReferenceBytes<'_>]) -> Value {
        serde_json::from_slice(&request_body(recipe, profile, references)).unwrap()
    }

    fn fox(parameters: Parameters) -> Recipe {
        Recipe { prompt: "a fox".to_owned(), model: "maker/model".to_owned(), parameters, ..Recipe::default() }
    }

    #[test]
    fn a_plain_prompt_sends_nothing_that_was_not_set() {
        assert_eq!(
            body(&fox(Parameters::default()), &Profile::dgrid(), &[]),
            json!({ "model": "maker/model", "messages": [{ "role": "user", "content": "a fox" }] })
        );
    }

    #[test]
    fn every_parameter_goes_by_its_name_on_the_wire() {
        let parameters = Parameters {
            n: Some(2),
            temperature: Some(0.5),
            top_p: Some(0.9),
            max_tokens: Some(10),
            max_completion_tokens: Some(20),
            presence_penalty: Some(-1.0),
            frequency_penalty: Some(1.0),
            logit_bias: Some(json!({ "50256": -100 })),
            stop: Some(json!(["end"])),
            tools: Some(json!([])),
            tool_choice: Some(json!("none")),
            response_format: Some(json!({ "type": "text" })),
            seed: Some(-7),
            user: Some("me".to_owned()),
            stream: Some(true),
            contents: false,
            aspect: "16:9".parse().ok(),
            size: Some(ImageSize::Two),
        };
        assert_eq!(
            body(&fox(parameters), &Profile::dgrid(), &[]),
            json!({
                "model": "maker/model",
                "messages": [{ "role": "user", "content": "a fox" }],
                "n": 2, "temperature": 0.5, "top_p": 0.9, "max_tokens": 10, "max_completion_tokens": 20,
                "presence_penalty": -1.0, "frequency_penalty": 1.0, "logit_bias": { "50256": -100 },
                "stop": ["end"], "tools": [], "tool_choice": "none", "response_format": { "type": "text" },
                "seed": -7, "user": "me", "stream": true, "stream_options": { "include_usage": true },
                "extra_body": { "google": { "image_config": { "aspect_ratio": "16:9", "image_size": "2K" } } },
            })
        );
    }

    #[test]
    fn stream_set_to_false_is_said_and_asks_for_no_stream_options() {
        let sent = body(&fox(Parameters { stream: Some(false), ..Parameters::default() }), &Profile::dgrid(), &[]);
        assert_eq!(sent["stream"], json!(false));
        assert_eq!(sent.get("stream_options"), None);
    }

    #[test]
    fn open_router_is_asked_for_pictures_in_its_own_way() {
        let recipe = fox(Parameters { aspect: "3:4".parse().ok(), ..Parameters::default() });
        let sent = body(&recipe, &Profile::openrouter(), &[]);
        assert_eq!(sent["modalities"], json!(["image", "text"]));
        assert_eq!(sent["image_config"], json!({ "aspect_ratio": "3:4" }));
        assert_eq!(sent.get("extra_body"), None);
    }

    #[test]
    fn references_go_as_data_urls_and_on_request_as_contents_too() {
        let recipe = fox(Parameters { contents: true, ..Parameters::default() });
        let reference = ReferenceBytes { mime: "image/png", bytes: b"\x89PNG?" };
        let sent = body(&recipe, &Profile::dgrid(), &[reference]);
        assert_eq!(
            sent["messages"][0]["content"],
            json!([
                { "type": "text", "text": "a fox" },
                { "type": "image_url", "image_url": { "url": "data:image/png;base64,iVBORz8=" } },
            ])
        );
        assert_eq!(
            sent["contents"],
            json!([{ "role": "user", "parts": [
                { "text": "a fox" },
                { "inlineData": { "mimeType": "image/png", "data": "iVBORz8=" } },
            ] }])
        );
    }
}
