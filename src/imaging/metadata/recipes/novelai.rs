//! `NovelAI`: `Software` says so, `Comment` is JSON, `Source` is the model.

use crate::recipe::ForeignRecipe;

use super::{Metadata, extra, object, real, short, size, whole, words};

const KNOWN: &[&str] = &["prompt", "uc", "seed", "steps", "scale", "sampler", "width", "height"];

pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    metadata.text("Software").filter(|software| *software == "NovelAI")?;
    let said = metadata.text("Comment").and_then(object).unwrap_or_default();
    let prompt = words(said.get("prompt"));
    let described = || metadata.text("Description").unwrap_or_default().to_owned();
    Some(ForeignRecipe {
        tool: "NovelAI".to_owned(),
        prompt: if prompt.is_empty() { described() } else { prompt },
        negative: words(said.get("uc")),
        model: metadata.text("Source").unwrap_or_default().to_owned(),
        seed: whole(said.get("seed")),
        steps: short(said.get("steps")),
        cfg: real(said.get("scale")),
        sampler: words(said.get("sampler")),
        size: size(said.get("width"), said.get("height")),
        extra: extra(&said, KNOWN),
    })
}
