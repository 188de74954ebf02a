//! Recipes as programs that make pictures write them, one file for each program.

mod a1111;
mod comfy;
mod draw_things;
mod fooocus;
mod graph;
mod invoke;
mod lenient;
mod midjourney;
mod novelai;
mod swarm;
#[cfg(test)]
mod tests;
mod unmarked;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::recipe::{ForeignField, ForeignRecipe};

use super::Metadata;

/// The longest of what else a program says, in bytes.
const EXTRA: usize = 2000;

/// Values that are kept of what else a program says, at most.
const EXTRAS: usize = 256;

/// The key of what a program has written into a file beside the picture.
pub(super) const BESIDE: &str = "beside";

/// Texts that other programs than A1111 leave its parameters in, the likeliest first.
const PLACES: [&str; 11] = [
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

/// Reads the recipe of whichever program has written one.
pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    // Those whose marks are their own come first, and what is certain before what is not.
    let inside = || {
        novelai::read(metadata)
            .or_else(|| invoke::read(metadata))
            .or_else(|| swarm::read(metadata))
            .or_else(|| fooocus::read(metadata))
            .or_else(|| draw_things::read(metadata))
            .or_else(|| a1111::read(metadata))
            .or_else(|| comfy::read(metadata))
            .or_else(|| midjourney::read(metadata))
            .or_else(|| unmarked::read(metadata))
            .or_else(|| iptc(metadata))
            .filter(says_something)
    };
    inside().or_else(|| metadata.all_beside().find_map(beside)).or_else(|| a1111::prompt_alone(metadata))
}

/// Reads what a program has left in a file beside the picture.
fn beside(text: &str) -> Option<ForeignRecipe> {
    let recipe = match object(text) {
        Some(said) => swarm::of(&said).or_else(|| comfy::of(&said)).or_else(|| unmarked::of(&said)),
        None => a1111::parse(text),
    };
    recipe.filter(says_something)
}

fn says_something(recipe: &ForeignRecipe) -> bool {
    let values = recipe.seed.is_some() || recipe.steps.is_some() || recipe.cfg.is_some();
    values || !recipe.prompt.is_empty() || !recipe.model.is_empty()
}

/// What IPTC has a place for, whichever program it was. The description of a picture that a model made, and of which
/// nothing else is said, is taken for its prompt.
fn iptc(metadata: &Metadata) -> Option<ForeignRecipe> {
    let tool = ["xmp:system", "xmp:tool"].into_iter().find_map(|key| metadata.text(key)).unwrap_or("IPTC").to_owned();
    if let Some(prompt) = metadata.text("xmp:prompt") {
        return Some(ForeignRecipe { tool, prompt: prompt.to_owned(), ..ForeignRecipe::default() });
    }
    let made = metadata.text("xmp:source")?.to_ascii_lowercase().contains("trainedalgorithmicmedia");
    let prompt = metadata.text("xmp:description").filter(|_| made)?.to_owned();
    Some(ForeignRecipe { tool, prompt, guessed: [ForeignField::Prompt].into(), ..ForeignRecipe::default() })
}

/// The text in which most programs leave their parameters.
fn parameters(metadata: &Metadata) -> Option<&str> {
    ["parameters", "exif:UserComment", "comment"].into_iter().find_map(|key| metadata.text(key))
}

/// Texts in which parameters may be, the likeliest first.
fn places(metadata: &Metadata) -> impl Iterator<Item = &str> {
    PLACES.into_iter().chain(["iptc:caption"]).filter_map(|key| metadata.text(key))
}

/// The object that a text is, or the object in the text that it is.
pub(super) fn object(text: &str) -> Option<Map<String, Value>> {
    let text = text.trim_start();
    match text.starts_with(['{', '"']).then(|| lenient::json(text)).flatten()? {
        Value::Object(object) => Some(object),
        // Some programs write JSON into JSON.
        Value::String(inner) if inner.trim_start().starts_with('{') => match lenient::json(&inner)? {
            Value::Object(object) => Some(object),
            _ => None,
        },
        _ => None,
    }
}

/// A text, or a number as text.
fn words(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A whole number, be it written as text or with a fraction that is none.
fn whole(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::String(text) => whole_text(text),
        value => value
            .as_i64()
            .or_else(|| value.as_u64().map(u64::cast_signed))
            .or_else(|| value.as_f64().and_then(whole_real)),
    }
}

/// A whole number that is written as text, be it with a fraction that is none or in hexadecimal.
fn whole_text(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(u64::cast_signed);
    }
    text.parse()
        .ok()
        .or_else(|| text.parse().ok().map(u64::cast_signed))
        .or_else(|| text.parse().ok().and_then(whole_real))
}

fn whole_real(value: f64) -> Option<i64> {
    // Beyond this, not every whole number is one of these.
    (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(value as i64)
}

fn short(value: Option<&Value>) -> Option<u32> {
    whole(value).and_then(|value| u32::try_from(value).ok())
}

fn real(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::String(text) => real_text(text),
        value => value.as_f64().filter(|value: &f64| value.is_finite()),
    }
}

fn real_text(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|value: &f64| value.is_finite())
}

fn size(width: Option<&Value>, height: Option<&Value>) -> Option<(u32, u32)> {
    Some((short(width)?, short(height)?))
}

/// Width and height in a text: `512x768`, with spaces, a cross, a comma or in parentheses.
fn size_text(text: &str) -> Option<(u32, u32)> {
    let text = text.trim().trim_matches(['(', ')', '[', ']', '"']);
    let (width, height) = text.split_once(['x', 'X', '×', '*', ','])?;
    let side = |text: &str| text.trim().parse().ok().filter(|side| *side > 0);
    Some((side(width)?, side(height)?))
}

/// How a program's JSON calls what a recipe has; all of them say `seed`, `steps`, `width` and `height`.
struct Names {
    tool: &'static str,
    prompt: &'static str,
    negative: &'static str,
    model: &'static str,
    cfg: &'static str,
    sampler: &'static str,
    /// What is read otherwise, and is no value of the program's own.
    others: &'static [&'static str],
}

impl Names {
    /// What the JSON says under these names, and under any other.
    fn read(&self, said: &Map<String, Value>) -> ForeignRecipe {
        let known =
            [self.prompt, self.negative, self.model, self.cfg, self.sampler, "seed", "steps", "width", "height"];
        let known = |key: &str| known.contains(&key) || self.others.contains(&key);
        ForeignRecipe {
            tool: self.tool.to_owned(),
            prompt: words(said.get(self.prompt)),
            negative: words(said.get(self.negative)),
            model: words(said.get(self.model)),
            seed: whole(said.get("seed")),
            steps: short(said.get("steps")),
            cfg: real(said.get(self.cfg)),
            sampler: words(said.get(self.sampler)),
            size: size(said.get("width"), said.get("height")),
            extra: rest(said.iter().filter(|(key, _)| !known(key))),
            ..ForeignRecipe::default()
        }
    }
}

/// What else a program says. What is longer are graphs and pictures.
fn rest<'a>(said: impl Iterator<Item = (&'a String, &'a Value)>) -> BTreeMap<String, String> {
    said.map(|(key, value)| (key.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .filter(|(_, value)| !value.is_empty() && value != "null" && value != "[]" && value.len() <= EXTRA)
        .take(EXTRAS)
        .collect()
}
