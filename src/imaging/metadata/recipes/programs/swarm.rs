//! `SwarmUI`: JSON with `sui_image_params`, under A1111's key, or in a file beside the image.

use serde_json::{Map, Value};

use crate::{
    imaging::metadata::{
        recipes::fields::{FieldNames, object, parameter_texts},
        texts::Metadata,
    },
    recipe::ForeignRecipe,
};

const NAMES: FieldNames = FieldNames {
    tool: "SwarmUI",
    prompt: "prompt",
    negative: "negativeprompt",
    model: "model",
    cfg: "cfgscale",
    sampler: "sampler",
    others: &[],
};

pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    parameter_texts(metadata).find_map(|text| of(&object(text)?))
}

pub(crate) fn of(said: &Map<String, Value>) -> Option<ForeignRecipe> {
    Some(NAMES.read(said.get("sui_image_params")?.as_object()?))
}
