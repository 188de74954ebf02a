//! Tests of the shared parts of the dialects, and helpers for the tests of each dialect.

use serde_json::{Value, json};

use super::{fields::in_words, *};
use crate::recipe::{ImageSize, Parameters, Profile, Recipe, Reference};

/// The JSON body of a call.
pub(super) fn json_of(call: &Call) -> Value {
    match &call.body {
        CallBody::Json(bytes) => serde_json::from_slice(bytes).unwrap(),
        CallBody::Form(parts) => panic!("a form with {} parts", parts.len()),
    }
}

pub(super) fn fox(parameters: Parameters) -> Recipe {
    Recipe { prompt: "a fox".to_owned(), model: "maker/model".to_owned(), parameters, ..Recipe::default() }
}

/// The recipe with references of these names.
pub(super) fn with(recipe: Recipe, names: &[&str]) -> Recipe {
    Recipe { references: names.iter().map(|name| image(name)).collect(), ..recipe }
}

pub(super) fn image(name: &str) -> Reference {
    Reference { sha256: name.to_owned(), mime: "image/png".to_owned(), name: name.to_owned(), image: None }
}

pub(super) const IMAGE: ReferenceBytes<'static> = ReferenceBytes { mime: "image/png", bytes: b"\x89PNG?" };

#[test]
fn recipe_overrides_the_extra_fields_of_the_profile() {
    let mut profile = Profile::dgrid();
    profile.extra_body = serde_json::from_str(
        r#"{"provider":{"sort":"price"},"temperature":1.5,"extra_body":{"google":{"thinking_config":{"x":1}}}}"#,
    )
    .unwrap();
    let parameters = Parameters { temperature: Some(0.5), aspect: "1:1".parse().ok(), ..Parameters::default() };
    let sent = json_of(&call(&fox(parameters), &profile, &[], None));
    assert_eq!(sent["provider"], json!({ "sort": "price" }));
    assert_eq!(sent["temperature"], json!(0.5));
    assert_eq!(
        sent["extra_body"]["google"],
        json!({ "thinking_config": { "x": 1 }, "image_config": { "aspect_ratio": "1:1" } })
    );
}

#[test]
fn negative_prompt_follows_the_prompt_text() {
    let (aspect, size) = ("16:9".parse().ok(), Some(ImageSize::Two));
    assert_eq!(in_words("a fox\n", aspect, None), "a fox\n\nAspect ratio: 16:9.");
    assert_eq!(in_words("a fox", aspect, size), "a fox\n\nAspect ratio: 16:9. Longest side: about 2048 pixels.");
    assert_eq!(in_words("a fox", None, None), "a fox");
}
