//! `ComfyUI`: a graph of nodes under `prompt` as it was sent, under `workflow` as the editor saves it, or both as JSON
//! in the fields of other programs. Civitai's own images contain the request beside the graph.

use serde_json::{Map, Value};

use crate::{
    imaging::metadata::{
        recipes::{
            fields::{FieldNames, object, parameter_texts},
            graph::{api, recipe, workflow},
        },
        texts::Metadata,
    },
    recipe::ForeignRecipe,
};

const CIVITAI: FieldNames = FieldNames {
    tool: "Civitai",
    prompt: "prompt",
    negative: "negativePrompt",
    model: "baseModel",
    cfg: "cfgScale",
    sampler: "sampler",
    others: &[],
};

pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    let keyed = ["prompt", "workflow"].into_iter().filter_map(|key| metadata.text(key));
    keyed.chain(parameter_texts(metadata)).find_map(|text| of(&object(text)?))
}

/// Reads a graph in either form, or an object that contains one.
pub(crate) fn of(said: &Map<String, Value>) -> Option<ForeignRecipe> {
    let asked = said.get("extraMetadata").and_then(inner);
    if let Some(asked) = asked.filter(|asked| asked.contains_key("prompt")) {
        return Some(CIVITAI.read(&asked));
    }
    let found = api(said).or_else(|| workflow(said));
    let found = found.or_else(|| api(&inner(said.get("prompt")?)?));
    let found = found.or_else(|| workflow(&inner(said.get("workflow")?)?));
    Some(recipe(&found?))
}

/// An object, or the one that a text contains as JSON.
fn inner(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(inner) => Some(inner.clone()),
        Value::String(text) => object(text),
        _ => None,
    }
}
