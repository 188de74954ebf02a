//! Tests that the endpoint families and the options of a profile reach the wire as expected.

use std::fs;

use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, RecordedRequest, Reply},
    images::{data_url, image_response, png},
    test_home::{Run, TestHome, run},
};

/// A response of Gemini's own endpoint.
fn gemini_response(bytes: &[u8]) -> Value {
    let url = data_url("image/png", bytes);
    let data = url.rsplit(',').next().expect("a data URL has a comma");
    json!({
        "candidates": [{
            "content": { "role": "model", "parts": [
                { "text": "Here it is." },
                { "inlineData": { "mimeType": "image/png", "data": data } },
            ] },
            "finishReason": "STOP",
        }],
        "usageMetadata": { "promptTokenCount": 7, "candidatesTokenCount": 1290, "totalTokenCount": 1297 },
        "modelVersion": "gemini-3-pro-image",
    })
}

/// A response of OpenAI's image endpoints.
fn images_response(bytes: &[u8]) -> Value {
    let url = data_url("image/png", bytes);
    json!({ "created": 1, "data": [{ "b64_json": url.rsplit(',').next() }] })
}

/// `atelier generate` with a provider at this gateway, and its key in the environment.
fn generate(home: &TestHome, gateway: &Gateway, provider: &str, more: &[&str]) -> Run {
    let base = gateway.base_url();
    let usual = ["--provider", provider];
    let mut command = home.generate_command(&base, &[&usual, more].concat());
    command.env(format!("{}_API_KEY", provider.to_uppercase()), "sk-sentinel-0123456789");
    run(command)
}

fn only_post(gateway: &Gateway) -> RecordedRequest {
    let mut posts = gateway.posts();
    assert_eq!(posts.len(), 1, "{posts:?}");
    posts.remove(0)
}

/// A file with an image in the home folder.
fn image_file(home: &TestHome, name: &str, number: u32) -> (String, Vec<u8>) {
    let (path, bytes) = (home.path().join(name), png(number));
    fs::write(&path, &bytes).expect("the home folder can be written");
    (path.to_str().expect("a path in UTF-8").to_owned(), bytes)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn gemini_uses_its_own_endpoint_and_key_header() {
    let (home, bytes) = (TestHome::new(), png(1));
    let gateway = Gateway::always(Reply::json(&gemini_response(&bytes)));
    let (file, reference) = image_file(&home, "fox.png", 2);
    let image =
        generate(&home, &gateway, "google", &["--aspect", "16:9", "--size", "2K", "--reference", &file]).only_image();
    assert_eq!(fs::read(image["path"].as_str().expect("a path")).expect("the file is there"), bytes);
    assert_eq!(image["usage"]["total_tokens"], 1297);

    let request = only_post(&gateway);
    assert_eq!(request.path, "/v1/models/maker/painter:generateContent");
    assert_eq!(request.header("x-goog-api-key"), Some("sk-sentinel-0123456789"));
    assert_eq!(request.header("authorization"), None);
    let body = request.json();
    assert_eq!(body["generationConfig"]["imageConfig"], json!({ "aspectRatio": "16:9", "imageSize": "2K" }));
    assert_eq!(body["generationConfig"]["responseModalities"], json!(["TEXT", "IMAGE"]));
    let parts = &body["contents"][0]["parts"];
    assert_eq!(parts[0]["text"], "a fox");
    let sent = parts[1]["inlineData"]["data"].as_str().expect("the reference is there");
    assert!(data_url("image/png", &reference).ends_with(sent));
}

#[test]
fn gemini_streams_from_its_streaming_endpoint() {
    let (home, bytes) = (TestHome::new(), png(3));
    let events = format!("data: {}\r\n\r\n", gemini_response(&bytes));
    let gateway = Gateway::always(Reply::event_stream(&events));
    let image = generate(&home, &gateway, "google", &["--stream"]).only_image();
    assert_eq!(fs::read(image["path"].as_str().expect("a path")).expect("the file is there"), bytes);
    assert_eq!(only_post(&gateway).path, "/v1/models/maker/painter:streamGenerateContent?alt=sse");
}

#[test]
fn several_images_become_several_requests_at_single_image_endpoints() {
    let home = TestHome::new();
    let gateway = Gateway::start(|request| {
        let seed = request.json()["generationConfig"]["seed"].as_u64().unwrap_or_default();
        Reply::json(&gemini_response(&png(seed as u32)))
    });
    let run = generate(&home, &gateway, "google", &["--n", "3", "--seed", "40"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.events("image").len(), 3);
    let mut seeds: Vec<u64> =
        gateway.posts().iter().filter_map(|request| request.json()["generationConfig"]["seed"].as_u64()).collect();
    seeds.sort_unstable();
    assert_eq!(seeds, [40, 41, 42], "the same seed would generate the same image three times");
}

#[test]
fn image_endpoints_receive_prompt_and_size() {
    let (home, bytes) = (TestHome::new(), png(4));
    let gateway = Gateway::always(Reply::json(&images_response(&bytes)));
    let more = ["--n", "2", "--aspect", "3:2", "--model", "gpt-image-1"];
    let base = gateway.base_url();
    let arguments =
        [&["generate", "--json", "--prompt", "a fox", "--provider", "openai", "--base-url", &base], &more[..]].concat();
    let image = home.run(&arguments).only_image();
    assert_eq!(fs::read(image["path"].as_str().expect("a path")).expect("the file is there"), bytes);
    let request = only_post(&gateway);
    assert_eq!(request.path, "/v1/images/generations");
    assert_eq!(request.json(), json!({ "model": "gpt-image-1", "prompt": "a fox", "n": 2, "size": "1536x1024" }));
}

#[test]
fn images_and_a_mask_are_sent_to_the_edits_endpoint_byte_for_byte() {
    let (home, bytes) = (TestHome::new(), png(5));
    let gateway = Gateway::always(Reply::json(&images_response(&bytes)));
    let (file, reference) = image_file(&home, "fox.png", 6);
    let (mask_file, mask) = image_file(&home, "mask.png", 7);
    generate(&home, &gateway, "openai", &["--reference", &file, "--mask", &mask_file]).only_image();
    let request = only_post(&gateway);
    assert_eq!(request.path, "/v1/images/edits");
    assert!(request.header("content-type").is_some_and(|mime| mime.starts_with("multipart/form-data; boundary=")));
    assert_eq!(request.header("authorization"), Some("Bearer sk-sentinel-0123456789"));
    let names = [r#"name="prompt""#, r#"name="model""#, r#"name="image"; filename="#, r#"name="mask"; filename="#];
    for name in names {
        assert!(contains(&request.body, name.as_bytes()), "{name}");
    }
    assert!(contains(&request.body, &reference) && contains(&request.body, &mask));
}

#[test]
fn options_of_a_profile_are_sent() {
    let (home, bytes) = (TestHome::new(), png(8));
    let gateway = Gateway::always(Reply::json(&image_response(&bytes)));
    let config = home.path().join("config-of-mine");
    fs::create_dir_all(&config).expect("the home folder can be written");
    let settings = json!({ "version": 1, "profiles": [{
        "id": "mine", "name": "Mine", "base_url": gateway.base_url(), "options": "system_message",
        "modalities": "image_only", "headers": { "X-Api-Key": "{key}", "X-Team": "blue" },
        "extra_body": { "provider": { "sort": "price" } },
    }] });
    fs::write(config.join("settings.json"), settings.to_string()).expect("the home folder can be written");
    let arguments =
        ["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "mine", "--aspect", "4:3"];
    let mut command = home.command(&arguments);
    command.env("ATELIER_CONFIG", &config).env("MINE_API_KEY", "sk-sentinel-0123456789");
    run(command).only_image();
    let request = only_post(&gateway);
    assert_eq!(request.header("x-api-key"), Some("sk-sentinel-0123456789"));
    assert_eq!(request.header("x-team"), Some("blue"));
    assert_eq!(
        request.json(),
        json!({
            "model": "m",
            "modalities": ["image"],
            "provider": { "sort": "price" },
            "messages": [
                { "role": "system", "content": "aspect_ratio=4:3" },
                { "role": "user", "content": "a fox" },
            ],
        })
    );
}

#[test]
fn dialect_option_applies_to_one_run() {
    let (home, bytes) = (TestHome::new(), png(9));
    let gateway = Gateway::always(Reply::json(&images_response(&bytes)));
    home.generate(&gateway.base_url(), &["--dialect", "images"]).only_image();
    assert_eq!(only_post(&gateway).path, "/v1/images/generations");
}

#[test]
fn profiles_are_exported_without_secrets_and_imported_elsewhere() {
    let (giver, taker) = (TestHome::new(), TestHome::new());
    let config = giver.path().join("config-of-mine");
    fs::create_dir_all(&config).expect("the home folder can be written");
    let settings = json!({ "version": 1, "profiles": [{
        "id": "mine", "name": "Mine", "base_url": "https://gateway.example/v1", "dialect": "images",
        "headers": { "X-Api-Key": "sk-sentinel-0123456789", "X-Team": "blue" },
    }] });
    fs::write(config.join("settings.json"), settings.to_string()).expect("the home folder can be written");
    let file = giver.path().join("given.json");
    let file_name = file.to_str().expect("a path in UTF-8");
    let mut export = giver.command(&["profiles", "export", file_name]);
    export.env("ATELIER_CONFIG", &config);
    let exported = run(export);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    assert!(exported.stdout.contains("Mine: X-Api-Key"), "what was left out is said: {exported:?}");
    let given = fs::read_to_string(&file).expect("it was written");
    assert!(!given.contains("sentinel") && given.contains("blue"), "{given}");

    let before = taker.run(&["profiles", "list", "--json"]).events("profile").len();
    let imported = taker.run(&["profiles", "import", file_name]);
    assert!(imported.code == Some(0) && imported.stdout.starts_with("1 provider added. "), "{imported:?}");
    let listed = taker.run(&["profiles", "list", "--json"]).events("profile");
    assert_eq!(listed.len(), before + 1);
    assert_eq!(
        listed.last(),
        Some(&json!({
            "event": "profile", "id": "mine", "name": "Mine", "base_url": "https://gateway.example/v1",
            "dialect": "images", "confirmed": false, "certificate": null,
        }))
    );
    let repeated = taker.run(&["profiles", "import", file_name]);
    assert_eq!(repeated.stdout.trim(), "All providers in that file are already in Settings");

    fs::write(&file, "no profiles").expect("it can be written");
    let refused = taker.run(&["profiles", "import", file_name]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("The file does not contain providers."), "{refused:?}");
}
