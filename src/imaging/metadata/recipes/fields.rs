//! Reads the values of recipes from text and JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::lenient_json;
use crate::{imaging::metadata::texts::Metadata, recipe::ForeignRecipe};

/// The longest additional value that is kept, in bytes.
pub(super) const MAX_EXTRA_BYTES: usize = 2000;

/// The number of additional values that are kept at most.
pub(super) const MAX_EXTRA_VALUES: usize = 256;

/// Keys under which programs other than A1111 store parameters in its format, the most likely first.
pub(super) const PARAMETER_KEYS: [&str; 11] = [
    "parameters",
    "Parameters",
    "exif:UserComment",
    "comment",
    "Comment",
    "UserComment",
    "exif:XPComment",
    "exif:ImageDescription",
    "xmp:comment",
    "xmp:description",
    "Description",
];

/// The text in which most programs store their parameters.
pub(super) fn parameters(metadata: &Metadata) -> Option<&str> {
    ["parameters", "exif:UserComment", "comment"].into_iter().find_map(|key| metadata.text(key))
}

/// Texts that may contain parameters, the most likely first.
pub(super) fn parameter_texts(metadata: &Metadata) -> impl Iterator<Item = &str> {
    PARAMETER_KEYS.into_iter().chain(["iptc:caption"]).filter_map(|key| metadata.text(key))
}

/// The object in a text, or in the text that it contains as JSON.
pub(crate) fn object(text: &str) -> Option<Map<String, Value>> {
    let text = text.trim_start();
    match text.starts_with(['{', '"']).then(|| lenient_json::json(text)).flatten()? {
        Value::Object(object) => Some(object),
        // Some programs write JSON within JSON.
        Value::String(inner) if inner.trim_start().starts_with('{') => match lenient_json::json(&inner)? {
            Value::Object(object) => Some(object),
            _ => None,
        },
        _ => None,
    }
}

/// A text, or a number as text.
pub(super) fn text_value(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// An integer, which may be written as text or with a zero fraction.
pub(super) fn integer(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::String(text) => integer_text(text),
        value => value
            .as_i64()
            .or_else(|| value.as_u64().map(u64::cast_signed))
            .or_else(|| value.as_f64().and_then(whole_real)),
    }
}

/// An integer in a text, which may have a zero fraction or be hexadecimal.
pub(super) fn integer_text(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(u64::cast_signed);
    }
    text.parse()
        .ok()
        .or_else(|| text.parse().ok().map(u64::cast_signed))
        .or_else(|| text.parse().ok().and_then(whole_real))
}

pub(super) fn whole_real(value: f64) -> Option<i64> {
    // Beyond this, a float does not represent every integer.
    (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(value as i64)
}

pub(super) fn short(value: Option<&Value>) -> Option<u32> {
    integer(value).and_then(|value| u32::try_from(value).ok())
}

pub(super) fn real(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::String(text) => real_text(text),
        value => value.as_f64().filter(|value: &f64| value.is_finite()),
    }
}

pub(super) fn real_text(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|value: &f64| value.is_finite())
}

pub(super) fn size(width: Option<&Value>, height: Option<&Value>) -> Option<(u32, u32)> {
    Some((short(width)?, short(height)?))
}

/// Width and height in a text: `512x768`, with spaces, a multiplication sign, a comma or in parentheses.
pub(super) fn size_text(text: &str) -> Option<(u32, u32)> {
    let text = text.trim().trim_matches(['(', ')', '[', ']', '"']);
    let (width, height) = text.split_once(['x', 'X', '×', '*', ','])?;
    let side = |text: &str| text.trim().parse().ok().filter(|side| *side > 0);
    Some((side(width)?, side(height)?))
}

/// The names of recipe values in the JSON of a program. `seed`, `steps`, `width` and `height` are the same in all.
pub(super) struct FieldNames {
    pub(super) tool: &'static str,
    pub(super) prompt: &'static str,
    pub(super) negative: &'static str,
    pub(super) model: &'static str,
    pub(super) cfg: &'static str,
    pub(super) sampler: &'static str,
    /// Names that are read elsewhere, and are not additional values.
    pub(super) others: &'static [&'static str],
}

impl FieldNames {
    /// Reads the values with these names, and keeps all others as additional values.
    pub(super) fn read(&self, said: &Map<String, Value>) -> ForeignRecipe {
        let known =
            [self.prompt, self.negative, self.model, self.cfg, self.sampler, "seed", "steps", "width", "height"];
        let known = |key: &str| known.contains(&key) || self.others.contains(&key);
        ForeignRecipe {
            tool: self.tool.to_owned(),
            prompt: text_value(said.get(self.prompt)),
            negative: text_value(said.get(self.negative)),
            model: text_value(said.get(self.model)),
            seed: integer(said.get("seed")),
            steps: short(said.get("steps")),
            cfg: real(said.get(self.cfg)),
            sampler: text_value(said.get(self.sampler)),
            size: size(said.get("width"), said.get("height")),
            extra: rest(said.iter().filter(|(key, _)| !known(key))),
            ..ForeignRecipe::default()
        }
    }
}

/// The additional values of a program. Longer ones are graphs and images.
pub(super) fn rest<'a>(said: impl Iterator<Item = (&'a String, &'a Value)>) -> BTreeMap<String, String> {
    said.map(|(key, value)| (key.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .filter(|(_, value)| !value.is_empty() && value != "null" && value != "[]" && value.len() <= MAX_EXTRA_BYTES)
        .take(MAX_EXTRA_VALUES)
        .collect()
}
