//! Draw Things: JSON in XMP's user comment, and the same as text in XMP's description.

use serde_json::{Map, Value};

use super::a1111;
use crate::{
    imaging::metadata::{
        recipes::fields::{FieldNames, object, size_text, text_value},
        texts::Metadata,
    },
    recipe::ForeignRecipe,
};

const TOOL: &str = "Draw Things";

const NAMES: FieldNames = FieldNames {
    tool: TOOL,
    prompt: "c",
    negative: "uc",
    model: "model",
    cfg: "scale",
    sampler: "sampler",
    others: &["size", "v2", "profile"],
};

pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    let named = ["xmp:tool", "exif:Software", "Software"].into_iter().filter_map(|key| metadata.text(key));
    let named = named.into_iter().any(|tool| tool.starts_with(TOOL));
    let comments = ["xmp:comment", "exif:UserComment"].into_iter().filter_map(|key| metadata.text(key));
    let said = comments.filter_map(object).find(|said| named || is_own(said));
    if let Some(said) = said {
        return Some(ForeignRecipe { size: size_text(&text_value(said.get("size"))), ..NAMES.read(&said) });
    }
    let text = metadata.text("xmp:description").or_else(|| metadata.text("exif:ImageDescription"));
    in_words(text.filter(|_| named)?)
}

fn is_own(said: &Map<String, Value>) -> bool {
    ["c", "uc", "sampler", "scale"].iter().all(|key| said.contains_key(*key))
}

/// A1111's format, except for the negative prompt, which is a line that starts with a minus.
fn in_words(text: &str) -> Option<ForeignRecipe> {
    let mut recipe = a1111::parse(text)?;
    let prompt = std::mem::take(&mut recipe.prompt);
    match prompt.rsplit_once('\n').or_else(|| prompt.starts_with('-').then_some(("", &prompt))) {
        Some((above, negative)) if recipe.negative.is_empty() && negative.starts_with('-') => {
            above.clone_into(&mut recipe.prompt);
            negative[1..].trim().clone_into(&mut recipe.negative);
        }
        _ => recipe.prompt = prompt,
    }
    TOOL.clone_into(&mut recipe.tool);
    Some(recipe)
}
