//! Requests: what goes to which endpoint, for each dialect. Pure; [`super::Client`] sends it.

mod chat;
mod gemini;
mod images;
mod talk;

use base64::{
    Engine as _,
    engine::{Simd, general_purpose::PAD},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::recipe::{AspectRatio, Dialect, ImageSize, Profile, Recipe};

/// A picture as it goes along with a prompt.
#[derive(Clone, Copy, Debug)]
pub struct ReferenceBytes<'a> {
    /// Mime type found by looking at the bytes; gateways refuse pictures with a wrong one.
    pub mime: &'a str,
    /// The picture's file, byte for byte.
    pub bytes: &'a [u8],
}

/// One request, without address and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What comes after the base URL's path, without a slash at its beginning: `chat/completions`.
    pub path: String,
    /// What comes after the question mark. Never a key.
    pub query: Option<&'static str>,
    /// What is sent.
    pub body: CallBody,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallBody {
    /// JSON.
    Json(Vec<u8>),
    /// A multipart form (RFC 7578).
    Form(Vec<FormPart>),
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPart {
    /// Its name.
    pub name: String,
    /// File name and mime type, where it is a file.
    pub file: Option<(String, String)>,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The request for a recipe, in its profile's dialect.
///
/// Only parameters that are set go along. `pictures` are the bytes of [`Recipe::pictures`], in the same order; `mask`
/// those of `recipe.mask`, which only the image endpoints take. Those do not take what was said before either, and are
/// given the last pictures.
pub fn call(
    recipe: &Recipe,
    profile: &Profile,
    pictures: &[ReferenceBytes<'_>],
    mask: Option<ReferenceBytes<'_>>,
) -> Call {
    match profile.dialect {
        Dialect::Chat => chat::call(recipe, profile, pictures),
        Dialect::Images => images::call(recipe, profile, pictures, mask),
        Dialect::Gemini => gemini::call(recipe, profile, pictures),
    }
}

/// A reference in base64, without line breaks.
struct Encoded<'a> {
    mime: &'a str,
    base64: String,
}

impl Encoded<'_> {
    fn data_url(&self) -> String {
        format!("data:{};base64,{}", self.mime, self.base64)
    }

    /// A part as Gemini spells it.
    fn inline_data(&self) -> Value {
        json!({ "inlineData": { "mimeType": self.mime, "data": self.base64 } })
    }
}

fn encode<'a>(references: &[ReferenceBytes<'a>]) -> Vec<Encoded<'a>> {
    let encoder = Simd::standard(PAD);
    let encode =
        |reference: &ReferenceBytes<'a>| Encoded { mime: reference.mime, base64: encoder.encode(reference.bytes) };
    references.iter().map(encode).collect()
}

/// JSON for a body: the profile's own fields, and over them what the recipe says.
fn body(profile: &Profile, fields: Map<String, Value>) -> CallBody {
    let mut all = profile.extra_body.clone();
    merge(&mut all, fields);
    // A `Value` serialises into memory without fail.
    CallBody::Json(serde_json::to_vec(&all).unwrap_or_default())
}

/// Puts `over` over `fields`; objects field by field.
fn merge(fields: &mut Map<String, Value>, over: Map<String, Value>) {
    for (name, value) in over {
        match (fields.get_mut(&name), value) {
            (Some(Value::Object(below)), Value::Object(above)) => merge(below, above),
            (_, value) => {
                fields.insert(name, value);
            }
        }
    }
}

fn plain<T: Serialize>(value: Option<T>) -> Option<Value> {
    value.map(|value| json!(value))
}

/// Adds the fields that have a value.
fn add(fields: &mut Map<String, Value>, values: impl IntoIterator<Item = (&'static str, Option<Value>)>) {
    for (name, value) in values {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    }
}

/// The prompt with shape and size in words after it, for models that know no field for them.
fn in_words(prompt: &str, aspect: Option<AspectRatio>, size: Option<ImageSize>) -> String {
    let mut words = prompt.trim_end().to_owned();
    let aspect = aspect.map(|aspect| format!("Aspect ratio: {aspect}."));
    let size = size.map(|size| format!("Longest side: about {} pixels.", size.edge()));
    for (index, sentence) in aspect.into_iter().chain(size).enumerate() {
        words.push_str(if index == 0 { "\n\n" } else { " " });
        words.push_str(&sentence);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Parameters, Reference};

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

    /// The same with references of these names.
    pub(super) fn with(recipe: Recipe, names: &[&str]) -> Recipe {
        Recipe { references: names.iter().map(|name| picture(name)).collect(), ..recipe }
    }

    pub(super) fn picture(name: &str) -> Reference {
        Reference { sha256: name.to_owned(), mime: "image/png".to_owned(), name: name.to_owned(), image: None }
    }

    pub(super) const PICTURE: ReferenceBytes<'static> = ReferenceBytes { mime: "image/png", bytes: b"\x89PNG?" };

    #[test]
    fn the_profiles_fields_go_along_and_the_recipe_stands_above_them() {
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
    fn words_stand_after_the_prompt() {
        let (aspect, size) = ("16:9".parse().ok(), Some(ImageSize::Two));
        assert_eq!(in_words("a fox\n", aspect, None), "a fox\n\nAspect ratio: 16:9.");
        assert_eq!(in_words("a fox", aspect, size), "a fox\n\nAspect ratio: 16:9. Longest side: about 2048 pixels.");
        assert_eq!(in_words("a fox", None, None), "a fox");
    }
}
