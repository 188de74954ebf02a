//! `ComfyUI`: a graph of nodes under `prompt`; in WebP as `prompt:{…}` in EXIF.

use serde_json::{Map, Value};

use crate::recipe::ForeignRecipe;

use super::{Metadata, object, real, short, size, whole, words};

/// How many links are followed from a sampler to a text or a model. Graphs may go in circles.
const FAR: usize = 24;

type Graph = Map<String, Value>;

pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    let in_exif = || ["exif:Model", "exif:Make"].iter().find_map(|key| metadata.text(key)?.strip_prefix("prompt:"));
    let graph = object(metadata.text("prompt").or_else(in_exif)?)?;
    let class = |node: &Value| words(node.get("class_type"));
    if !graph.values().any(|node| !class(node).is_empty()) {
        return None;
    }
    // The sampler with a prompt; its steps may stand in a node of their own.
    let sampler = graph.values().find(|node| {
        let class = class(node);
        (class.contains("KSampler") || class.contains("SamplerCustom") || class.contains("Guider"))
            && (input(node, "positive").is_some() || input(node, "conditioning").is_some())
    });
    let text = |name| sampler.map(|node| follow(&graph, node, name, &["text", "text_g", "prompt"])).unwrap_or_default();
    let any = |name: &str| graph.values().find_map(|node| input(node, name).filter(|value| !value.is_array()));
    let of =
        |name: &str| sampler.and_then(|node| input(node, name)).filter(|value| !value.is_array()).or_else(|| any(name));
    let loaders = &["ckpt_name", "unet_name", "model_name"];
    let model = sampler.map(|node| follow(&graph, node, "model", loaders)).unwrap_or_default();
    let prompt = text("positive");
    let prompt = if prompt.is_empty() { text("conditioning") } else { prompt };
    Some(ForeignRecipe {
        tool: "ComfyUI".to_owned(),
        prompt: if prompt.is_empty() { words(any("text").or_else(|| any("prompt"))) } else { prompt },
        negative: text("negative"),
        model: if model.is_empty() { words(loaders.iter().find_map(|name| any(name))) } else { model },
        seed: whole(of("seed").or_else(|| of("noise_seed"))),
        steps: short(of("steps")),
        cfg: real(of("cfg").or_else(|| of("guidance"))),
        sampler: words(of("sampler_name")),
        size: size(any("width"), any("height")),
        ..ForeignRecipe::default()
    })
}

fn input<'a>(node: &'a Value, name: &str) -> Option<&'a Value> {
    node.get("inputs")?.get(name)
}

/// Goes from an input along its links until a node has one of these texts.
fn follow(graph: &Graph, node: &Value, name: &str, wanted: &[&str]) -> String {
    let mut next: Vec<&Value> = input(node, name).into_iter().collect();
    for _ in 0..FAR {
        let Some(link) = next.pop() else { break };
        let Some(node) = link.get(0).map(|id| words(Some(id))).and_then(|id| graph.get(&id)) else { continue };
        if let Some(text) = wanted.iter().find_map(|wanted| input(node, wanted).and_then(Value::as_str)) {
            return text.to_owned();
        }
        let inputs = node.get("inputs").and_then(Value::as_object);
        next.extend(inputs.into_iter().flat_map(Map::values).filter(|value| value.is_array()));
    }
    String::new()
}
