//! `NovelAI`: `Software` says so, `Comment` is JSON, `Source` is the model.

use crate::recipe::ForeignRecipe;

use super::{Metadata, Names, object};

const NAMES: Names = Names {
    tool: "NovelAI",
    prompt: "prompt",
    negative: "uc",
    model: "",
    cfg: "scale",
    sampler: "sampler",
    others: &[],
};

pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    metadata.text("Software").filter(|software| *software == "NovelAI")?;
    let mut recipe = NAMES.read(&metadata.text("Comment").and_then(object).unwrap_or_default());
    metadata.text("Source").unwrap_or_default().clone_into(&mut recipe.model);
    if recipe.prompt.is_empty() {
        metadata.text("Description").unwrap_or_default().clone_into(&mut recipe.prompt);
    }
    Some(recipe)
}
