//! Recipes as programs that make pictures write them, one file for each program.

mod a1111;
mod comfy;
mod fooocus;
mod invoke;
mod novelai;
mod swarm;

use serde_json::{Map, Value};

use crate::recipe::ForeignRecipe;

use super::Metadata;

/// The longest of what else a program says, in bytes.
const EXTRA: usize = 2000;

/// The key of what a program has written into a file beside the picture.
pub(super) const BESIDE: &str = "beside";

/// Reads the recipe of whichever program has written one.
pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    // Those whose marks are their own come first.
    let recipe = novelai::read(metadata)
        .or_else(|| invoke::read(metadata))
        .or_else(|| swarm::read(metadata))
        .or_else(|| fooocus::read(metadata))
        .or_else(|| a1111::read(metadata))
        .or_else(|| comfy::read(metadata))
        .or_else(|| iptc(metadata))?;
    let says = !recipe.prompt.is_empty() || !recipe.model.is_empty() || recipe.seed.is_some();
    says.then_some(recipe)
}

/// What IPTC has a place for, whichever program it was.
fn iptc(metadata: &Metadata) -> Option<ForeignRecipe> {
    let prompt = metadata.text("xmp:prompt")?.to_owned();
    let tool = metadata.text("xmp:system").unwrap_or("IPTC").to_owned();
    Some(ForeignRecipe { tool, prompt, ..ForeignRecipe::default() })
}

/// The text in which most programs leave their parameters.
fn parameters(metadata: &Metadata) -> Option<&str> {
    ["parameters", "exif:UserComment", "comment"].into_iter().find_map(|key| metadata.text(key))
}

fn object(text: &str) -> Option<Map<String, Value>> {
    // Python writes numbers that JSON does not have.
    let read = |text: &str| match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    };
    text.trim_start().starts_with('{').then(|| read(text).or_else(|| read(&text.replace("NaN", "null")))).flatten()
}

/// A text, or a number as text.
fn words(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A whole number, be it written as text.
fn whole(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_i64().or_else(|| value.as_u64().map(u64::cast_signed)),
    }
}

fn short(value: Option<&Value>) -> Option<u32> {
    whole(value).and_then(|value| u32::try_from(value).ok())
}

fn real(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    }
    .filter(|value: &f64| value.is_finite())
}

fn size(width: Option<&Value>, height: Option<&Value>) -> Option<(u32, u32)> {
    Some((short(width)?, short(height)?))
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
            // What is longer are graphs and pictures.
            extra: said
                .iter()
                .filter(|(key, _)| !known(key))
                .map(|(key, value)| (key.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                .filter(|(_, value)| !value.is_empty() && value != "null" && value.len() <= EXTRA)
                .collect(),
        }
    }
}
