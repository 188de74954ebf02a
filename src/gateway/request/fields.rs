//! Shared parts of the dialects: encoded references, JSON fields, and options in words.

use base64::{
    Engine as _,
    engine::{Simd, general_purpose::PAD},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::call::{CallBody, ReferenceBytes};
use crate::recipe::{AspectRatio, ImageSize, Profile};

/// A reference in base64, without line breaks.
pub(super) struct EncodedImage<'a> {
    pub(super) mime: &'a str,
    pub(super) base64: String,
}

impl EncodedImage<'_> {
    pub(super) fn data_url(&self) -> String {
        format!("data:{};base64,{}", self.mime, self.base64)
    }

    /// A part in Gemini's spelling.
    pub(super) fn inline_data(&self) -> Value {
        json!({ "inlineData": { "mimeType": self.mime, "data": self.base64 } })
    }
}

pub(super) fn encode<'a>(references: &[ReferenceBytes<'a>]) -> Vec<EncodedImage<'a>> {
    let encoder = Simd::standard(PAD);
    let encode =
        |reference: &ReferenceBytes<'a>| EncodedImage { mime: reference.mime, base64: encoder.encode(reference.bytes) };
    references.iter().map(encode).collect()
}

/// The JSON body: the profile's own fields, overridden by those of the recipe.
pub(super) fn body(profile: &Profile, fields: Map<String, Value>) -> CallBody {
    let mut all = profile.extra_body.clone();
    merge(&mut all, fields);
    // Serializing a `Value` into memory cannot fail.
    CallBody::Json(serde_json::to_vec(&all).unwrap_or_default())
}

/// Merges `over` into `fields`; objects field by field.
pub(super) fn merge(fields: &mut Map<String, Value>, over: Map<String, Value>) {
    for (name, value) in over {
        match (fields.get_mut(&name), value) {
            (Some(Value::Object(below)), Value::Object(above)) => merge(below, above),
            (_, value) => {
                fields.insert(name, value);
            }
        }
    }
}

pub(super) fn plain<T: Serialize>(value: Option<T>) -> Option<Value> {
    value.map(|value| json!(value))
}

/// Adds the fields that have a value.
pub(super) fn add(fields: &mut Map<String, Value>, values: impl IntoIterator<Item = (&'static str, Option<Value>)>) {
    for (name, value) in values {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    }
}

/// The prompt followed by aspect ratio and size in words, for models without a field for them.
pub(super) fn in_words(prompt: &str, aspect: Option<AspectRatio>, size: Option<ImageSize>) -> String {
    let mut words = prompt.trim_end().to_owned();
    let aspect = aspect.map(|aspect| format!("Aspect ratio: {aspect}."));
    let size = size.map(|size| format!("Longest side: about {} pixels.", size.edge()));
    for (index, sentence) in aspect.into_iter().chain(size).enumerate() {
        words.push_str(if index == 0 { "\n\n" } else { " " });
        words.push_str(&sentence);
    }
    words
}
