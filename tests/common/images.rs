//! Small images, and responses that contain them.

use atelier::imaging::{Bitmap, Encoding, encode};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// An image of this size whose pixels depend on a number, so that images differ.
pub fn encoded_image(width: u32, height: u32, number: u32, encoding: Encoding) -> Vec<u8> {
    let pixel = |at: u32| {
        let mixed = at.wrapping_add(number).wrapping_mul(2_654_435_761);
        [(mixed >> 24) as u8, (at / 7) as u8, (at % width) as u8, 255]
    };
    let rgba = (0..width * height).flat_map(pixel).collect();
    let bitmap = Bitmap::new(width, height, rgba).expect("there are as many pixels as it says");
    encode(&bitmap, encoding).expect("a small image can be encoded")
}

/// A PNG of 64 × 48 pixels.
pub fn png(number: u32) -> Vec<u8> {
    encoded_image(64, 48, number, Encoding::Png)
}

pub fn data_url(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}

/// An image in Markdown, as gateways put it into a response.
pub fn markdown_image(mime: &str, bytes: &[u8]) -> String {
    format!("![image]({})", data_url(mime, bytes))
}

/// A chat response with this content and finish reason.
pub fn chat_response(content: &Value, finish: &str) -> Value {
    json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "maker/painter-2",
        "system_fingerprint": "fp_scripted",
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": content }, "finish_reason": finish }],
        "usage": { "prompt_tokens": 7, "completion_tokens": 1290, "total_tokens": 1297 },
    })
}

/// A successful response with one image.
pub fn image_response(bytes: &[u8]) -> Value {
    chat_response(&json!(markdown_image("image/png", bytes)), "stop")
}

/// Server-sent events: one for each delta, then the end.
pub fn event_stream(contents: &[&str], finish: Option<&str>) -> String {
    let mut stream = String::from(": PING\n\n");
    for content in contents {
        let chunk = json!({ "choices": [{ "index": 0, "delta": { "content": content }, "finish_reason": null }] });
        stream.extend(["data: ", &chunk.to_string(), "\n\n"]);
    }
    if let Some(finish) = finish {
        let last = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": finish }] });
        let usage = json!({ "choices": [], "usage": { "prompt_tokens": 7, "total_tokens": 1297 } });
        stream.extend(["data: ", &last.to_string(), "\n\ndata: ", &usage.to_string(), "\n\ndata: [DONE]\n\n"]);
    }
    stream
}
