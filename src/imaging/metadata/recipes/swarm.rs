//! `SwarmUI`: JSON with `sui_image_params`, where A1111 has its text, or in a file of its own beside the picture.

use crate::recipe::ForeignRecipe;

use super::{BESIDE, Metadata, Names, object, parameters};

const NAMES: Names = Names {
    tool: "SwarmUI",
    prompt: "prompt",
    negative: "negativeprompt",
    model: "model",
    cfg: "cfgscale",
    sampler: "sampler",
    others: &[],
};

pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    [parameters(metadata), metadata.text(BESIDE)].into_iter().flatten().find_map(|text| {
        let all = object(text)?;
        Some(NAMES.read(all.get("sui_image_params")?.as_object()?))
    })
}
