//! Builds responses in the chat completions protocol.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{chat_request::ChatRequest, painter::paint, scene::Scene};

/// The model that responds only with text.
const TEXT_ONLY_MODEL: &str = "demo/talker";

/// The endpoint types of an image model in new-api's list.
const IMAGE_ENDPOINTS: &[&str] = &["image-generation", "openai"];

/// The models of the list.
const LISTED_MODELS: [(&str, &[&str]); 4] = [
    ("demo/painter", IMAGE_ENDPOINTS),
    ("demo/ink", IMAGE_ENDPOINTS),
    ("demo/dusk", IMAGE_ENDPOINTS),
    (TEXT_ONLY_MODEL, &["openai"]),
];

/// The time in every response. It is constant, because responses depend only on the request.
const CREATED_SECONDS: u64 = 1_767_225_600;

/// The tokens that Gemini's image models report for an image of up to 1024² pixels.
const TOKENS_PER_IMAGE: u64 = 1290;

/// The model list.
pub(super) fn models() -> Value {
    let model = |(id, endpoints): &(&str, &[&str])| {
        json!({
            "id": id, "object": "model", "created": CREATED_SECONDS, "owned_by": "demo",
            "supported_endpoint_types": endpoints
        })
    };
    envelope(&LISTED_MODELS.iter().map(model).collect::<Vec<_>>())
}

/// An error object.
pub(super) fn error(message: &str, code: &str) -> Value {
    json!({ "error": { "message": message, "type": "demo_error", "param": null, "code": code } })
}

/// Paints the images and returns the whole body of the response.
pub(super) fn complete(asked: &ChatRequest) -> Bytes {
    let choices: Vec<Choice> = (0..asked.count).map(|index| Choice::make(asked, index)).collect();
    let body = if asked.stream { events(asked, &choices) } else { object(asked, &choices) };
    Bytes::from(body)
}

struct Choice {
    /// The text before the image.
    text: &'static str,
    /// The image in Markdown, or nothing.
    image: String,
    finish: &'static str,
}

impl Choice {
    fn make(asked: &ChatRequest, index: u32) -> Self {
        let says = |text, finish| Self { text, image: String::new(), finish };
        if asked.says("[blocked]") {
            return says("", "content_filter");
        }
        if asked.says("[empty]") {
            return says("", "stop");
        }
        if asked.says("[text only]") || asked.model == TEXT_ONLY_MODEL {
            return says("I would paint this, but I was asked for words only.", "stop");
        }
        let mut image = paint(&Scene {
            prompt: asked.prompt.clone(),
            model: asked.model.clone(),
            seed: asked.seed.unwrap_or_else(any_seed).wrapping_add(i64::from(index)),
            width: asked.width,
            height: asked.height,
            references: asked.references.clone(),
        });
        if asked.says("[broken image]") {
            image.truncate(image.len() / 2);
        }
        if asked.says("[absurd]") {
            absurd(&mut image);
        }
        let data = BASE64_STANDARD.encode(&image);
        let image = format!("![image](data:image/png;base64,{data})");
        Self { text: "Here is your picture.\n", image, finish: "stop" }
    }
}

/// A random seed for requests without one.
fn any_seed() -> i64 {
    i64::from(uuid::Uuid::now_v7().as_u128() as u32)
}

/// Changes the header of a PNG to dimensions that no memory can hold, with a valid checksum.
fn absurd(png: &mut [u8]) {
    png[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&100_000_u32.to_be_bytes());
    // CRC-32 as PNG chunks carry it (PNG specification, annex D).
    let crc = !png[12..29].iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    png[29..33].copy_from_slice(&crc.to_be_bytes());
}

fn usage(asked: &ChatRequest) -> Value {
    let prompt = asked.prompt.split_whitespace().count() as u64 + 258 * asked.references.len() as u64;
    let images = TOKENS_PER_IMAGE * u64::from(asked.count);
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": images,
        "total_tokens": prompt + images,
        "completion_tokens_details": { "image_tokens": images, "text_tokens": 0 }
    })
}

fn object(asked: &ChatRequest, choices: &[Choice]) -> String {
    let choices: Vec<Value> = choices
        .iter()
        .enumerate()
        .map(|(index, choice)| {
            json!({
                "index": index,
                "message": { "role": "assistant", "content": format!("{}{}", choice.text, choice.image) },
                "finish_reason": choice.finish
            })
        })
        .collect();
    json!({
        "id": "chatcmpl-demo", "object": "chat.completion", "created": CREATED_SECONDS, "model": asked.model,
        "system_fingerprint": "fp_demo", "choices": choices, "usage": usage(asked)
    })
    .to_string()
}

fn events(asked: &ChatRequest, choices: &[Choice]) -> String {
    let chunk = |choices: Value, usage: Value| {
        json!({
            "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": CREATED_SECONDS, "model": asked.model,
            "system_fingerprint": "fp_demo", "choices": choices, "usage": usage
        })
    };
    let mut body = ": PING\n\n".to_owned();
    let mut send = |value: &Value| {
        body.push_str("data: ");
        body.push_str(&value.to_string());
        body.push_str("\n\n");
    };
    for (index, choice) in choices.iter().enumerate() {
        let delta = |delta: Value, finish: Value| {
            chunk(json!([{ "index": index, "delta": delta, "finish_reason": finish }]), Value::Null)
        };
        send(&delta(json!({ "role": "assistant", "content": "" }), Value::Null));
        for content in [choice.text, &choice.image] {
            if !content.is_empty() {
                send(&delta(json!({ "content": content }), Value::Null));
            }
        }
        send(&delta(json!({}), json!(choice.finish)));
    }
    send(&chunk(json!([]), usage(asked)));
    body.push_str("data: [DONE]\n\n");
    body
}

/// A model list in the envelope of this kind of gateway.
pub(super) fn envelope(data: &[Value]) -> Value {
    json!({ "object": "list", "success": true, "data": data })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(prompt: &str, stream: bool) -> ChatRequest {
        let model = "demo/painter".to_owned();
        let prompt = prompt.to_owned();
        ChatRequest { model, prompt, width: 64, height: 48, count: 2, seed: Some(1), stream, references: Vec::new() }
    }

    #[test]
    fn response_has_the_requested_number_of_choices() {
        let body: Value = serde_json::from_slice(&complete(&asked("sea", false))).unwrap();
        let choices = body["choices"].as_array().unwrap();
        assert_eq!(choices.len(), 2);
        assert!(choices[1]["message"]["content"].as_str().unwrap().contains("](data:image/png;base64,"));
        assert_ne!(choices[0]["message"], choices[1]["message"]);
        assert_eq!(body["usage"]["completion_tokens_details"]["image_tokens"], 2580);
    }

    #[test]
    fn stream_ends_with_usage_and_done() {
        let body = String::from_utf8(complete(&asked("sea", true)).to_vec()).unwrap();
        let events: Vec<&str> = body.split("\n\n").filter(|event| !event.is_empty()).collect();
        assert_eq!(events.last(), Some(&"data: [DONE]"));
        let usage: Value = serde_json::from_str(events[events.len() - 2].strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(usage["choices"], json!([]));
        assert!(usage["usage"]["total_tokens"].as_u64().unwrap() > 2580);
    }
}
