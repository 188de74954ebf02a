//! `NovelAI`: `Software` identifies it, `Comment` is JSON, `Source` is the model. Since its fourth model, characters in
//! the image have prompts of their own.

use serde_json::{Map, Value};

use crate::{
    imaging::metadata::{
        recipes::fields::{FieldNames, object, text_value},
        texts::Metadata,
    },
    recipe::ForeignRecipe,
};

const TOOL: &str = "NovelAI";

const NAMES: FieldNames = FieldNames {
    tool: TOOL,
    prompt: "prompt",
    negative: "uc",
    model: "",
    cfg: "scale",
    sampler: "sampler",
    others: &["v4_prompt", "v4_negative_prompt"],
};

pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    let comment = ["Comment", "exif:UserComment"].into_iter().find_map(|key| metadata.text(key).and_then(object));
    let named = ["Software", "exif:Software"].into_iter().any(|key| metadata.text(key).is_some_and(is_own));
    // Copies without the name still contain a key that only this program writes.
    let told = comment.as_ref().is_some_and(|said| said.contains_key("uc") && said.contains_key("signed_hash"));
    if !named && !told {
        return None;
    }
    let said = comment.unwrap_or_default();
    let mut recipe = NAMES.read(&said);
    metadata.text("Source").unwrap_or_default().clone_into(&mut recipe.model);
    if let Some(prompt) = captions(&said, "v4_prompt") {
        recipe.prompt = prompt;
    }
    if let Some(negative) = captions(&said, "v4_negative_prompt") {
        recipe.negative = negative;
    }
    if recipe.prompt.is_empty() {
        metadata.text("Description").unwrap_or_default().clone_into(&mut recipe.prompt);
    }
    Some(recipe)
}

fn is_own(software: &str) -> bool {
    software.trim() == TOOL
}

/// The caption of the whole image and those of its characters, one per line.
fn captions(said: &Map<String, Value>, key: &str) -> Option<String> {
    let caption = said.get(key)?.get("caption")?;
    let people = caption.get("char_captions").and_then(Value::as_array).into_iter().flatten();
    let all = std::iter::once(caption.get("base_caption")).chain(people.map(|person| person.get("char_caption")));
    let all: Vec<String> = all.map(text_value).filter(|words| !words.trim().is_empty()).collect();
    (!all.is_empty()).then(|| all.join("\n"))
}
