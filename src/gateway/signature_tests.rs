//! Tests that the signatures of a response are sent back with the next request of the conversation, in every dialect.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    mask::SecretMask,
    reader::{AnswerReader, BodyKind, ReaderLimits, Receiver},
    request::{CallBody, ReferenceBytes, call},
};
use crate::recipe::{Answer, Dialect, Profile, ProfileId, Recipe, Reference};

/// An encrypted signature whose characters start like a PNG.
const SIGNATURE: &str = "iVBORw0KGgoAAAANSUhEUgAAsignature/of+thoughts==";
const IMAGE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Counts images and records the text.
#[derive(Default)]
struct Told {
    images: usize,
    text: String,
}

impl Receiver for Told {
    fn image_start(&mut self, _declared_mime: Option<&str>) {
        self.images += 1;
    }
    fn image_bytes(&mut self, _bytes: &[u8]) {}
    fn image_end(&mut self, _complete: bool) {}
    fn image_link(&mut self, _url: &str) {}
    fn text(&mut self, delta: &str) {
        self.text.push_str(delta);
    }
}

fn read(body: &str, mask: SecretMask) -> (Answer, Told) {
    let mut told = Told::default();
    let mut reader = AnswerReader::new(BodyKind::Unknown, ReaderLimits::default()).hiding(mask);
    for piece in body.as_bytes().chunks(7) {
        reader.push(piece, &mut told);
    }
    (reader.finish(&mut told).answer, told)
}

fn events(events: &[Value]) -> String {
    events.iter().map(|event| format!("data: {event}\n\n")).chain(["data: [DONE]\n\n".to_owned()]).collect()
}

fn asked(dialect: Dialect) -> (Recipe, Profile) {
    let profile = Profile { dialect, ..if dialect == Dialect::Gemini { Profile::google() } else { Profile::dgrid() } };
    let recipe = Recipe {
        prompt: "a cup".to_owned(),
        profile: profile.id.clone(),
        model: "gemini-3-pro-image".to_owned(),
        ..Recipe::default()
    };
    (recipe, profile)
}

/// The request that continues from an image of a response.
fn next(recipe: &Recipe, answer: &Answer, number: usize) -> Recipe {
    let image =
        Reference { sha256: "00".to_owned(), mime: "image/png".to_owned(), name: "cup".to_owned(), image: None };
    // As the sidecar stores it.
    let kept = serde_json::to_string(&answer.for_image(number)).unwrap();
    let turns = recipe.turns_up_to(image, &serde_json::from_str(&kept).unwrap());
    Recipe { prompt: "blue".to_owned(), turns, ..recipe.clone() }
}

/// The reply of the model in the body of a request.
fn said(recipe: &Recipe, profile: &Profile) -> Value {
    let image = ReferenceBytes { mime: "image/png", bytes: b"png" };
    let CallBody::Json(body) = call(recipe, profile, &[image], None).body else { panic!("not JSON") };
    let body: Value = serde_json::from_slice(&body).unwrap();
    let list = if profile.dialect == Dialect::Gemini { "contents" } else { "messages" };
    body[list][1].clone()
}

fn sent_image() -> Value {
    json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,cG5n" } })
}

fn image() -> Value {
    json!({ "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{IMAGE}") } })
}

fn message(message: &Value) -> String {
    json!({ "choices": [{ "index": 0, "finish_reason": "stop", "message": message }] }).to_string()
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

#[test]
fn signatures_are_returned_to_their_gateway() {
    let google = json!({ "google": { "thought_signature": SIGNATURE } });
    let details = json!([
        { "type": "reasoning.text", "text": "a cup has a handle", "format": "google-gemini-v1", "index": 0 },
        { "type": "reasoning.encrypted", "data": SIGNATURE, "id": "rs_1", "format": "google-gemini-v1", "index": 0 },
    ]);
    let thinking = json!([{ "type": "thinking", "thinking": "a handle", "signature": SIGNATURE }]);
    let inline = json!({ "inlineData": { "mimeType": "image/png", "data": IMAGE } });
    let sent_inline = json!({ "inlineData": { "mimeType": "image/png", "data": "cG5n" } });
    let gemini = |parts: Value| json!({ "candidates": [{ "content": { "role": "model", "parts": parts } }] });
    let model = |parts: Value| json!({ "role": "model", "parts": parts });
    let assistant = |content: Value| json!({ "role": "assistant", "content": content });
    let delta = |delta: Value| json!({ "choices": [{ "index": 0, "delta": delta }] });
    let plain = assistant(json!([sent_image()]));
    let images =
        |name: &str, value: &Value| with(json!({ "content": "Here.", "images": [image()] }), name, value.clone());
    let cases: Vec<(&str, Dialect, String, Value)> = vec![
        (
            "OpenRouter",
            Dialect::Chat,
            message(&images("reasoning_details", &details)),
            with(plain.clone(), "reasoning_details", details.clone()),
        ),
        (
            "OpenRouter, stream",
            Dialect::Chat,
            events(&[
                delta(json!({ "reasoning_details": [
                    { "type": "reasoning.text", "text": "a cup ", "format": "google-gemini-v1", "index": 0 }] })),
                delta(json!({ "content": "", "reasoning_details": [
                    { "type": "reasoning.text", "text": "has a handle", "format": "google-gemini-v1", "index": 0 }] })),
                delta(json!({ "content": "Here.", "images": [image()], "reasoning_details": [] })),
                delta(json!({ "content": "", "reasoning_details": [details[1]] })),
                delta(json!({ "content": "", "reasoning_details": [details[1]] })),
            ]),
            with(plain.clone(), "reasoning_details", details.clone()),
        ),
        (
            "the compatible form, at the message",
            Dialect::Chat,
            message(&images("extra_content", &google)),
            with(plain.clone(), "extra_content", google.clone()),
        ),
        (
            "the compatible form, stream",
            Dialect::Chat,
            events(&[
                delta(json!({ "content": format!("![image](data:image/png;base64,{IMAGE})") })),
                delta(json!({ "content": "", "extra_content": google })),
                delta(json!({ "content": "", "extra_content": null })),
            ]),
            with(plain.clone(), "extra_content", google.clone()),
        ),
        (
            "the compatible form, at the parts",
            Dialect::Chat,
            message(&json!({ "content": [
                with(json!({ "type": "text", "text": "Here." }), "extra_content", json!({ "google": { "thought_signature": "QQ==" } })),
                with(image(), "extra_content", google.clone()),
            ] })),
            assistant(json!([
                { "type": "text", "text": "Here.", "extra_content": { "google": { "thought_signature": "QQ==" } } },
                with(sent_image(), "extra_content", google.clone()),
            ])),
        ),
        (
            "images beside the content",
            Dialect::Chat,
            message(&json!({ "content": "Here.", "images": [with(image(), "thought_signature", json!(SIGNATURE))] })),
            assistant(json!([with(sent_image(), "thought_signature", json!(SIGNATURE))])),
        ),
        (
            "LiteLLM",
            Dialect::Chat,
            message(&json!({
                "content": "Here.", "images": [image()], "thinking_blocks": thinking,
                "provider_specific_fields": { "thought_signatures": [SIGNATURE], "citations": null },
            })),
            with(
                with(plain.clone(), "thinking_blocks", thinking.clone()),
                "provider_specific_fields",
                json!({ "thought_signatures": [SIGNATURE] }),
            ),
        ),
        (
            "LiteLLM, stream",
            Dialect::Chat,
            events(&[
                delta(json!({ "thinking_blocks": [{ "type": "thinking", "thinking": "a ", "signature": "" }] })),
                delta(json!({ "thinking_blocks": [{ "type": "thinking", "thinking": "handle", "signature": null }] })),
                delta(json!({ "thinking_blocks": [{ "type": "thinking", "thinking": "", "signature": SIGNATURE }] })),
                delta(json!({ "images": [image()] })),
            ]),
            with(plain.clone(), "thinking_blocks", thinking),
        ),
        (
            "Gemini",
            Dialect::Gemini,
            gemini(json!([
                { "text": "a handle, I think", "thought": true },
                { "text": "Here.", "thoughtSignature": "QQ==" },
                with(inline.clone(), "thoughtSignature", json!(SIGNATURE)),
            ]))
            .to_string(),
            model(json!([
                { "text": "Here.", "thoughtSignature": "QQ==" },
                with(sent_inline.clone(), "thoughtSignature", json!(SIGNATURE)),
            ])),
        ),
        (
            "Gemini, the signature first and in its other spelling",
            Dialect::Gemini,
            gemini(json!([{ "thought_signature": SIGNATURE, "inlineData": inline["inlineData"] }])).to_string(),
            model(json!([with(sent_inline.clone(), "thought_signature", json!(SIGNATURE))])),
        ),
        (
            "Gemini, stream with a signature in an event of its own",
            Dialect::Gemini,
            events(&[
                gemini(json!([{ "text": "He" }])),
                gemini(json!([{ "text": "re." }])),
                gemini(json!([inline])),
                gemini(json!([{ "text": "", "thoughtSignature": SIGNATURE }])),
            ]),
            model(json!([{ "text": "Here." }, sent_inline, { "text": "", "thoughtSignature": SIGNATURE }])),
        ),
    ];
    for (name, dialect, body, expected) in cases {
        let (answer, told) = read(&body, SecretMask::new(&["sk-a-key-of-ours"]));
        assert_eq!(told.images, 1, "{name}: a signature is no image");
        assert!(!told.text.contains("signature/of"), "{name}: {}", told.text);
        assert!(!answer.text.contains("signature/of"), "{name}: {}", answer.text);
        let (recipe, profile) = asked(dialect);
        let next = next(&recipe, &answer, 0);
        assert_eq!(said(&next, &profile), expected, "{name}");
        assert_eq!(next.turns[0].prompt, "a cup");
        // Other models cannot read it.
        let written = |recipe: &Recipe, profile: &Profile| said(recipe, profile).to_string();
        let model = Recipe { model: "gemini-3.1-flash-image".to_owned(), ..next.clone() };
        let gateway = Recipe { profile: ProfileId::new("other"), ..next.clone() };
        for other in [model, gateway] {
            assert!(!written(&other, &profile).contains(SIGNATURE), "{name}");
        }
        let (_, other) = asked(if dialect == Dialect::Chat { Dialect::Gemini } else { Dialect::Chat });
        let turned = written(&next, &other);
        assert!(dialect == Dialect::Chat || !turned.contains(SIGNATURE), "{name}: another dialect");
    }
}

#[test]
fn each_image_keeps_its_own_signature() {
    let part = |signature: &str| json!({ "inlineData": { "mimeType": "image/png", "data": IMAGE }, "thoughtSignature": signature });
    let body = json!({ "candidates": [{ "content": { "parts": [part("AAAA"), { "text": "and" }, part("BBBB")] } }] });
    let (answer, _) = read(&body.to_string(), SecretMask::new(&[]));
    let (recipe, profile) = asked(Dialect::Gemini);
    for (number, own, other) in [(0, "AAAA", "BBBB"), (1, "BBBB", "AAAA")] {
        let sent = said(&next(&recipe, &answer, number), &profile).to_string();
        assert!(sent.contains(own) && !sent.contains(other), "{sent}");
    }
    let choice = |index: usize, signature: &str| {
        let extra = json!({ "google": { "thought_signature": signature } });
        json!({ "message": { "content": null, "images": [image()], "extra_content": extra }, "index": index })
    };
    let body = json!({ "choices": [choice(0, "AAAA"), choice(1, "BBBB")] });
    let (answer, _) = read(&body.to_string(), SecretMask::new(&[]));
    let (recipe, profile) = asked(Dialect::Chat);
    for (number, own) in [(0, "AAAA"), (1, "BBBB")] {
        let sent = said(&next(&recipe, &answer, number), &profile);
        assert_eq!(sent["extra_content"]["google"]["thought_signature"], own);
    }
}

#[test]
fn oversized_signatures_are_dropped() {
    let (recipe, profile) = asked(Dialect::Chat);
    for (length, kept) in [(700_000, true), (1_100_000, false)] {
        let signature = "QUJD".repeat(length / 4);
        let extra = json!({ "google": { "thought_signature": signature } });
        let body = message(&json!({ "images": [image()], "extra_content": extra }));
        let (answer, told) = read(&body, SecretMask::new(&["hunter22"]));
        assert_eq!(told.images, 1);
        let sent = said(&next(&recipe, &answer, 0), &profile);
        assert_eq!(sent.get("extra_content"), kept.then_some(&extra), "{length}");
    }
    // A signature that contains the key is invalid without it, and must not be stored with it.
    let extra = json!({ "google": { "thought_signature": "AAAAhunter22BBBB" } });
    let body = message(&json!({ "images": [image()], "extra_content": extra }));
    let (answer, _) = read(&body, SecretMask::new(&["hunter22"]));
    assert_eq!(answer.signatures, Vec::new());
}

/// Any JSON.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("thinking")),
        Just(json!("reasoning.text")),
        Just(json!(format!("data:image/png;base64,{IMAGE}"))),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let key = prop_oneof![
            Just("type".to_owned()),
            Just("text".to_owned()),
            Just("thinking".to_owned()),
            Just("signature".to_owned()),
            Just("index".to_owned()),
            Just("extra_content".to_owned()),
            "[a-z]{0,6}"
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_signature_fields_do_not_lose_the_image(
        values in prop::collection::vec(anything(), 1..4),
        name in prop::sample::select(vec![
            "reasoning_details", "extra_content", "thinking_blocks", "reasoning_opaque", "thought_signature",
        ]),
    ) {
        let (recipe, profile) = asked(Dialect::Chat);
        let whole = message(&with(json!({ "images": [image()] }), name, values[0].clone()));
        let (answer, told) = read(&whole, SecretMask::new(&[]));
        prop_assert_eq!(told.images, 1);
        let sent = said(&next(&recipe, &answer, 0), &profile);
        let is_empty = [json!(null), json!(""), json!([]), json!({})].contains(&values[0]);
        prop_assert_eq!(sent.get(name), (!is_empty).then_some(&values[0]));
        let deltas: Vec<Value> = values
            .iter()
            .map(|value| json!({ "choices": [{ "index": 0, "delta": with(json!({}), name, value.clone()) }] }))
            .chain([json!({ "choices": [{ "index": 0, "delta": { "images": [image()] } }] })])
            .collect();
        let (answer, told) = read(&events(&deltas), SecretMask::new(&[]));
        prop_assert_eq!(told.images, 1);
        said(&next(&recipe, &answer, 0), &profile);
    }
}
