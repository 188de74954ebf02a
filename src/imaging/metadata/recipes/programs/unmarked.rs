//! Recipes without a mark of the program: JSON with the usual names, or a text for each value. Sites, smaller programs
//! and companion files write these.

use serde_json::{Map, Value};

use crate::{
    imaging::metadata::{
        recipes::fields::{integer, object, parameter_texts, real, rest, short, size, size_text, text_value},
        texts::Metadata,
    },
    recipe::ForeignRecipe,
};

const PROMPT_KEYS: [&str; 7] =
    ["prompt", "positive_prompt", "positivePrompt", "Prompt", "positive", "text_prompt", "full_prompt"];

const NEGATIVE_PROMPT_KEYS: [&str; 6] =
    ["negative_prompt", "negativePrompt", "negativeprompt", "Negative", "negative", "uc"];

const MODEL_KEYS: [&str; 9] = [
    "model",
    "Model",
    "use_stable_diffusion_model",
    "base_model",
    "base_model_name",
    "model_name",
    "sd_model_name",
    "baseModel",
    "checkpoint",
];

const SEED_KEYS: [&str; 4] = ["seed", "Seed", "noise_seed", "final_seed"];

const STEPS_KEYS: [&str; 4] = ["steps", "Steps", "num_inference_steps", "sampling_steps"];

const CFG_KEYS: [&str; 7] = ["cfg_scale", "cfgScale", "guidance_scale", "cfg", "guidance", "scale", "CFG scale"];

const SAMPLER_KEYS: [&str; 4] = ["sampler", "Sampler", "sampler_name", "scheduler"];

const TOOL_KEYS: [&str; 6] = ["software", "Software", "generator", "engine", "app", "tool"];

/// Objects that may contain the values, in files with other contents.
const CONTAINER_KEYS: [&str; 5] = ["meta", "metadata", "parameters", "params", "image"];

pub(crate) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    parameter_texts(metadata).find_map(|text| of(&object(text)?)).or_else(|| texts(metadata))
}

/// Reads an object that has a prompt and at least one value that occurs only in recipes.
pub(crate) fn of(said: &Map<String, Value>) -> Option<ForeignRecipe> {
    let inner = CONTAINER_KEYS.into_iter().filter_map(|key| said.get(key)?.as_object());
    std::iter::once(said).chain(inner).find_map(values)
}

fn values(said: &Map<String, Value>) -> Option<ForeignRecipe> {
    let get = |names: &[&str]| names.iter().find_map(|name| said.get(*name)).filter(|value| !value.is_null());
    let all = [
        &PROMPT_KEYS[..],
        &NEGATIVE_PROMPT_KEYS,
        &MODEL_KEYS,
        &SEED_KEYS,
        &STEPS_KEYS,
        &CFG_KEYS,
        &SAMPLER_KEYS,
        &TOOL_KEYS,
        &["width", "height", "size"],
    ];
    let tool = text_value(get(&TOOL_KEYS));
    let recipe = ForeignRecipe {
        tool: if tool.is_empty() { "JSON".to_owned() } else { tool },
        prompt: text_value(get(&PROMPT_KEYS)),
        negative: text_value(get(&NEGATIVE_PROMPT_KEYS)),
        model: text_value(get(&MODEL_KEYS)),
        seed: integer(get(&SEED_KEYS)),
        steps: short(get(&STEPS_KEYS)),
        cfg: real(get(&CFG_KEYS)),
        sampler: text_value(get(&SAMPLER_KEYS)),
        size: size(get(&["width"]), get(&["height"]))
            .or_else(|| size_text(&text_value(get(&["size", "Size", "resolution"])))),
        extra: rest(said.iter().filter(|(key, _)| all.iter().all(|names| !names.contains(&key.as_str())))),
        ..ForeignRecipe::default()
    };
    let values = recipe.seed.is_some() || recipe.steps.is_some() || recipe.cfg.is_some();
    (!recipe.prompt.trim().is_empty() && (values || !recipe.model.is_empty())).then_some(recipe)
}

/// Reads a text chunk for each value, as Easy Diffusion and many scripts write them, with or without a prefix.
fn texts(metadata: &Metadata) -> Option<ForeignRecipe> {
    let prefixed = |key: &str| metadata.texts.iter().any(|(known, _)| known == key);
    let prefix = ["", "SD:", "mold:", "dream_"].into_iter().find(|prefix| prefixed(&format!("{prefix}prompt")))?;
    let said: Map<String, Value> = metadata
        .texts
        .iter()
        .filter_map(|(key, text)| Some((key.strip_prefix(prefix)?.to_owned(), Value::String(text.clone()))))
        .filter(|(key, text)| !key.contains(':') && !text_value(Some(text)).starts_with('{'))
        .collect();
    let mut recipe = values(&said)?;
    if recipe.tool == "JSON" {
        "PNG".clone_into(&mut recipe.tool);
    }
    Some(recipe)
}
