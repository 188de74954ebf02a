use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::{
    imaging::metadata::recipes::{
        graph,
        tests::{of, seen},
    },
    recipe::{ForeignField, ForeignRecipe},
};

/// Nodes of a graph: class and inputs by ID.
fn nodes(nodes: &[(&str, &str, Value)]) -> Map<String, Value> {
    nodes.iter().map(|(id, class, inputs)| ((*id).to_owned(), json!({"class_type": class, "inputs": inputs}))).collect()
}

/// Nodes that all graphs of these tests contain.
const COMMON: [(&str, &str, &str); 8] = [
    ("save", "SaveImage", r#"{"images": ["decode", 0]}"#),
    ("decode", "VAEDecode", r#"{"samples": ["sampler", 0], "vae": ["load", 2]}"#),
    (
        "sampler",
        "KSampler",
        r#"{"seed": 42, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
            "model": ["load", 0], "positive": ["good", 0], "negative": ["bad", 0], "latent_image": ["empty", 0]}"#,
    ),
    ("load", "CheckpointLoaderSimple", r#"{"ckpt_name": "xl.safetensors"}"#),
    ("empty", "EmptyLatentImage", r#"{"width": 64, "height": 48}"#),
    ("good", "CLIPTextEncode", r#"{"text": "a fox", "clip": ["load", 1]}"#),
    ("bad", "CLIPTextEncode", r#"{"text": "fog", "clip": ["load", 1]}"#),
    ("rain", "CLIPTextEncode", r#"{"text": "neon rain", "clip": ["load", 1]}"#),
];

fn with(changes: &[(&str, &str, Value)]) -> ForeignRecipe {
    let common: Vec<_> =
        COMMON.iter().map(|(id, class, inputs)| (*id, *class, serde_json::from_str(inputs).unwrap())).collect();
    let mut all = nodes(&common);
    all.extend(nodes(changes));
    graph::recipe(&graph::api(&all).expect("a graph"))
}

/// The sampler with changed inputs.
fn sampler(changes: &Value) -> (&'static str, &'static str, Value) {
    let mut inputs: Value = serde_json::from_str(COMMON[2].2).unwrap();
    inputs.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    ("sampler", "KSampler", inputs)
}

#[test]
fn simple_graph_is_read_completely() {
    let recipe = with(&[]);
    assert_eq!(seen(&recipe), ("a fox", "fog", Some(42), Some(20)));
    assert_eq!((recipe.model.as_str(), recipe.sampler.as_str()), ("xl.safetensors", "euler"));
    assert_eq!((recipe.cfg, recipe.size), (Some(6.5), Some((64, 48))));
    assert_eq!(recipe.guessed, BTreeSet::new());
}

#[test]
fn conditioning_nodes_are_followed_to_their_texts() {
    let way = |class: &'static str, inputs: Value| ("way", class, inputs);
    let (good, rain) = (json!(["good", 0]), json!(["rain", 0]));
    let positive = sampler(&json!({"positive": ["way", 0]}));
    for (node, prompt) in [
        (way("ConditioningCombine", json!({"conditioning_1": good, "conditioning_2": rain})), "a fox\nneon rain"),
        (way("ConditioningConcat", json!({"conditioning_to": good, "conditioning_from": rain})), "a fox\nneon rain"),
        (
            way(
                "ConditioningAverage",
                json!({"conditioning_to": good, "conditioning_from": rain, "conditioning_to_strength": 0.5}),
            ),
            "a fox\nneon rain",
        ),
        (way("ConditioningSetArea", json!({"conditioning": good, "width": 8, "height": 8, "x": 0})), "a fox"),
        (way("ConditioningSetMask", json!({"conditioning": good, "mask": ["load", 0], "strength": 1})), "a fox"),
        (way("ConditioningSetTimestepRange", json!({"conditioning": good, "start": 0, "end": 1})), "a fox"),
        (way("FluxGuidance", json!({"conditioning": good, "guidance": 3.5})), "a fox"),
        (way("ReferenceLatent", json!({"conditioning": good, "latent": ["empty", 0]})), "a fox"),
        (way("StyleModelApply", json!({"conditioning": good, "style_model": ["load", 0]})), "a fox"),
        (way("unCLIPConditioning", json!({"conditioning": good, "strength": 1})), "a fox"),
        (
            way("ControlNetApply", json!({"conditioning": good, "control_net": ["load", 0], "image": ["save", 0]})),
            "a fox",
        ),
        (
            way(
                "ControlNetApplyAdvanced",
                json!({"positive": good, "negative": ["bad", 0], "control_net": ["load", 0]}),
            ),
            "a fox",
        ),
        (
            way("InpaintModelConditioning", json!({"positive": good, "negative": ["bad", 0], "pixels": ["load", 0]})),
            "a fox",
        ),
        (way("ConditioningZeroOut", json!({"conditioning": good})), ""),
        (way("Reroute", json!({"": good})), "a fox"),
        (way("Reroute (rgthree)", json!({"INPUT": good})), "a fox"),
        (
            way("CLIPTextEncodeSDXL", json!({"text_g": "a fox", "text_l": "a fox", "width": 8, "clip": ["load", 1]})),
            "a fox",
        ),
        (
            way("CLIPTextEncodeFlux", json!({"clip_l": "a fox", "t5xxl": "a fox", "guidance": 3, "clip": ["load", 1]})),
            "a fox",
        ),
        (way("TextEncodeQwenImageEditPlus", json!({"prompt": "a fox", "clip": ["load", 1]})), "a fox"),
        (way("Context (rgthree)", json!({"positive": good, "negative": ["bad", 0], "seed": 5, "steps": 3})), "a fox"),
    ] {
        let class = node.1;
        let recipe = with(&[positive.clone(), node]);
        assert_eq!((recipe.prompt.as_str(), recipe.negative.as_str()), (prompt, "fog"), "{class}");
        assert_eq!(recipe.guessed, BTreeSet::new(), "{class}");
        // The two prompts are not mixed up.
        let negative = with(&[
            sampler(&json!({"negative": ["zero", 0]})),
            ("zero", "ConditioningZeroOut", json!({"conditioning": good})),
        ]);
        assert_eq!((negative.prompt.as_str(), negative.negative.as_str()), ("a fox", ""));
    }
    let unknown = with(&[positive, way("SomethingNew", json!({"thing": good, "model": ["load", 0]}))]);
    assert_eq!((unknown.prompt.as_str(), unknown.guessed), ("a fox", [ForeignField::Prompt].into()));
}

#[test]
fn text_joining_nodes_are_evaluated() {
    let text = |inputs: Value| ("good", "CLIPTextEncode", json!({"text": inputs, "clip": ["load", 1]}));
    let one = ("one", "PrimitiveStringMultiline", json!({"value": "a fox"}));
    let two = ("two", "String Literal", json!({"string": "neon rain"}));
    for (node, prompt, sure) in [
        (
            ("way", "StringConcatenate", json!({"string_a": ["one", 0], "string_b": ["two", 0], "delimiter": ", "})),
            "a fox, neon rain",
            true,
        ),
        (
            ("way", "Text Concatenate", json!({"text_a": ["one", 0], "text_b": ["two", 0], "delimiter": "\\n"})),
            "a fox\nneon rain",
            true,
        ),
        (
            ("way", "JoinStrings", json!({"string1": ["one", 0], "string2": "in snow", "delimiter": " "})),
            "a fox in snow",
            true,
        ),
        (
            ("way", "ttN concat", json!({"text1": ["one", 0], "text2": "", "text3": ["two", 0], "delimiter": ", "})),
            "a fox, neon rain",
            true,
        ),
        (("way", "Text Multiline", json!({"text": "a fox"})), "a fox", true),
        (("way", "ShowText|pysssss", json!({"text": ["one", 0], "text_0": "old"})), "a fox", true),
        (
            ("way", "ImpactWildcardProcessor", json!({"wildcard_text": "{a|b}", "populated_text": "a fox", "seed": 3})),
            "a fox",
            true,
        ),
        (("way", "DPRandomGenerator", json!({"text": "a {fox|owl}", "seed": 3})), "a {fox|owl}", false),
        (
            ("way", "SDXLPromptStyler", json!({"text_positive": "a fox", "text_negative": "fog", "style": "x"})),
            "a fox",
            false,
        ),
        (("way", "ImpactSwitch", json!({"select": 2, "input1": ["two", 0], "input2": ["one", 0]})), "a fox", true),
        (("way", "Any Switch (rgthree)", json!({"any_01": ["one", 0], "any_02": ["two", 0]})), "a fox", true),
        (
            ("way", "ComfySwitchNode", json!({"switch": true, "on_true": ["one", 0], "on_false": ["two", 0]})),
            "a fox",
            true,
        ),
        (("way", "OllamaGenerate", json!({"url": "x", "num": 3})), "", true),
    ] {
        let class = node.1;
        let recipe = with(&[text(json!(["way", 0])), one.clone(), two.clone(), node]);
        assert_eq!((recipe.prompt.as_str(), recipe.negative.as_str()), (prompt, "fog"), "{class}");
        assert_eq!(recipe.guessed.contains(&ForeignField::Prompt), !sure, "{class}");
    }
    for class in ["PrimitiveInt", "Seed Generator", "Seed (rgthree)", "Int Literal", "easy seed"] {
        let key = ["value", "seed", "seed", "int", "seed"];
        let key = key[["PrimitiveInt", "Seed Generator", "Seed (rgthree)", "Int Literal", "easy seed"]
            .iter()
            .position(|known| *known == class)
            .unwrap()];
        let recipe = with(&[sampler(&json!({"seed": ["s", 0], "steps": "20"})), ("s", class, json!({key: 7.0}))]);
        assert_eq!((recipe.seed, recipe.steps), (Some(7), Some(20)), "{class}");
    }
}

#[test]
fn samplers_and_loaders_of_every_kind_are_followed() {
    let usual = ("a fox", "fog", Some(42), Some(20));
    let custom = |guider: Value| {
        vec![
            (
                "sampler",
                "SamplerCustomAdvanced",
                json!({"noise": ["noise", 0], "guider": ["guider", 0], "sampler": ["select", 0],
                "sigmas": ["sigmas", 0], "latent_image": ["empty", 0]}),
            ),
            ("noise", "RandomNoise", json!({"noise_seed": 42})),
            ("select", "KSamplerSelect", json!({"sampler_name": "euler"})),
            ("sigmas", "SplitSigmas", json!({"step": 3, "sigmas": ["schedule", 0]})),
            (
                "schedule",
                "BasicScheduler",
                json!({"scheduler": "simple", "steps": 20, "denoise": 1, "model": ["load", 0]}),
            ),
            ("guider", "CFGGuider", guider),
        ]
    };
    let recipe =
        with(&custom(json!({"cfg": 6.5, "model": ["load", 0], "positive": ["good", 0], "negative": ["bad", 0]})));
    assert_eq!((seen(&recipe), recipe.cfg, recipe.sampler.as_str()), (usual, Some(6.5), "euler"));
    let mut basic = custom(json!({}));
    basic[5] = ("guider", "BasicGuider", json!({"model": ["lora", 0], "conditioning": ["flux", 0]}));
    basic.push(("flux", "FluxGuidance", json!({"guidance": 3.5, "conditioning": ["good", 0]})));
    basic.push((
        "lora",
        "LoraLoaderModelOnly",
        json!({"lora_name": "ink", "strength_model": 0.8, "model": ["unet", 0]}),
    ));
    basic.push(("unet", "UNETLoader", json!({"unet_name": "flux.safetensors"})));
    let recipe = with(&basic);
    assert_eq!((seen(&recipe), recipe.cfg), (("a fox", "", Some(42), Some(20)), Some(3.5)));
    assert_eq!((recipe.model.as_str(), recipe.extra["LoRA"].as_str()), ("flux.safetensors", "ink (0.8)"));
    for nodes in [
        vec![("sampler", "ClownsharKSampler_Beta", sampler(&json!({})).2)],
        vec![(
            "sampler",
            "KSamplerAdvanced",
            json!({"add_noise": "enable", "noise_seed": 42, "steps": 20, "cfg": 6.5,
            "sampler_name": "euler", "model": ["load", 0], "positive": ["good", 0], "negative": ["bad", 0], "latent_image": ["empty", 0]}),
        )],
        vec![
            (
                "load",
                "Efficient Loader",
                json!({"ckpt_name": "xl.safetensors", "positive": "a fox", "negative": "fog", "empty_latent_width": 64, "empty_latent_height": 48}),
            ),
            (
                "sampler",
                "KSampler (Efficient)",
                json!({"seed": 42, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "model": ["load", 0],
                "positive": ["load", 1], "negative": ["load", 2], "latent_image": ["load", 3]}),
            ),
            ("save", "Image Save", json!({"images": ["sampler", 5]})),
        ],
        vec![
            (
                "load",
                "easy fullLoader",
                json!({"ckpt_name": "xl.safetensors", "positive": "a fox", "negative": "fog", "empty_latent_width": 64, "empty_latent_height": 48}),
            ),
            (
                "sampler",
                "easy fullkSampler",
                json!({"pipe": ["load", 0], "seed": 42, "steps": 20, "cfg": 6.5, "sampler_name": "euler"}),
            ),
        ],
        vec![
            (
                "sampler",
                "ImpactKSamplerBasicPipe",
                json!({"basic_pipe": ["pipe", 0], "seed": 42, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "latent_image": ["empty", 0]}),
            ),
            (
                "pipe",
                "ToBasicPipe",
                json!({"model": ["load", 0], "clip": ["load", 1], "vae": ["load", 2], "positive": ["good", 0], "negative": ["bad", 0]}),
            ),
        ],
    ] {
        let class = nodes.last().unwrap().1;
        let recipe = with(&nodes);
        assert_eq!(
            (seen(&recipe), recipe.model.as_str(), recipe.size),
            (usual, "xl.safetensors", Some((64, 48))),
            "{class}"
        );
        assert_eq!(recipe.guessed, BTreeSet::new(), "{class}");
    }
    let service = with(&[
        ("save", "SaveImage", json!({"images": ["api", 0]})),
        ("api", "GeminiImageNode", json!({"prompt": "an owl", "model": "gemini-3", "seed": 9})),
    ]);
    assert_eq!((service.prompt.as_str(), service.model.as_str(), service.seed), ("an owl", "gemini-3", Some(9)));
}

#[test]
fn sampler_of_the_saved_image_is_used() {
    let other = |positive: &str| sampler(&json!({"seed": 1, "steps": 4, "positive": [positive, 0]})).2;
    // Another sampler comes first, and is only previewed or leads nowhere.
    for decoy in [
        vec![("0", "KSampler", other("rain"))],
        vec![
            ("0", "KSampler", other("rain")),
            ("1", "VAEDecode", json!({"samples": ["0", 0]})),
            ("2", "PreviewImage", json!({"images": ["1", 0]})),
        ],
    ] {
        let recipe = with(&decoy);
        assert_eq!(seen(&recipe), ("a fox", "fog", Some(42), Some(20)));
        assert_eq!(recipe.guessed, BTreeSet::new());
    }
    // A pass that enlarges or refines the image follows the one that made it.
    let again = |changes: Value| ("again", "KSampler", sampler(&changes).2);
    for passes in [
        vec![
            again(json!({"seed": 1, "denoise": 0.5, "latent_image": ["up", 0]})),
            ("up", "LatentUpscale", json!({"samples": ["sampler", 0]})),
        ],
        vec![(
            "again",
            "KSamplerAdvanced",
            json!({"add_noise": "disable", "noise_seed": 0, "steps": 25, "positive": ["rain", 0], "latent_image": ["sampler", 0]}),
        )],
        vec![
            (
                "again",
                "UltimateSDUpscale",
                json!({"image": ["first", 0], "seed": 1, "steps": 5, "positive": ["rain", 0], "upscale_by": 2}),
            ),
            ("first", "VAEDecode", json!({"samples": ["sampler", 0]})),
        ],
        vec![
            (
                "again",
                "FaceDetailer",
                json!({"image": ["first", 0], "seed": 1, "steps": 5, "positive": ["rain", 0], "denoise": 0.5}),
            ),
            ("first", "VAEDecode", json!({"samples": ["sampler", 0]})),
        ],
    ] {
        let mut nodes = passes;
        nodes.push(("decode", "VAEDecode", json!({"samples": ["again", 0]})));
        assert_eq!(seen(&with(&nodes)), ("a fox", "fog", Some(42), Some(20)));
    }
    // Two images of one graph: nothing in it says which of them this is.
    let two = with(&[
        ("0", "KSampler", other("rain")),
        ("1", "VAEDecode", json!({"samples": ["0", 0]})),
        ("z", "SaveImage", json!({"images": ["1", 0]})),
    ]);
    assert_eq!(two.guessed, [ForeignField::Prompt, ForeignField::Seed, ForeignField::Steps].into());
    // Without a sampler, a text is a guess.
    let texts = nodes(&[("1", "CLIPTextEncode", json!({"text": "a fox"}))]);
    let recipe = graph::recipe(&graph::api(&texts).unwrap());
    assert_eq!((recipe.prompt.as_str(), recipe.guessed), ("a fox", [ForeignField::Prompt].into()));
}

/// The editor form of a plain graph.
fn window() -> Value {
    json!({"version": 0.4, "nodes": [
        {"id": 3, "type": "KSampler", "inputs": [{"name": "model", "link": 1}, {"name": "positive", "link": 4}, {"name": "negative", "link": 6},
            {"name": "latent_image", "link": 7}], "widgets_values": [42, "randomize", 20, 6.5, "euler", "normal", 1]},
        {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["xl.safetensors"]},
        {"id": 5, "type": "EmptyLatentImage", "widgets_values": [64, 48, 1]},
        {"id": 6, "type": "CLIPTextEncode", "inputs": [{"name": "clip", "link": 99}], "widgets_values": ["a fox"]},
        {"id": 7, "type": "CLIPTextEncode", "widgets_values": ["fog"]},
        {"id": 8, "type": "VAEDecode", "inputs": [{"name": "samples", "link": 8}]},
        {"id": 9, "type": "SaveImage", "inputs": [{"name": "images", "link": 9}], "widgets_values": ["x"]}],
        "links": [[1, 4, 0, 3, 0, "MODEL"], [4, 6, 0, 3, 1, "CONDITIONING"], [6, 7, 0, 3, 2, "CONDITIONING"], [7, 5, 0, 3, 3, "LATENT"],
            [8, 3, 0, 8, 0, "LATENT"], [9, 8, 0, 9, 0, "IMAGE"]]})
}

fn of_window(said: &Value) -> ForeignRecipe {
    graph::recipe(&graph::workflow(said.as_object().unwrap()).expect("a graph"))
}

#[test]
fn workflow_format_of_the_editor_is_read() {
    let usual = ("a fox", "fog", Some(42), Some(20));
    let recipe = of_window(&window());
    assert_eq!((seen(&recipe), recipe.model.as_str(), recipe.size), (usual, "xl.safetensors", Some((64, 48))));
    assert_eq!(recipe.guessed, BTreeSet::new());
    assert_eq!(of("workflow", &window().to_string()), recipe);
    // A text from a node of its own, past a disabled node and a pass-through node.
    let mut said = window();
    said["nodes"][3] = json!({"id": 6, "type": "CLIPTextEncode", "inputs": [{"name": "text", "link": 20, "widget": {"name": "text"}}], "widgets_values": ["old"]});
    let nodes = said["nodes"].as_array_mut().unwrap();
    nodes.push(json!({"id": 20, "type": "PrimitiveNode", "widgets_values": ["a fox", "fixed"]}));
    nodes.push(json!({"id": 21, "type": "Reroute", "inputs": [{"name": "", "link": 21}]}));
    nodes.push(json!({"id": 22, "type": "ConditioningSetMask", "mode": 4, "inputs": [{"name": "conditioning", "type": "CONDITIONING", "link": 22}], "outputs": [{"type": "CONDITIONING"}]}));
    nodes.push(json!({"id": 23, "type": "SaveImage", "mode": 2, "inputs": [{"name": "images", "link": 9}]}));
    said["links"][1] = json!([4, 22, 0, 3, 1, "CONDITIONING"]);
    let links = said["links"].as_array_mut().unwrap();
    links.push(json!([20, 20, 0, 6, 0, "STRING"]));
    links.push(json!([21, 6, 0, 21, 0, "CONDITIONING"]));
    links.push(json!([22, 21, 0, 22, 0, "CONDITIONING"]));
    assert_eq!(seen(&of_window(&said)), usual);
    // Nodes that set and get named values.
    let mut said = window();
    said["nodes"].as_array_mut().unwrap().extend([
        json!({"id": 30, "type": "SetNode", "inputs": [{"name": "CONDITIONING", "link": 30}], "widgets_values": ["good"]}),
        json!({"id": 31, "type": "GetNode", "widgets_values": ["good"]}),
    ]);
    said["links"][1] = json!([4, 31, 0, 3, 1, "CONDITIONING"]);
    said["links"].as_array_mut().unwrap().push(json!([30, 6, 0, 30, 0, "CONDITIONING"]));
    assert_eq!(seen(&of_window(&said)), usual);
    // The values of a node of an unknown class whose inputs are all listed.
    let mut said = window();
    let widget = |name: &str| json!({"name": name, "link": null, "widget": {"name": name}});
    said["nodes"][0]["type"] = "SharkSampler".into();
    said["nodes"][0]["inputs"]
        .as_array_mut()
        .unwrap()
        .extend(["seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"].map(widget));
    assert_eq!(seen(&of_window(&said)), usual);
}

#[test]
fn subgraphs_are_followed() {
    let inner = json!({"id": "within", "name": "Text to image", "inputs": [{"name": "text"}, {"name": "seed"}], "outputs": [{"name": "IMAGE"}],
        "nodes": [
            {"id": 3, "type": "KSampler", "inputs": [{"name": "positive", "link": 1}, {"name": "negative", "link": 2}, {"name": "seed", "link": 5, "widget": {"name": "seed"}}],
                "widgets_values": [1, "fixed", 20, 6.5, "euler", "normal", 1]},
            {"id": 6, "type": "CLIPTextEncode", "inputs": [{"name": "text", "link": 3, "widget": {"name": "text"}}], "widgets_values": ["old"]},
            {"id": 7, "type": "CLIPTextEncode", "widgets_values": ["fog"]},
            {"id": 8, "type": "VAEDecode", "inputs": [{"name": "samples", "link": 4}]}],
        "links": [{"id": 1, "origin_id": 6, "origin_slot": 0, "target_id": 3, "target_slot": 0}, {"id": 2, "origin_id": 7, "origin_slot": 0, "target_id": 3, "target_slot": 1},
            {"id": 3, "origin_id": -10, "origin_slot": 0, "target_id": 6, "target_slot": 0}, {"id": 4, "origin_id": 3, "origin_slot": 0, "target_id": 8, "target_slot": 0},
            {"id": 5, "origin_id": -10, "origin_slot": 1, "target_id": 3, "target_slot": 2}, {"id": 6, "origin_id": 8, "origin_slot": 0, "target_id": -20, "target_slot": 0}]});
    let outer = |node: Value| {
        json!({"nodes": [node, {"id": 9, "type": "SaveImage", "inputs": [{"name": "images", "link": 9}]},
            {"id": 10, "type": "PrimitiveStringMultiline", "widgets_values": ["a fox"]}],
            "links": [[9, 1, 0, 9, 0, "IMAGE"], [10, 10, 0, 1, 0, "STRING"]], "definitions": {"subgraphs": [inner]}})
    };
    let linked = json!({"id": 1, "type": "within", "inputs": [{"name": "text", "link": 10}, {"name": "seed", "link": null, "widget": {"name": "seed"}}], "widgets_values": [42]});
    assert_eq!(seen(&of_window(&outer(linked))), ("a fox", "fog", Some(42), Some(20)));
    let shown = json!({"id": 1, "type": "within", "inputs": [], "properties": {"proxyWidgets": [["6", "text"], ["3", "seed"]]}, "widgets_values": ["a fox", 42]});
    assert_eq!(seen(&of_window(&outer(shown))), ("a fox", "fog", Some(42), Some(20)));
    let kept = json!({"id": 1, "type": "within", "inputs": [{"name": "text", "link": 10}]});
    assert_eq!(seen(&of_window(&outer(kept))), ("a fox", "fog", Some(1), Some(20)));
    // The API form has the nodes of subgraphs with their paths as IDs.
    let sent = nodes(&[
        ("9", "SaveImage", json!({"images": ["1:8", 0]})),
        ("1:8", "VAEDecode", json!({"samples": ["1:3", 0]})),
        ("1:3", "KSampler", json!({"seed": 42, "steps": 20, "positive": ["1:6", 0], "negative": ["1:7", 0]})),
        ("1:6", "CLIPTextEncode", json!({"text": ["10", 0]})),
        ("1:7", "CLIPTextEncode", json!({"text": "fog"})),
        ("10", "PrimitiveStringMultiline", json!({"value": "a fox"})),
    ]);
    assert_eq!(seen(&graph::recipe(&graph::api(&sent).unwrap())), ("a fox", "fog", Some(42), Some(20)));
}

#[test]
fn growing_and_cyclic_graphs_terminate() {
    // Each node joins the previous one twice: 2^60 texts.
    let mut chain: Vec<(String, Value)> =
        vec![("n0".to_owned(), json!({"class_type": "CLIPTextEncode", "inputs": {"text": "x"}}))];
    for index in 1..60 {
        let before = format!("n{}", index - 1);
        let inputs = json!({"conditioning_1": [before, 0], "conditioning_2": [before, 0]});
        chain.push((format!("n{index}"), json!({"class_type": "ConditioningCombine", "inputs": inputs})));
    }
    let mut all: Map<String, Value> = chain.into_iter().collect();
    all.extend(nodes(&[(
        "s",
        "KSampler",
        json!({"seed": 1, "positive": ["n59", 0], "negative": ["s", 0], "latent_image": ["s", 0], "denoise": 0.5}),
    )]));
    let recipe = graph::recipe(&graph::api(&all).unwrap());
    assert_eq!(recipe.seed, Some(1));
    assert!(recipe.guessed.contains(&ForeignField::Prompt) || recipe.prompt.is_empty());
    // A subgraph that contains itself many times.
    let own: Vec<Value> =
        (0..40).map(|id| json!({"id": id, "type": "g", "widgets_values": ["x".repeat(1000)]})).collect();
    let said = json!({"nodes": own, "links": [], "definitions": {"subgraphs": [{"id": "g", "nodes": own, "links": [], "outputs": [{}], "inputs": [{"name": "a"}]}]}});
    assert_eq!(of_window(&said).prompt, "");
    // Pass-through nodes that refer to each other.
    let said = json!({"nodes": [{"id": 1, "type": "Reroute", "inputs": [{"name": "a", "link": 1}]}, {"id": 2, "type": "Reroute", "inputs": [{"name": "a", "link": 2}]},
        {"id": 3, "type": "KSampler", "inputs": [{"name": "positive", "link": 1}], "widgets_values": [5]}], "links": [[1, 2, 0, 1, 0, ""], [2, 1, 0, 2, 0, ""]]});
    assert_eq!(of_window(&said).seed, Some(5));
}

/// Any value of an input.
fn input() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..12_u8, 0..3_u8).prop_map(|(id, output)| json!([id.to_string(), output])),
        "[a-z ]{0,12}".prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!([[1], {}])),
    ]
}

const CLASSES: [&str; 16] = [
    "SaveImage",
    "PreviewImage",
    "VAEDecode",
    "KSampler",
    "SamplerCustomAdvanced",
    "CFGGuider",
    "CLIPTextEncode",
    "ConditioningCombine",
    "ConditioningZeroOut",
    "Reroute",
    "ImpactSwitch",
    "StringConcatenate",
    "ToBasicPipe",
    "UltimateSDUpscale",
    "Efficient Loader",
    "Unknown",
];

const NAMES: [&str; 24] = [
    "images",
    "samples",
    "positive",
    "negative",
    "guider",
    "latent_image",
    "model",
    "seed",
    "steps",
    "cfg",
    "sigmas",
    "sampler",
    "noise",
    "text",
    "string_a",
    "string_b",
    "conditioning",
    "conditioning_1",
    "select",
    "input1",
    "any_01",
    "ckpt_name",
    "width",
    "denoise",
];

proptest! {
    #[test]
    fn arbitrary_graphs_do_not_panic(nodes in proptest::collection::vec(
        (0..CLASSES.len(), proptest::collection::vec((0..NAMES.len(), input()), 0..8)), 1..12)) {
        let said: Map<String, Value> = nodes.iter().enumerate().map(|(id, (class, inputs))| {
            let inputs: Map<String, Value> = inputs.iter().map(|(name, value)| (NAMES[*name].to_owned(), value.clone())).collect();
            (id.to_string(), json!({"class_type": CLASSES[*class], "inputs": inputs}))
        }).collect();
        let recipe = graph::recipe(&graph::api(&said).unwrap());
        prop_assert_eq!(&recipe.tool, "ComfyUI");
        // Reading the same graph again gives the same recipe.
        prop_assert_eq!(graph::recipe(&graph::api(&said).unwrap()), recipe);
    }

    #[test]
    fn arbitrary_workflows_do_not_panic(nodes in proptest::collection::vec((0..14_i32, 0..CLASSES.len() + 1,
        proptest::collection::vec((0..NAMES.len(), 0..20_u8), 0..6), proptest::collection::vec(input(), 0..8), 0..5_u8), 1..12),
        links in proptest::collection::vec((0..20_u8, -20..14_i32, 0..3_u8, -20..14_i32, 0..3_u8), 0..20)) {
        let nodes: Vec<Value> = nodes.iter().map(|(id, class, inputs, values, mode)| {
            let inputs: Vec<Value> = inputs.iter().map(|(name, link)| json!({"name": NAMES[*name], "link": link, "type": "T"})).collect();
            json!({"id": id, "type": CLASSES.get(*class).copied().unwrap_or("g"), "inputs": inputs, "outputs": [{"type": "T"}],
                "widgets_values": values, "mode": mode})
        }).collect();
        let links: Vec<Value> = links.iter().map(|(id, from, output, to, input)| json!([id, from, output, to, input, "T"])).collect();
        let said = json!({"nodes": nodes, "links": links, "definitions": {"subgraphs": [
            {"id": "g", "nodes": nodes, "links": links, "inputs": [{"name": "positive"}], "outputs": [{}, {}]}]}});
        if let Some(graph) = graph::workflow(said.as_object().unwrap()) {
            graph::recipe(&graph);
        }
    }
}
