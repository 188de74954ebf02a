//! Fooocus: JSON or A1111's format, and beside it the name of the scheme.

use super::a1111;
use crate::{
    imaging::metadata::{
        recipes::fields::{FieldNames, object, parameters, size_text, text_value},
        texts::Metadata,
    },
    recipe::ForeignRecipe,
};

const TOOL: &str = "Fooocus";

const NAMES: FieldNames = FieldNames {
    tool: TOOL,
    prompt: "prompt",
    negative: "negative_prompt",
    model: "base_model",
    cfg: "guidance_scale",
    sampler: "sampler",
    others: &["resolution"],
};

pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    let text = parameters(metadata)?;
    let scheme = metadata.text("fooocus_scheme").is_some();
    let named = |key| metadata.text(key).is_some_and(|text| text.starts_with(TOOL));
    let marked = scheme || named("exif:Software") || named("Software");
    let Some(said) = object(text) else {
        let recipe = marked.then(|| a1111::parse(text)).flatten()?;
        return Some(ForeignRecipe { tool: TOOL.to_owned(), ..recipe });
    };
    if !marked && !text_value(said.get("version")).starts_with(TOOL) {
        return None;
    }
    let size = size_text(&text_value(said.get("resolution")));
    Some(ForeignRecipe { size, ..NAMES.read(&said) })
}
