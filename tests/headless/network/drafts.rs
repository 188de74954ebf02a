//! Tests of drafts that arrive before the requested image, and of images that arrive twice.

use std::fs;

use atelier::imaging::Encoding;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Part, Reply},
    images::{chat_response, encoded_image, markdown_image, png},
    test_home::{Run, TestHome, files_with_extension, sha256},
};

/// Events of the images dialect: drafts, then the image if there is one.
fn draft_events(drafts: &[&[u8]], last: Option<&[u8]>) -> String {
    let event = |name: &str, bytes: &[u8]| {
        let data = json!({ "type": name, "b64_json": STANDARD.encode(bytes) });
        format!("event: {name}\ndata: {data}\n\n")
    };
    let mut stream: String = drafts.iter().map(|draft| event("image_generation.partial_image", draft)).collect();
    stream.extend(last.map(|last| event("image_generation.completed", last)));
    stream
}

fn originals(home: &TestHome) -> Vec<Vec<u8>> {
    let files = files_with_extension(&home.library().join("originals"), "png");
    files.iter().map(|file| fs::read(file).expect("it is there")).collect()
}

fn hashes(run: &Run) -> Vec<Value> {
    assert_eq!((run.code, run.events("failure")), (Some(0), Vec::new()), "{run:?}");
    run.events("image").iter().map(|image| image["sha256"].clone()).collect()
}

#[test]
fn drafts_are_dropped_when_the_final_image_arrives() {
    let home = TestHome::new();
    let (one, two, last) = (png(1), png(2), png(3));
    let gateway = Gateway::always(Reply::event_stream(&draft_events(&[&one, &two], Some(&last))));
    assert_eq!(hashes(&home.generate(&gateway.base_url(), &["--stream"])), [json!(sha256(&last))]);
    assert_eq!(originals(&home), [last]);
}

#[test]
fn last_draft_is_kept_without_a_final_image() {
    let home = TestHome::new();
    let (one, two) = (png(1), png(2));
    let ended = Gateway::always(Reply::event_stream(&draft_events(&[&one, &two], None)));
    assert_eq!(hashes(&home.generate(&ended.base_url(), &["--stream"])), [json!(sha256(&two))]);
    let cut = draft_events(&[&one, &two], Some(&png(3)));
    let cut = Gateway::always(Reply::event_stream(&cut).truncated_by(100, Part::Reset));
    let home = TestHome::new();
    let run = home.generate(&cut.base_url(), &["--stream"]);
    assert_eq!(run.only_event("image")["sha256"], json!(sha256(&two)));
    let failure = run.only_event("failure");
    assert_eq!((run.code, &failure["kind"], &failure["stored"]), (Some(1), &json!("cut_off"), &json!(1)), "{run:?}");
}

#[test]
fn images_of_the_thinking_phase_are_listed_first() {
    let home = TestHome::new();
    let (thought, last) = (png(1), encoded_image(32, 32, 2, Encoding::Jpeg { quality: 90 }));
    let inline = |mime: &str, bytes: &[u8]| json!({ "mimeType": mime, "data": STANDARD.encode(bytes) });
    let answer = json!({ "candidates": [{ "finishReason": "STOP", "content": { "parts": [
        { "inlineData": inline("image/jpeg", &last) },
        { "inlineData": inline("image/png", &thought), "thought": true },
    ] } }] });
    let gateway = Gateway::always(Reply::json(&answer));
    assert_eq!(hashes(&home.generate(&gateway.base_url(), &[])), [sha256(&thought), sha256(&last)]);
}

#[test]
fn repeated_image_is_stored_once_at_its_last_position() {
    let home = TestHome::new();
    let (one, two) = (png(1), png(2));
    let text = [&one, &two, &one, &one].map(|bytes| markdown_image("image/png", bytes)).join("\n");
    let gateway = Gateway::always(Reply::json(&chat_response(&json!(text), "stop")));
    assert_eq!(hashes(&home.generate(&gateway.base_url(), &[])), [sha256(&two), sha256(&one)]);
    assert_eq!(originals(&home).len(), 2);
}
