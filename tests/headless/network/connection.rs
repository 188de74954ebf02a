//! Tests of addresses and keys in the forms in which people paste them: accepted, or explained before anything is sent.

use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Reply},
    images::{image_response, png},
    test_home::{Run, TestHome, files, run},
};

const KEY: &str = "sk-sentinel-1f2e3d4c5b6a7988";

/// A gateway that supports only the path of chat completions.
fn gateway_with_one_path() -> Gateway {
    Gateway::start(|request| match request.path.as_str() {
        "/v1/chat/completions" => Reply::json(&image_response(&png(1))),
        path => {
            Reply::new(404, "application/json", json!({ "error": { "message": format!("no {path}") } }).to_string())
        }
    })
}

fn generate_with_key(base: &str, key: &str) -> (TestHome, Run) {
    let home = TestHome::new();
    let mut command = home.generate_command(base, &[]);
    command.env("DGRID_API_KEY", key);
    let made = run(command);
    (home, made)
}

fn notices(run: &Run) -> String {
    run.events("notice").iter().map(|notice| notice["message"].to_string()).collect()
}

#[test]
fn pasted_addresses_are_recognized() {
    let gateway = gateway_with_one_path();
    let host = gateway.origin().trim_start_matches("http://").to_owned();
    for (pasted, told) in [
        (format!("http://{host}/v1"), None),
        (format!(" http://{host}/v1/\n"), None),
        (format!("http://{host}//v1//"), None),
        (format!("HTTP://{host}/v1"), None),
        (format!("\u{201c}http://{host}/v1\u{201d}"), None),
        (format!("<http://{host}/v1>"), None),
        (format!("http\u{ff1a}\u{ff0f}\u{ff0f}{host}\u{ff0f}v1"), None),
        (format!("\u{feff}http://{host}/\u{200b}v1"), None),
        (format!("OPENAI_BASE_URL=http://{host}/v1"), None),
        (format!("http://{host}/v1?"), None),
        (format!("{host}/v1"), Some("http is used")),
        (format!("//{host}/v1"), Some("http is used")),
        (format!("http:/{host}/v1"), Some("http://")),
        (format!("http//{host}/v1"), Some("http://")),
        (format!("htp://{host}/v1"), Some("http://")),
        (format!("http://{host}/v1#"), Some("#")),
        (format!("http://{host}/v1/chat/completions#"), Some("/chat/completions")),
        (format!("http://{host}/v1/chat/completions"), Some("/chat/completions")),
        (format!("http://{host}/v1/responses"), Some("/responses")),
        (format!("http://{host}/v1/images/generations"), Some("/images/generations")),
        (format!("http://{host}/v1/images/edits"), Some("/images/edits")),
        (format!("http://{host}/v1/messages"), Some("/messages")),
        (format!("http://{host}/v1/models"), Some("/models")),
        (format!("http://{host}/v1/models/x:generateContent?alt=sse"), Some("/models/x:generateContent")),
        (format!("http://{host}/api/chat"), Some("/api/chat")),
    ] {
        let (_home, made) = generate_with_key(&pasted, KEY);
        made.only_image();
        match told {
            Some(told) => assert!(notices(&made).contains(told), "{pasted}: {made:?}"),
            None => assert_eq!(made.events("notice"), Vec::<Value>::new(), "{pasted}"),
        }
    }
}

#[test]
fn query_of_the_address_is_sent() {
    let gateway = Gateway::start(|request| match request.path.as_str() {
        "/openai/deployments/d/chat/completions?api-version=preview" => Reply::json(&image_response(&png(1))),
        path => Reply::new(404, "application/json", json!({ "error": path }).to_string()),
    });
    let base = format!("{}/openai/deployments/d/chat/completions?api-version=preview", gateway.origin());
    generate_with_key(&base, KEY).1.only_image();
}

#[test]
fn unusable_address_is_explained_and_nothing_is_sent() {
    for (pasted, said) in [
        ("ftp://files.example/v1", "ftp: is not a web address"),
        ("file:///etc/passwd", "file: is not a web address"),
        ("https://", "no host"),
        ("http://127.0.0.1:99999/v1", "port"),
        ("\" \"", "No base URL"),
    ] {
        let (_home, made) = generate_with_key(pasted, KEY);
        let failure = made.only_event("failure");
        let message = failure["message"].to_string();
        assert!(made.code == Some(2) && message.contains(said) && message.contains("https://"), "{pasted}: {made:?}");
    }
}

#[test]
fn password_in_an_address_is_rejected_and_not_stored() {
    let gateway = gateway_with_one_path();
    let host = gateway.origin().trim_start_matches("http://").to_owned();
    for pasted in [format!("http://me:sentinel-pass@{host}/v1"), format!("me:sentinel-pass@{host}/v1")] {
        let (home, made) = generate_with_key(&pasted, KEY);
        let message = made.only_event("failure")["message"].to_string();
        assert!(made.code == Some(2) && message.contains("password"), "{made:?}");
        assert!(!made.stdout.contains("sentinel-pass") && !made.stderr.contains("sentinel-pass"), "{made:?}");
        for file in files(home.path()) {
            let bytes = std::fs::read(&file).expect("a file can be read");
            assert!(!bytes.windows(13).any(|window| window == b"sentinel-pass"), "{}", file.display());
        }
    }
    assert_eq!(gateway.requests().len(), 0);
}

#[test]
fn web_page_response_is_reported_as_one() {
    let gateway = Gateway::always(Reply::html(200, "<!doctype html><title>New API console</title><div id=root>"));
    for path in ["", "/console/token", "/dashboard"] {
        let (_home, made) = generate_with_key(&format!("{}{path}", gateway.origin()), KEY);
        let failure = made.only_event("failure");
        let message = [failure["message"].to_string(), failure["next"].to_string()].concat();
        assert!(message.contains("web page") && message.contains("/v1"), "{path}: {made:?}");
    }
}

#[test]
fn pasted_keys_are_cleaned_before_they_are_sent() {
    let gateway = gateway_with_one_path();
    for pasted in [
        format!("Bearer {KEY}"),
        format!("bearer  \"{KEY}\""),
        format!("Authorization: Bearer {KEY}"),
        format!("OPENAI_API_KEY={KEY}"),
        format!("export X_KEY='{KEY}'"),
        format!("\u{201c}{KEY}\u{201d}"),
        format!("\u{a0}\u{feff}{KEY}\u{200b}\r\n"),
        KEY.replace("sentinel", "sen\u{200b}tinel"),
    ] {
        let before = gateway.posts().len();
        let (home, made) = generate_with_key(&gateway.base_url(), &pasted);
        made.only_image();
        let sent = gateway.posts().remove(before);
        assert_eq!(sent.header("authorization"), Some(format!("Bearer {KEY}").as_str()), "{pasted:?}");
        for file in files(home.path()) {
            let bytes = std::fs::read(&file).expect("a file can be read");
            for writing in [KEY, pasted.as_str()] {
                let found = bytes.windows(writing.len()).any(|window| window == writing.as_bytes());
                assert!(!found, "{pasted:?} in {}", file.display());
            }
        }
    }
}

#[test]
fn unusable_key_is_explained_and_nothing_is_sent() {
    let gateway = gateway_with_one_path();
    for (pasted, said) in [
        ("sk-ab…12", "shortened"),
        ("sk-****", "shortened"),
        ("sk-ab...12", "shortened"),
        ("ｓｋ－sentinel", "ｓ (U+FF53)"),
        ("sk-sen\ntinel", "line break"),
        ("sk-sen tinel", "space"),
        ("sk-séntinel", "é (U+00E9)"),
        ("https://api.example/v1", "web address"),
    ] {
        let (_home, made) = generate_with_key(&gateway.base_url(), pasted);
        let failure = made.only_event("failure");
        assert_eq!((made.code, &failure["kind"]), (Some(1), &json!("unusable_key")), "{pasted}: {made:?}");
        assert_eq!(failure["charged"], "no");
        assert!(failure["message"].to_string().contains(said), "{pasted}: {made:?}");
        assert!(!made.stdout.contains(pasted), "{made:?}");
    }
    assert_eq!(gateway.requests().len(), 0);
}
