//! Reads the recipe of whichever program has written one.

use super::{
    fields::object,
    programs::{a1111, comfy, draw_things, fooocus, invoke, midjourney, novelai, swarm, unmarked},
};
use crate::{
    imaging::metadata::texts::Metadata,
    recipe::{ForeignField, ForeignRecipe},
};

/// Reads the recipe of whichever program has written one.
pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    // Formats with an unambiguous mark come first, and certain results before uncertain ones.
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
    inside().or_else(|| metadata.all_beside().find_map(read_companion)).or_else(|| a1111::prompt_alone(metadata))
}

/// Reads the recipe in a companion file.
pub(super) fn read_companion(text: &str) -> Option<ForeignRecipe> {
    let recipe = match object(text) {
        Some(said) => swarm::of(&said).or_else(|| comfy::of(&said)).or_else(|| unmarked::of(&said)),
        None => a1111::parse(text),
    };
    recipe.filter(says_something)
}

pub(super) fn says_something(recipe: &ForeignRecipe) -> bool {
    let values = recipe.seed.is_some() || recipe.steps.is_some() || recipe.cfg.is_some();
    values || !recipe.prompt.is_empty() || !recipe.model.is_empty()
}

/// Reads the IPTC fields, whichever program wrote them. If nothing else is known, the description of an image that a
/// model made is taken for its prompt.
pub(super) fn iptc(metadata: &Metadata) -> Option<ForeignRecipe> {
    let tool = ["xmp:system", "xmp:tool"].into_iter().find_map(|key| metadata.text(key)).unwrap_or("IPTC").to_owned();
    if let Some(prompt) = metadata.text("xmp:prompt") {
        return Some(ForeignRecipe { tool, prompt: prompt.to_owned(), ..ForeignRecipe::default() });
    }
    let made = metadata.text("xmp:source")?.to_ascii_lowercase().contains("trainedalgorithmicmedia");
    let prompt = metadata.text("xmp:description").filter(|_| made)?.to_owned();
    Some(ForeignRecipe { tool, prompt, guessed: [ForeignField::Prompt].into(), ..ForeignRecipe::default() })
}
