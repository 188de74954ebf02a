//! InvokeAI: JSON under `invokeai_metadata`; older versions under `sd-metadata`, and as a command under `Dream`.

use serde_json::Value;

use crate::recipe::ForeignRecipe;

use super::{Metadata, Names, object, real, short, size, whole, words};

const TOOL: &str = "InvokeAI";

const NAMES: Names = Names {
    tool: TOOL,
    prompt: "positive_prompt",
    negative: "negative_prompt",
    model: "model",
    cfg: "cfg_scale",
    sampler: "scheduler",
    others: &[],
};

pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    newer(metadata).or_else(|| older(metadata)).or_else(|| dream(metadata.text("Dream")?))
}

fn newer(metadata: &Metadata) -> Option<ForeignRecipe> {
    let said = object(metadata.text("invokeai_metadata")?)?;
    let model = said.get("model");
    let name = |key| model.and_then(|model| model.get(key)).map(|name| words(Some(name)));
    // Models behind an interface are named by their provider.
    let remote = words(said.get("external_model_id"));
    let seed = said.get("seed").or_else(|| said.get("external_seed"));
    Some(ForeignRecipe {
        model: if remote.is_empty() { name("name").or_else(|| name("model_name")).unwrap_or_default() } else { remote },
        seed: whole(seed),
        ..NAMES.read(&said)
    })
}

fn older(metadata: &Metadata) -> Option<ForeignRecipe> {
    let said = object(metadata.text("sd-metadata")?)?;
    let image = said.get("image")?.as_object()?;
    let prompt = match image.get("prompt") {
        Some(Value::Array(prompts)) => {
            prompts.iter().map(|prompt| words(prompt.get("prompt"))).collect::<Vec<_>>().join("\n")
        }
        prompt => words(prompt),
    };
    Some(ForeignRecipe {
        tool: TOOL.to_owned(),
        prompt,
        model: words(said.get("model_weights")),
        seed: whole(image.get("seed")),
        steps: short(image.get("steps")),
        cfg: real(image.get("cfg_scale")),
        sampler: words(image.get("sampler")),
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
