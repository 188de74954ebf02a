//! Tests the demo gateway as a client on this machine uses it, over HTTP.

use atelier::demo::{DemoGateway, DemoOptions};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

fn client() -> Client {
    // Another test may have installed one already.
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder().no_proxy().build().expect("a client without options can be made")
}

async fn start() -> DemoGateway {
    DemoGateway::start(DemoOptions::instant()).await.expect("this machine has a free port")
}

async fn post(gateway: &DemoGateway, body: &Value) -> Response {
    let address = format!("{}/chat/completions", gateway.base_url());
    client().post(address).json(body).send().await.expect("the gateway answers")
}

fn request_body(prompt: &str, more: &Value) -> Value {
    let mut body = json!({
        "model": "demo/painter", "seed": 1, "messages": [{ "role": "user", "content": prompt }],
        "image_config": { "image_size": "512" }
    });
    for (name, value) in more.as_object().expect("more is an object") {
        body[name] = value.clone();
    }
    body
}

/// The image in the Markdown of a response.
fn decode_image(content: &str) -> image::DynamicImage {
    let (_, data) = content.split_once("![image](data:image/png;base64,").expect("there is a picture");
    let bytes = BASE64_STANDARD.decode(data.trim_end_matches(')')).expect("it is base64");
    image::load_from_memory(&bytes).expect("it is an image")
}

#[tokio::test]
async fn complete_response_has_images_text_usage_and_fingerprint() {
    let gateway = start().await;
    let shape = json!({ "n": 3, "extra_body": { "google": { "image_config": { "aspect_ratio": "16:9", "image_size": "512" } } } });
    let answer = post(&gateway, &request_body("a boat at dusk", &shape)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["object"], "chat.completion");
    assert!(answer["id"].is_string() && answer["created"].is_u64() && answer["system_fingerprint"].is_string());
    assert_eq!(answer["model"], "demo/painter");
    let contents: Vec<&str> =
        answer["choices"].as_array().unwrap().iter().map(|one| one["message"]["content"].as_str().unwrap()).collect();
    assert_eq!(contents.len(), 3);
    assert!(contents[0].starts_with("Here is your picture.\n!["));
    assert!(contents.iter().all(|content| decode_image(content).width() == 688));
    assert!(contents[0] != contents[1] && contents[1] != contents[2]);
    let usage = &answer["usage"];
    assert_eq!(
        usage["total_tokens"].as_u64().unwrap(),
        usage["prompt_tokens"].as_u64().unwrap() + usage["completion_tokens"].as_u64().unwrap()
    );
    assert!(usage["completion_tokens_details"]["image_tokens"].is_u64());

    assert_eq!(gateway.posts(), 1);
    assert_eq!(gateway.requests()[0]["n"], 3);
}

#[tokio::test]
async fn stream_sends_role_text_image_finish_usage_and_done_in_order() {
    let gateway = start().await;
    let answer = post(&gateway, &request_body("a boat at dusk", &json!({ "stream": true }))).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let body = answer.text().await.unwrap();
    let lines: Vec<&str> = body.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
    let (done, chunks) = lines.split_last().unwrap();
    assert_eq!(*done, "[DONE]");
    let chunks: Vec<Value> = chunks.iter().map(|chunk| serde_json::from_str(chunk).unwrap()).collect();
    assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk"));
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    assert_eq!(chunks[1]["choices"][0]["delta"]["content"], "Here is your picture.\n");
    let streamed = decode_image(chunks[2]["choices"][0]["delta"]["content"].as_str().unwrap());
    assert_eq!(chunks[3]["choices"][0]["finish_reason"], "stop");
    assert_eq!(chunks[4]["choices"], json!([]));
    assert!(chunks[4]["usage"]["total_tokens"].is_u64());

    let whole: Value = post(&gateway, &request_body("a boat at dusk", &json!({}))).await.json().await.unwrap();
    let whole = decode_image(whole["choices"][0]["message"]["content"].as_str().unwrap());
    assert_eq!(streamed, whole, "streaming or not, the same seed is the same picture");
}

#[tokio::test]
async fn model_list_has_the_usual_envelope() {
    let gateway = start().await;
    let list: Value =
        client().get(format!("{}/models", gateway.base_url())).send().await.unwrap().json().await.unwrap();
    assert_eq!((&list["object"], &list["success"]), (&json!("list"), &json!(true)));
    // By its endpoint for chat completions.
    let makes_images = |model: &&Value| model["supported_endpoint_types"] == json!(["image-generation", "openai"]);
    let models = list["data"].as_array().unwrap();
    assert!(models.iter().filter(makes_images).count() >= 2);
    assert!(models.iter().any(|model| !makes_images(&model)));
}

#[tokio::test]
async fn bracketed_words_cause_faults() {
    let gateway = start().await;
    for status in [401, 429, 503] {
        let answer = post(&gateway, &request_body(&format!("sea [fail:{status}]"), &json!({}))).await;
        assert_eq!(answer.status(), status);
        assert!(answer.json::<Value>().await.unwrap()["error"]["message"].is_string());
    }
    let says = async |prompt: &str| -> Value {
        let answer: Value = post(&gateway, &request_body(prompt, &json!({}))).await.json().await.unwrap();
        answer["choices"][0].clone()
    };
    assert_eq!(says("[blocked]").await["finish_reason"], "content_filter");
    assert_eq!(says("[empty]").await["message"]["content"], "");
    assert!(!says("[text only]").await["message"]["content"].as_str().unwrap().contains("!["));
    assert!(
        post(&gateway, &request_body("[html]", &json!({}))).await.text().await.unwrap().starts_with("<!DOCTYPE html>")
    );
    for stream in [false, true] {
        let cut = post(&gateway, &request_body("[cut]", &json!({ "stream": stream }))).await;
        assert_eq!(cut.status(), StatusCode::OK);
        assert!(cut.bytes().await.is_err(), "the connection breaks");
    }
}

#[tokio::test]
async fn invalid_request_is_rejected_with_an_error_object() {
    let gateway = start().await;
    let wrong_shape = json!({ "image_config": { "aspect_ratio": "wide" } });
    for body in [json!({}), json!([]), request_body("", &json!({})), request_body("sea", &wrong_shape)] {
        let answer = post(&gateway, &body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        assert!(answer.json::<Value>().await.unwrap()["error"]["message"].is_string());
    }
    let address = format!("{}/chat/completions", gateway.base_url());
    let garbage = client().post(address).body("{malformed").send().await.unwrap();
    assert_eq!(garbage.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn dropped_gateway_stops_listening() {
    let gateway = start().await;
    let address = format!("{}/models", gateway.base_url());
    assert!(client().get(&address).send().await.is_ok());
    drop(gateway);
    // The port is released as soon as the runtime gets to it.
    while client().get(&address).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}
