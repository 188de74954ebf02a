//! Fooocus: JSON or A1111's text, and beside it the name of the scheme.

use crate::recipe::ForeignRecipe;

use super::{Metadata, a1111, extra, object, parameters, real, short, whole, words};

const TOOL: &str = "Fooocus";

const KNOWN: &[&str] =
    &["prompt", "negative_prompt", "base_model", "seed", "steps", "guidance_scale", "sampler", "resolution"];

pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    let text = parameters(metadata)?;
    let scheme = metadata.text("fooocus_scheme").is_some();
    let named = |key| metadata.text(key).is_some_and(|text| text.starts_with(TOOL));
    let marked = scheme || named("exif:Software");
    let Some(said) = object(text) else {
        let recipe = marked.then(|| a1111::parse(text)).flatten()?;
        return Some(ForeignRecipe { tool: TOOL.to_owned(), ..recipe });
    };
    if !marked && !words(said.get("version")).starts_with(TOOL) {
        return None;
    }
    // As Python writes a pair: (1152, 896).
    let resolution = words(said.get("resolution"));
    let size = resolution.trim_matches(['(', ')', '[', ']']).split_once(',');
    Some(ForeignRecipe {
        tool: TOOL.to_owned(),
        prompt: words(said.get("prompt")),
        negative: words(said.get("negative_prompt")),
        model: words(said.get("base_model")),
        seed: whole(said.get("seed")),
        steps: short(said.get("steps")),
        cfg: real(said.get("guidance_scale")),
        sampler: words(said.get("sampler")),
        size: size.and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?))),
        extra: extra(&said, KNOWN),
    })
}
