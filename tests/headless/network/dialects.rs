//! Tests that the endpoint families and the options of a profile reach the wire as expected.

use std::fs;

use serde_json::{Value, json};

use crate::{
    gateway::{Asked, Gateway, Reply},
    images::{data_url, good, png},
    test_home::{Home, Run, run},
};

/// A response of Gemini's own endpoint.
fn candidates(bytes: &[u8]) -> Value {
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
fn data(bytes: &[u8]) -> Value {
    let url = data_url("image/png", bytes);
    json!({ "created": 1, "data": [{ "b64_json": url.rsplit(',').next() }] })
}

/// `atelier generate` with a provider at this gateway, and its key in the environment.
fn generate(home: &Home, gateway: &Gateway, provider: &str, more: &[&str]) -> Run {
    let base = gateway.base();
    let usual = ["--provider", provider];
    let mut command = home.generating(&base, &[&usual, more].concat());
    command.env(format!("{}_API_KEY", provider.to_uppercase()), "sk-sentinel-0123456789");
    run(command)
}

fn only_post(gateway: &Gateway) -> Asked {
    let mut posts = gateway.posts();
    assert_eq!(posts.len(), 1, "{posts:?}");
    posts.remove(0)
}

/// A file with an image in the home folder.
fn picture_file(home: &Home, name: &str, number: u32) -> (String, Vec<u8>) {
    let (path, bytes) = (home.path().join(name), png(number));
    fs::write(&path, &bytes).expect("the home folder can be written");
    (path.to_str().expect("a path in UTF-8").to_owned(), bytes)
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn gemini_uses_its_own_endpoint_and_key_header() {
    let (home, bytes) = (Home::new(), png(1));
    let gateway = Gateway::always(Reply::json(&candidates(&bytes)));
    let (file, reference) = picture_file(&home, "fox.png", 2);
    let image =
        generate(&home, &gateway, "google", &["--aspect", "16:9", "--size", "2K", "--reference", &file]).picture();
    assert_eq!(fs::read(image["path"].as_str().expect("a path")).expect("the file is there"), bytes);
    assert_eq!(image["usage"]["total_tokens"], 1297);

    let asked = only_post(&gateway);
    assert_eq!(asked.path, "/v1/models/maker/painter:generateContent");
    assert_eq!(asked.header("x-goog-api-key"), Some("sk-sentinel-0123456789"));
    assert_eq!(asked.header("authorization"), None);
    let body = asked.json();
    assert_eq!(body["generationConfig"]["imageConfig"], json!({ "aspectRatio": "16:9", "imageSize": "2K" }));
    assert_eq!(body["generationConfig"]["responseModalities"], json!(["TEXT", "IMAGE"]));
    let parts = &body["contents"][0]["parts"];
    assert_eq!(parts[0]["text"], "a fox");
    let sent = parts[1]["inlineData"]["data"].as_str().expect("the reference is there");
    assert!(data_url("image/png", &reference).ends_with(sent));
}

#[test]
fn gemini_streams_from_its_streaming_endpoint() {
    let (home, bytes) = (Home::new(), png(3));
    let events = format!("data: {}\r\n\r\n", candidates(&bytes));
    let gateway = Gateway::always(Reply::events(&events));
    let image = generate(&home, &gateway, "google", &["--stream"]).picture();
    assert_eq!(fs::read(image["path"].as_str().expect("a path")).expect("the file is there"), bytes);
    assert_eq!(only_post(&gateway).path, "/v1/models/maker/painter:streamGenerateContent?alt=sse");
}

#[test]
fn several_images_become_several_requests_at_single_image_endpoints() {
    let home = Home::new();
    let gateway = Gateway::start(|asked| {
        let seed = asked.json()["generationConfig"]["seed"].as_u64().unwrap_or_default();
        Reply::json(&candidates(&png(seed as u32)))
    });
    let run = generate(&home, &gateway, "google", &["--n", "3", "--seed", "40"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.events("image").len(), 3);
    let mut seeds: Vec<u64> =
        gateway.posts().iter().filter_map(|asked| asked.json()["generationConfig"]["seed"].as_u64()).collect();
    seeds.sort_unstable();
    assert_eq!(seeds, [40, 41, 42], "the same seed would make the same picture three times");
}

#[test]
fn image_endpoints_receive_prompt_and_size() {
    let (home, bytes) = (Home::new(), png(4));
    let gateway = Gateway::always(Reply::json(&data(&bytes)));
    let more = ["--n", "2", "--aspect", "3:2", "--model", "gpt-image-1"];
    let base = gateway.base();
    let arguments =
        [&["generate", "--json", "--prompt", "a fox", "--provider", "openai", "--base-url", &base], &more[..]].concat();
    let image = home.run(&arguments).picture();
    assert_eq!(fs::read(image["path"].as_str().expect("a path")).expect("the file is there"), bytes);
    let asked = only_post(&gateway);
    assert_eq!(asked.path, "/v1/images/generations");
    assert_eq!(asked.json(), json!({ "model": "gpt-image-1", "prompt": "a fox", "n": 2, "size": "1536x1024" }));
}

#[test]
fn images_and_a_mask_are_sent_to_the_edits_endpoint_byte_for_byte() {
    let (home, bytes) = (Home::new(), png(5));
    let gateway = Gateway::always(Reply::json(&data(&bytes)));
    let (file, reference) = picture_file(&home, "fox.png", 6);
    let (mask_file, mask) = picture_file(&home, "mask.png", 7);
    generate(&home, &gateway, "openai", &["--reference", &file, "--mask", &mask_file]).picture();
    let asked = only_post(&gateway);
    assert_eq!(asked.path, "/v1/images/edits");
    assert!(asked.header("content-type").is_some_and(|mime| mime.starts_with("multipart/form-data; boundary=")));
    assert_eq!(asked.header("authorization"), Some("Bearer sk-sentinel-0123456789"));
    let names = [r#"name="prompt""#, r#"name="model""#, r#"name="image"; filename="#, r#"name="mask"; filename="#];
    for name in names {
        assert!(holds(&asked.body, name.as_bytes()), "{name}");
    }
    assert!(holds(&asked.body, &reference) && holds(&asked.body, &mask));
}

#[test]
fn options_of_a_profile_are_sent() {
    let (home, bytes) = (Home::new(), png(8));
    let gateway = Gateway::always(Reply::json(&good(&bytes)));
    let config = home.path().join("config-of-mine");
    fs::create_dir_all(&config).expect("the home folder can be written");
    let settings = json!({ "version": 1, "profiles": [{
        "id": "mine", "name": "Mine", "base_url": gateway.base(), "options": "system_message",
        "modalities": "image_only", "headers": { "X-Api-Key": "{key}", "X-Team": "blue" },
        "extra_body": { "provider": { "sort": "price" } },
    }] });
    fs::write(config.join("settings.json"), settings.to_string()).expect("the home folder can be written");
    let arguments =
        ["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "mine", "--aspect", "4:3"];
    let mut command = home.atelier(&arguments);
    command.env("ATELIER_CONFIG", &config).env("MINE_API_KEY", "sk-sentinel-0123456789");
    run(command).picture();
    let asked = only_post(&gateway);
    assert_eq!(asked.header("x-api-key"), Some("sk-sentinel-0123456789"));
    assert_eq!(asked.header("x-team"), Some("blue"));
    assert_eq!(
        asked.json(),
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
    let (home, bytes) = (Home::new(), png(9));
    let gateway = Gateway::always(Reply::json(&data(&bytes)));
    home.generate(&gateway.base(), &["--dialect", "images"]).picture();
    assert_eq!(only_post(&gateway).path, "/v1/images/generations");
}

#[test]
fn profiles_are_exported_without_secrets_and_imported_elsewhere() {
    let (giver, taker) = (Home::new(), Home::new());
    let config = giver.path().join("config-of-mine");
    fs::create_dir_all(&config).expect("the home folder can be written");
    let settings = json!({ "version": 1, "profiles": [{
        "id": "mine", "name": "Mine", "base_url": "https://gateway.example/v1", "dialect": "images",
        "headers": { "X-Api-Key": "sk-sentinel-0123456789", "X-Team": "blue" },
    }] });
    fs::write(config.join("settings.json"), settings.to_string()).expect("the home folder can be written");
    let file = giver.path().join("given.json");
    let file_name = file.to_str().expect("a path in UTF-8");
    let mut export = giver.atelier(&["profiles", "export", file_name]);
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
    let again = taker.run(&["profiles", "import", file_name]);
    assert_eq!(again.stdout.trim(), "All providers in that file are already in Settings");

    fs::write(&file, "no profiles").expect("it can be written");
    let refused = taker.run(&["profiles", "import", file_name]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("The file does not contain providers."), "{refused:?}");
}
