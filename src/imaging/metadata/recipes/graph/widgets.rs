//! Names of the values that a node of the editor form has in an unnamed list.

use serde_json::{Map, Value};

/// Values after a seed in the lists, which control the seed and belong to no input.
const AFTER_SEED: [&str; 4] = ["fixed", "increment", "decrement", "randomize"];

/// The names of the values of node classes in order, without those after seeds. An underscore is ignored.
const WIDGET_ORDERS: [(&[&str], &[&str]); 29] = [
    (&["KSampler"], &["seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"]),
    (&["KSampler (Efficient)"], &["seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"]),
    (&["KSamplerAdvanced"], &["add_noise", "noise_seed", "steps", "cfg", "sampler_name", "scheduler"]),
    (&["SamplerCustom"], &["add_noise", "noise_seed", "cfg"]),
    (
        &["FaceDetailer"],
        &["guide_size", "_", "max_size", "seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"],
    ),
    (&["UltimateSDUpscale"], &["upscale_by", "seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"]),
    (&["CLIPTextEncode", "smZ CLIPTextEncode", "BNK_CLIPTextEncodeAdvanced", "ImpactWildcardEncode"], &["text"]),
    (&["CLIPTextEncodeSDXL"], &["_", "_", "_", "_", "_", "_", "text_g", "text_l"]),
    (&["CLIPTextEncodeSDXLRefiner"], &["_", "_", "_", "text"]),
    (&["CLIPTextEncodeFlux"], &["clip_l", "t5xxl", "guidance"]),
    (&["CLIPTextEncodeSD3"], &["clip_l", "clip_g", "t5xxl"]),
    (&["TextEncodeQwenImageEdit", "TextEncodeQwenImageEditPlus"], &["prompt"]),
    (&["CheckpointLoaderSimple", "CheckpointLoader|pysssss", "Checkpoint Loader (Simple)"], &["ckpt_name"]),
    (&["CheckpointLoader"], &["_", "ckpt_name"]),
    (&["UNETLoader", "UnetLoaderGGUF", "UnetLoaderGGUFAdvanced"], &["unet_name"]),
    (&["LoraLoader", "LoraLoaderModelOnly"], &["lora_name", "strength_model"]),
    (
        &["EmptyLatentImage", "EmptySD3LatentImage", "EmptyFlux2LatentImage", "EmptyHunyuanImageLatent"],
        &["width", "height", "batch_size"],
    ),
    (&["FluxGuidance"], &["guidance"]),
    (&["RandomNoise"], &["noise_seed"]),
    (&["KSamplerSelect"], &["sampler_name"]),
    (&["BasicScheduler"], &["scheduler", "steps", "denoise"]),
    (&["Flux2Scheduler", "AlignYourStepsScheduler"], &["steps", "_", "_"]),
    (&["CFGGuider"], &["cfg"]),
    (&["PrimitiveNode", "PrimitiveInt", "PrimitiveFloat", "PrimitiveString", "PrimitiveStringMultiline"], &["value"]),
    (&["String Literal", "Text Multiline", "ShowText|pysssss", "Text box", "CR Text"], &["text"]),
    (&["StringConcatenate"], &["string_a", "string_b", "delimiter"]),
    (
        &["Efficient Loader"],
        &[
            "ckpt_name",
            "_",
            "_",
            "lora_name",
            "_",
            "_",
            "positive",
            "negative",
            "_",
            "_",
            "empty_latent_width",
            "empty_latent_height",
        ],
    ),
    (&["ImpactWildcardProcessor"], &["wildcard_text", "populated_text"]),
    (&["SetNode", "GetNode"], &["name"]),
];

/// The values of a node with their names, as far as these are known.
pub(super) fn named(class: &str, inputs: &[Value], values: Option<&Value>) -> Vec<(String, Value)> {
    match values {
        Some(Value::Object(values)) => object(values),
        Some(Value::Array(values)) => list(class, inputs, values),
        _ => Vec::new(),
    }
}

fn object(values: &Map<String, Value>) -> Vec<(String, Value)> {
    values.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn list(class: &str, inputs: &[Value], values: &[Value]) -> Vec<(String, Value)> {
    let known = WIDGET_ORDERS.iter().find(|(classes, _)| classes.contains(&class)).map(|(_, names)| *names);
    if let Some(names) = known {
        return zipped(names.iter().copied(), values).0;
    }
    // Newer versions list every value among the inputs. If the counts do not match, some are missing.
    let listed = inputs.iter().filter_map(|input| input.get("widget")?.get("name")?.as_str());
    let (named, all) = zipped(listed, values);
    if all && !named.is_empty() {
        return named;
    }
    // A node that encodes or contains a text has it as its only text.
    let kind = class.to_ascii_lowercase();
    let mut texts = values.iter().filter(|value| value.is_string());
    match (texts.next(), texts.next()) {
        (Some(text), None) if ["textencode", "string", "text", "prompt"].iter().any(|word| kind.contains(word)) => {
            vec![("text".to_owned(), text.clone())]
        }
        _ => Vec::new(),
    }
}

/// Names and values in order, and whether there are as many of both.
fn zipped<'a>(mut names: impl Iterator<Item = &'a str>, values: &[Value]) -> (Vec<(String, Value)>, bool) {
    let mut named: Vec<(String, Value)> = Vec::new();
    for value in values {
        let after = named.last().is_some_and(|(_, last)| last.is_number());
        if after && value.as_str().is_some_and(|value| AFTER_SEED.contains(&value)) {
            continue;
        }
        match names.next() {
            Some(name) => named.push((name.to_owned(), value.clone())),
            None => return (named, false),
        }
    }
    let all = names.next().is_none();
    (named, all)
}
