//! Reads the recipe of the image that a graph saves, from the inputs of the sampler that produces it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    nodes::{Graph, GraphNode, Input},
    walk::{PromptRole, Walk},
};
use crate::{
    imaging::metadata::recipes::fields::{integer, real, short, size, text_value},
    recipe::{ForeignField, ForeignRecipe},
};

/// The number of candidate samplers that are compared at most.
const MAX_COMPARED_SAMPLERS: usize = 8;

/// The number of consecutive passes over the same image that are followed at most.
const MAX_SAMPLING_PASSES: usize = 8;

/// Inputs of a sampler besides its conditionings.
const SAMPLER_INPUTS: [&str; 10] =
    ["seed", "noise_seed", "steps", "cfg", "sampler_name", "latent_image", "sigmas", "sampler", "noise", "denoise"];

/// Inputs of a node that sends a prompt to a service, besides the prompt.
const SERVICE_INPUTS: [&str; 8] =
    ["seed", "model", "model_name", "aspect_ratio", "resolution", "size", "quality", "width"];

/// Inputs for images and latents.
const IMAGE_INPUTS: [&str; 8] =
    ["latent_image", "latent", "samples", "image", "images", "pixels", "upscaled_image", "latents"];

/// Inputs with the name of a model, in nodes that load one.
const MODEL_NAME_INPUTS: [&str; 5] = ["ckpt_name", "unet_name", "base_ckpt_name", "model_name", "gguf_name"];

/// Inputs for a model, or for a bundle that contains one.
const MODEL_INPUTS: [&str; 7] = ["model", "base_model", "model1", "pipe", "basic_pipe", "base_ctx", "context"];

/// The recipe of a graph.
pub(crate) fn recipe(graph: &Graph) -> ForeignRecipe {
    let mut walk = Walk::new(graph);
    let mut makers = image_makers(&walk);
    makers.truncate(MAX_COMPARED_SAMPLERS);
    let mut read = makers.into_iter().map(|maker| recipe_at(&mut walk, maker)).collect::<Vec<_>>().into_iter();
    let mut recipe = read.next().unwrap_or_default();
    // If several samplers may have made the image, values that they do not share may be wrong.
    for other in read {
        let differs = [
            (ForeignField::Prompt, recipe.prompt != other.prompt),
            (ForeignField::Negative, recipe.negative != other.negative),
            (ForeignField::Model, recipe.model != other.model),
            (ForeignField::Seed, recipe.seed != other.seed),
            (ForeignField::Steps, recipe.steps != other.steps),
            (ForeignField::Cfg, recipe.cfg != other.cfg),
            (ForeignField::Sampler, recipe.sampler != other.sampler),
            (ForeignField::Size, recipe.size != other.size),
        ];
        recipe.guessed.extend(differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field));
    }
    guess_missing(&mut walk, &mut recipe);
    "ComfyUI".clone_into(&mut recipe.tool);
    recipe
}

/// The nodes that may have made the image, the most likely first.
fn image_makers<'a>(walk: &Walk<'a>) -> Vec<&'a GraphNode> {
    let mut nodes: Vec<&GraphNode> = walk.graph.nodes.values().filter(|node| node.passes.is_none()).collect();
    nodes.sort_by_key(|node| (node.id.parse::<u64>().unwrap_or(u64::MAX), &node.id));
    for word in ["save", "preview", "vaedecode"] {
        let savers = nodes.iter().filter(|node| {
            let kind = node.kind();
            kind.contains(word) && !kind.contains("latent") && node.links().any(|name| IMAGE_INPUTS.contains(&name))
        });
        let mut found: Vec<&GraphNode> = Vec::new();
        for saver in savers.take(MAX_COMPARED_SAMPLERS) {
            walk.behind(vec![saver], |node| {
                let makes = makes_image(node);
                if makes {
                    found.push(node);
                }
                !makes
            });
        }
        if !found.is_empty() {
            return distinct(
                found.into_iter().take(MAX_COMPARED_SAMPLERS).map(|node| first_pass(walk, node)).collect(),
            );
        }
    }
    nodes.retain(|node| makes_image(node));
    nodes.truncate(MAX_COMPARED_SAMPLERS);
    distinct(nodes.into_iter().map(|node| first_pass(walk, node)).collect())
}

fn distinct(mut nodes: Vec<&GraphNode>) -> Vec<&GraphNode> {
    let mut seen = BTreeSet::new();
    nodes.retain(|node| seen.insert(node.id.as_str()));
    nodes
}

/// Whether a node makes an image. Custom samplers have names of their own, and are recognized by their inputs.
fn makes_image(node: &GraphNode) -> bool {
    let kind = node.kind();
    if ["loader", "controlnet", "guider", "context", "encode", "scheduler", "topipe"]
        .iter()
        .any(|word| kind.contains(word))
    {
        return false;
    }
    let setting = || SAMPLER_INPUTS.iter().any(|name| node.has(name));
    let conditions = ["positive", "conditioning", "cond", "pipe", "basic_pipe", "detailer_pipe"];
    let samples = node.is_linked("guider") || (conditions.iter().any(|name| node.has(name)) && setting());
    let sends = node.has("prompt") && !node.has("clip") && SERVICE_INPUTS.iter().any(|name| node.has(name));
    samples || sends
}

/// The pass that made the image from noise, before the passes that only enlarge or refine it.
fn first_pass<'a>(walk: &Walk<'a>, mut node: &'a GraphNode) -> &'a GraphNode {
    for _ in 0..MAX_SAMPLING_PASSES {
        if !refines(walk, node) {
            break;
        }
        match walk.nearest(node, &IMAGE_INPUTS, makes_image) {
            Some(before) => node = before,
            None => break,
        }
    }
    node
}

fn refines<'a>(walk: &Walk<'a>, node: &'a GraphNode) -> bool {
    let kind = node.kind();
    if ["detailer", "upscale", "refiner"].iter().any(|word| kind.contains(word)) {
        return true;
    }
    let no_noise = match walk.value(node, "add_noise") {
        Some(Value::String(text)) => text == "disable",
        Some(Value::Bool(noise)) => !noise,
        _ => false,
    };
    let silent = walk.graph.node(node, "noise").is_some_and(|noise| noise.class == "DisableNoise");
    let sigmas = walk.nearest(node, &["sigmas"], |node| node.has("denoise"));
    let denoise = walk.value(node, "denoise").or_else(|| walk.value(sigmas?, "denoise"));
    no_noise || silent || real(denoise).is_some_and(|denoise| denoise < 1.0)
}

/// The recipe at the inputs of the node that made the image.
fn recipe_at<'a>(walk: &mut Walk<'a>, node: &'a GraphNode) -> ForeignRecipe {
    let guider = walk.graph.node(node, "guider").unwrap_or(node);
    let bundle = ["pipe", "basic_pipe", "detailer_pipe"];
    let mut recipe = ForeignRecipe::default();
    let mut text = |names: &[&str], role| {
        let names: Vec<&str> = names.iter().copied().filter(|name| guider.has(name)).collect();
        let names = if names.is_empty() { &bundle[..] } else { &names };
        walk.text(guider, names, role)
    };
    let (prompt, sure) = text(&["positive", "conditioning", "cond", "cond1", "cond2", "prompt"], PromptRole::Positive);
    if !sure && !prompt.is_empty() {
        recipe.guessed.insert(ForeignField::Prompt);
    }
    let (negative, sure) = text(&["negative", "negative_prompt"], PromptRole::Negative);
    // Models without a negative prompt get the positive one twice.
    if negative != prompt {
        if !sure && !negative.is_empty() {
            recipe.guessed.insert(ForeignField::Negative);
        }
        recipe.negative = negative;
    }
    recipe.prompt = prompt;
    let noise = walk.graph.node(node, "noise");
    recipe.seed =
        integer(walk.first(node, &["seed", "noise_seed"]).or_else(|| walk.first(noise?, &["noise_seed", "seed"])));
    let schedule = walk.nearest(node, &["sigmas", "scheduler"], |node| node.has("steps"));
    recipe.steps = short(walk.value(node, "steps").or_else(|| walk.value(schedule?, "steps")));
    let ways = ["positive", "conditioning", "cond", "cond1"];
    let guidance = walk.nearest(guider, &ways, |node| node.has("guidance"));
    let guidance = real(guidance.and_then(|node| walk.value(node, "guidance")));
    let cfg = real(walk.first(guider, &["cfg", "cfg_conds", "guidance_scale", "guidance"]));
    recipe.cfg = cfg.or_else(|| real(walk.value(node, "cfg"))).or(guidance);
    if let Some(guidance) = guidance.filter(|_| cfg.is_some()) {
        recipe.extra.insert("Guidance".to_owned(), guidance.to_string());
    }
    recipe.sampler = sampler(walk, node);
    recipe.model = model(walk, guider, &mut recipe.extra);
    if recipe.model.is_empty() && guider.id != node.id {
        recipe.model = model(walk, node, &mut recipe.extra);
    }
    recipe.size = asked_size(walk, node);
    let scheduler = walk.value(node, "scheduler").or_else(|| walk.value(schedule?, "scheduler"));
    if let Some(scheduler) = scheduler.and_then(Value::as_str) {
        recipe.extra.insert("Scheduler".to_owned(), scheduler.to_owned());
    }
    recipe
}

fn sampler<'a>(walk: &Walk<'a>, node: &'a GraphNode) -> String {
    let name = text_value(walk.first(node, &["sampler_name"]));
    if !name.is_empty() {
        return name;
    }
    match walk.graph.node(node, "sampler") {
        // Samplers with options of their own are nodes whose class is their name.
        Some(chosen) if !chosen.has("sampler_name") => {
            chosen.class.strip_prefix("Sampler").unwrap_or(&chosen.class).to_owned()
        }
        Some(chosen) => text_value(walk.value(chosen, "sampler_name")),
        None => text_value(walk.value(node, "sampler")),
    }
}

/// The model at the end of the chain of nodes that change it. Files that change it are kept as additional values.
fn model<'a>(walk: &Walk<'a>, node: &'a GraphNode, extra: &mut BTreeMap<String, String>) -> String {
    let named = text_value(walk.first(node, &["model", "model_name"]));
    if !named.is_empty() {
        return named;
    }
    let first = MODEL_INPUTS.iter().filter_map(|name| walk.graph.node(node, name)).collect();
    let (mut loader, mut loras) = (None, Vec::new());
    walk.behind(first, |node| {
        loras.extend(node.has("lora_name").then_some(node));
        if loader.is_none() && MODEL_NAME_INPUTS.iter().any(|name| node.has(name)) {
            loader = Some(node);
        }
        loader.is_none()
    });
    let loras: Vec<String> = loras
        .into_iter()
        .take(MAX_COMPARED_SAMPLERS)
        .map(|lora| {
            (text_value(walk.value(lora, "lora_name")), real(walk.first(lora, &["strength_model", "strength"])))
        })
        .filter(|(name, strength)| !name.is_empty() && name != "None" && *strength != Some(0.0))
        .map(|(name, strength)| strength.map_or_else(|| name.clone(), |strength| format!("{name} ({strength})")))
        .collect();
    if !loras.is_empty() {
        extra.insert("LoRA".to_owned(), loras.join(", "));
    }
    loader.map(|loader| text_value(walk.first(loader, &MODEL_NAME_INPUTS))).unwrap_or_default()
}

/// Width and height of the empty latent that the node starts with.
fn asked_size<'a>(walk: &Walk<'a>, node: &'a GraphNode) -> Option<(u32, u32)> {
    let sides = [("width", "height"), ("empty_latent_width", "empty_latent_height")];
    let own = |node: &'a GraphNode| {
        sides.iter().find_map(|(width, height)| size(walk.value(node, width), walk.value(node, height)))
    };
    if let Some(size) = own(node) {
        return Some(size);
    }
    let sized = |node: &GraphNode| sides.iter().any(|(width, _)| node.has(width)) || node.kind().contains("vaeencode");
    let begins = walk.nearest(node, &["latent_image", "latent", "samples", "pipe", "basic_pipe"], sized)?;
    own(begins)
}

/// Fills in values that are at no sampler, but occur only once in the whole graph.
fn guess_missing(walk: &mut Walk<'_>, recipe: &mut ForeignRecipe) {
    let graph = walk.graph;
    if recipe.seed.is_none() {
        recipe.seed = integer(only(graph, &["seed", "noise_seed"]));
        guess(recipe, ForeignField::Seed, recipe.seed.is_some());
    }
    if recipe.steps.is_none() {
        recipe.steps = short(only(graph, &["steps"]));
        guess(recipe, ForeignField::Steps, recipe.steps.is_some());
    }
    if recipe.cfg.is_none() {
        recipe.cfg = real(only(graph, &["cfg"]));
        guess(recipe, ForeignField::Cfg, recipe.cfg.is_some());
    }
    if recipe.sampler.is_empty() {
        recipe.sampler = text_value(only(graph, &["sampler_name"]));
        guess(recipe, ForeignField::Sampler, !recipe.sampler.is_empty());
    }
    if recipe.model.is_empty() {
        recipe.model = text_value(only(graph, &MODEL_NAME_INPUTS[..3]));
        guess(recipe, ForeignField::Model, !recipe.model.is_empty());
    }
    if recipe.prompt.is_empty() && recipe.negative.is_empty() {
        guess_texts(walk, recipe);
    }
}

fn guess(recipe: &mut ForeignRecipe, field: ForeignField, found: bool) {
    if found {
        recipe.guessed.insert(field);
    }
}

/// The only value with one of these names in the graph.
fn only<'a>(graph: &'a Graph, names: &[&str]) -> Option<&'a Value> {
    let values = graph.nodes.values().flat_map(|node| {
        names.iter().filter_map(|name| match node.inputs.get(*name) {
            Some(Input::Value(value)) => Some(value),
            Some(Input::Link(..)) => None,
            None => node.values.get(*name),
        })
    });
    let mut values = values.filter(|value| value.is_number() || value.is_string());
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// Fills in the only encoded text, and the only one that is called negative.
fn guess_texts(walk: &mut Walk<'_>, recipe: &mut ForeignRecipe) {
    let (mut prompts, mut negatives) = (BTreeSet::new(), BTreeSet::new());
    for node in walk.graph.nodes.values().filter(|node| node.kind().contains("textencode")).take(MAX_COMPARED_SAMPLERS)
    {
        let role =
            if node.title.to_lowercase().contains("negative") { PromptRole::Negative } else { PromptRole::Positive };
        let (text, _) = walk.text(node, &["text", "prompt", "text_g", "t5xxl"], role);
        if !text.is_empty() {
            if role == PromptRole::Negative { &mut negatives } else { &mut prompts }.insert(text);
        }
    }
    let one = |texts: BTreeSet<String>| Some(texts).filter(|texts| texts.len() == 1)?.pop_first();
    if let Some(prompt) = one(prompts) {
        recipe.prompt = prompt;
        recipe.guessed.insert(ForeignField::Prompt);
        if let Some(negative) = one(negatives) {
            recipe.negative = negative;
            recipe.guessed.insert(ForeignField::Negative);
        }
    }
}
