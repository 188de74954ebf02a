//! InvokeAI: JSON under `invokeai_metadata`; older versions under `sd-metadata`, and as a command under `Dream`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    imaging::metadata::{
        recipes::fields::{FieldNames, integer, object, real, short, size, text_value},
        texts::Metadata,
    },
    recipe::ForeignRecipe,
};

const TOOL: &str = "InvokeAI";

const NAMES: FieldNames = FieldNames {
    tool: TOOL,
    prompt: "positive_prompt",
    negative: "negative_prompt",
    model: "model",
    cfg: "cfg_scale",
    sampler: "scheduler",
    others: &[],
};

pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    newer(metadata).or_else(|| graph(metadata)).or_else(|| older(metadata)).or_else(|| dream(metadata.text("Dream")?))
}

fn newer(metadata: &Metadata) -> Option<ForeignRecipe> {
    Some(core(&object(metadata.text("invokeai_metadata")?)?))
}

/// The values of all versions since the third; old versions put them below a key of their own.
fn core(said: &Map<String, Value>) -> ForeignRecipe {
    let said = said.get("core_metadata").and_then(Value::as_object).unwrap_or(said);
    let model = said.get("model");
    let name = |key| model.and_then(|model| model.get(key)).map(|name| text_value(Some(name)));
    // Models behind an API are named by their provider.
    let remote = text_value(said.get("external_model_id"));
    let plain = text_value(model);
    let read = NAMES.read(said);
    ForeignRecipe {
        model: [remote, name("name").or_else(|| name("model_name")).unwrap_or_default(), plain]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or_default(),
        seed: read.seed.or_else(|| integer(said.get("external_seed"))),
        // FLUX has its guidance under another name.
        cfg: read.cfg.or_else(|| real(said.get("guidance"))),
        ..read
    }
}

/// Reads the graph that made the image if there is no metadata beside it: the node that collects the metadata, and the
/// texts that are linked to it.
fn graph(metadata: &Metadata) -> Option<ForeignRecipe> {
    let graph = object(metadata.text("invokeai_graph")?)?;
    let nodes = graph.get("nodes")?.as_object()?;
    let (id, node) = nodes.iter().find(|(_, node)| text_value(node.get("type")) == "core_metadata")?;
    let mut said = node.as_object()?.clone();
    for edge in graph.get("edges").and_then(Value::as_array).into_iter().flatten() {
        let end = |end: &str, key: &str| edge.get(end).map(|end| text_value(end.get(key))).unwrap_or_default();
        if end("destination", "node_id") == *id
            && let Some(value) = nodes.get(&end("source", "node_id")).and_then(|node| node.get("value"))
        {
            said.insert(end("destination", "field"), value.clone());
        }
    }
    Some(ForeignRecipe { extra: BTreeMap::new(), ..core(&said) })
}

fn older(metadata: &Metadata) -> Option<ForeignRecipe> {
    let said = object(metadata.text("sd-metadata")?)?;
    let image = said.get("image")?.as_object()?;
    let prompt = match image.get("prompt") {
        Some(Value::Array(prompts)) => {
            prompts.iter().map(|prompt| text_value(prompt.get("prompt"))).collect::<Vec<_>>().join("\n")
        }
        prompt => text_value(prompt),
    };
    Some(ForeignRecipe {
        tool: TOOL.to_owned(),
        prompt,
        model: text_value(said.get("model_weights")),
        seed: integer(image.get("seed")),
        steps: short(image.get("steps")),
        cfg: real(image.get("cfg_scale")),
        sampler: text_value(image.get("sampler")),
        size: size(image.get("width"), image.get("height")),
        ..ForeignRecipe::default()
    })
}

/// `"a prompt" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms`, with or without spaces.
fn dream(command: &str) -> Option<ForeignRecipe> {
    let (prompt, options) = command.trim().strip_prefix('"')?.rsplit_once('"')?;
    let mut recipe =
        ForeignRecipe { tool: TOOL.to_owned(), prompt: prompt.trim().to_owned(), ..ForeignRecipe::default() };
    let (mut width, mut height) = (None, None);
    for option in format!(" {options}").split(" -").skip(1) {
        let Some((name, value)) = option.chars().next().map(|name| (name, option[name.len_utf8()..].trim())) else {
            continue;
        };
        match name {
            's' => recipe.steps = value.parse().ok(),
            'S' => recipe.seed = value.parse().ok(),
            'W' => width = value.parse().ok(),
            'H' => height = value.parse().ok(),
            'C' => recipe.cfg = value.parse().ok().filter(|value: &f64| value.is_finite()),
            'A' => value.clone_into(&mut recipe.sampler),
            _ => {}
        }
    }
    recipe.size = width.zip(height);
    Some(recipe)
}
