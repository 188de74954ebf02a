//! `SwarmUI`: JSON with `sui_image_params`, where A1111 has its text.

use crate::recipe::ForeignRecipe;

use super::{Metadata, extra, object, parameters, real, short, size, whole, words};

const KNOWN: &[&str] =
    &["prompt", "negativeprompt", "model", "seed", "steps", "cfgscale", "sampler", "width", "height"];

pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    let all = object(parameters(metadata)?)?;
    let said = all.get("sui_image_params")?.as_object()?;
    Some(ForeignRecipe {
        tool: "SwarmUI".to_owned(),
        prompt: words(said.get("prompt")),
        negative: words(said.get("negativeprompt")),
        model: words(said.get("model")),
        seed: whole(said.get("seed")),
        steps: short(said.get("steps")),
        cfg: real(said.get("cfgscale")),
        sampler: words(said.get("sampler")),
        size: size(said.get("width"), said.get("height")),
        extra: extra(said, KNOWN),
    })
}
