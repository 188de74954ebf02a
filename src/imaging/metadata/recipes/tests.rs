use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::{lenient_json, programs::a1111, reader::read_companion};
use crate::{
    imaging::metadata::{
        reader::metadata,
        tests::{A1111, international, latin, packed, png, recipe_of},
    },
    recipe::{ForeignField, ForeignRecipe},
};

/// Prompt, negative prompt, seed and steps of a recipe.
pub(super) fn seen(recipe: &ForeignRecipe) -> (&str, &str, Option<i64>, Option<u32>) {
    (&recipe.prompt, &recipe.negative, recipe.seed, recipe.steps)
}

#[test]
fn parameters_are_read_with_any_surrounding_text() {
    let usual = ("a fox, \"neon\": night", "fog", Some(42), Some(20));
    for text in [
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 42, Size: 8x8",
        "a fox, \"neon\": night\r\nNegative prompt: fog\r\nSteps: 20, Sampler: Euler, Seed: 42\r\n",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, Seed: 42, CFG scale: 7\nTemplate: a {fox|owl}\nNegative Template: fog",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, Seed: 42, CFG scale: 7\n\nTemplate: a fox,\nin two lines: really\n",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, Sampler: Euler,\nshot on film\nSeed: 42, Size: 8x8",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, hypertile, Seed: 42, some words, Version: v1.9",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, Seed: 42, Civitai resources: [{\"a\":\"x, y: z\",\"b\":[1,2]}], Clip skip: 2, Civitai metadata: {}",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, Lora hashes: \"a: 1, b: 2\", Seed: 42, ADetailer prompt: \"x, Seed: 9\\nSteps: 3\"",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, ADetailer model: face.pt, Seed: 42, Hires prompt: \"never closed, Model: x",
        "a fox, \"neon\": night Negative prompt: fog Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 42, Size: 8x8",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20.0, CFG scale: 7, Seed: 42.0, Width: 8, Height: 8",
        "a fox, \"neon\": night\nNegative prompt: fog\nSeed: 42, Steps: 20, Sampler: Euler",
        "a fox, \"neon\": night\nSteps: 20, Sampler: Euler, Seed: 42\nNegative prompt: fog",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20 | Seed: 42 | Sampler: Euler a | CFG scale: 7 | Size: 8x8",
        "Prompt: a fox, \"neon\": night\nNegative prompt: fog\nSeed: 42\nSteps: 20\nWidth: 8\nHeight: 8\nSampler: Euler",
        "prompt: a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, Seed: 42, App: SD.Next, Version: 1, Pipeline: X",
        "a fox, \"neon\": night\nNegative prompt: fog\nsteps: 20, sampler: Euler, seed: 42",
        "a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, Wildcard prompt: \"__a__,\n\nSeed: 9, two\", Seed: 42, Size: 8x8",
        "\u{feff}a fox, \"neon\": night\nNegative prompt: fog\nSteps: 20, Seed: 42, Created Date: 2026-01-02T03:04:05.678Z",
    ] {
        let recipe = a1111::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(seen(&recipe), usual, "{text}");
        assert_eq!(recipe.guessed, BTreeSet::new(), "{text}");
    }
}

#[test]
fn partial_parameters_are_read() {
    for (text, expected) in [
        ("Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 42", ("", "", Some(42), Some(20))),
        ("a fox\nSteps: 20", ("a fox", "", None, Some(20))),
        ("a fox\nNegative prompt: fog", ("a fox", "fog", None, None)),
        ("Negative prompt: fog\nSteps: 20, Seed: 42, Size: 8x8", ("", "fog", Some(42), Some(20))),
        ("a fox.Steps: 20, Seed: 42", ("a fox.", "", Some(42), Some(20))),
        (
            "two\nlines\n\nNegative prompt: more\nlines\nSteps: 20, Seed: 42, Size: 8x8",
            ("two\nlines", "more\nlines", Some(42), Some(20)),
        ),
        ("many Steps: a way up\nSteps: 20, Seed: 42, Size: 8x8", ("many Steps: a way up", "", Some(42), Some(20))),
        (
            "Model: a woman, tall: yes\nSteps: 20, Seed: 42, Size: 8x8",
            ("Model: a woman, tall: yes", "", Some(42), Some(20)),
        ),
        (
            "夜市，霓虹\nNegative prompt: 模糊\nSteps: 20, Seed: 18446744073709551615",
            ("夜市，霓虹", "模糊", Some(-1), Some(20)),
        ),
    ] {
        let recipe = a1111::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(seen(&recipe), expected, "{text}");
    }
    let alone = recipe_of(&[latin("parameters", "a fox: red, tall")]);
    assert_eq!((alone.prompt.as_str(), alone.guessed), ("a fox: red, tall", [ForeignField::Prompt].into()));
}

#[test]
fn program_that_wrote_parameters_is_recognized() {
    for (end, tool) in [
        ("Version: v1.10.1", "A1111"),
        ("Version: f2.0.1v1.10.1-previous", "Forge"),
        ("App: SD.Next, Version: 2026", "SD.Next"),
        ("Model hash: unknown, Model: x", "Krita AI"),
        ("Civitai resources: [{\"modelVersionId\":1}]", "Civitai"),
        ("Version: ComfyUI", "ComfyUI"),
    ] {
        let recipe = a1111::parse(&format!("a fox\nSteps: 20, Seed: 1, {end}")).unwrap();
        assert_eq!(recipe.tool, tool);
    }
}

#[test]
fn parameters_are_found_in_every_known_field() {
    for key in ["parameters", "Parameters", "Comment", "UserComment", "Description", "comment"] {
        for chunk in [latin(key, A1111), international(key, A1111), packed(key, A1111)] {
            assert_eq!(recipe_of(&[chunk]).seed, Some(4_294_967_295), "{key}");
        }
    }
    let huge = "x".repeat(5 << 20);
    let recipe = recipe_of(&[latin("workflow", &huge), latin("parameters", A1111)]);
    assert_eq!(recipe.tool, "A1111");
}

#[test]
fn nonstandard_json_of_programs_is_read() {
    for (text, expected) in [
        (
            r#"{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN, \"Infinity"}"#,
            json!({"a": null, "b": [null, null], "c": "NaN, \"Infinity"}),
        ),
        ("{\"a\": \"two\nlines\t\"}", json!({"a": "two\nlines\t"})),
        (r#"{"a": "\ud83d\ude00 \ud83d \ude00"}"#, json!({"a": "😀 \u{fffd} \u{fffd}"})),
        ("\u{feff}{\"a\": 1}\0 and more", json!({"a": 1})),
    ] {
        assert_eq!(lenient_json::json(text), Some(expected), "{text}");
    }
    assert_eq!(lenient_json::json("{\"a\": NaNo}"), None);
}

/// The recipe in a text chunk of a PNG.
pub(super) fn of(key: &str, text: &str) -> ForeignRecipe {
    metadata(&png(&[international(key, text)])).recipe().unwrap_or_else(|| panic!("{key}: {text}"))
}

#[test]
fn current_export_formats_are_read() {
    let usual = ("a fox", "fog", Some(42), Some(20));
    let novel = r#"{"prompt": "a fox", "steps": 20, "scale": 5, "uc": "fog", "seed": 42.0, "v4_prompt": {"caption":
        {"base_caption": "a fox", "char_captions": []}}, "signed_hash": "x", "request_type": "PromptGenerateRequest"}"#;
    assert_eq!(seen(&of("Comment", novel)), usual);
    let people = r#"{"prompt": "two", "uc": "fog", "signed_hash": "x", "v4_prompt": {"caption": {"base_caption": "two",
        "char_captions": [{"char_caption": "a fox"}, {"char_caption": "an owl"}, {"char_caption": ""}]}},
        "v4_negative_prompt": {"caption": {"base_caption": "fog", "char_captions": []}}}"#;
    assert_eq!(of("Comment", people).prompt, "two\na fox\nan owl");
    for invoke in [
        json!({"generation_mode": "flux_txt2img", "positive_prompt": "a fox", "negative_prompt": "fog", "seed": 42,
            "steps": 20, "guidance": 4, "model": {"key": "k", "hash": "h", "name": "flux", "base": "flux", "type": "main"},
            "app_version": "6.0.2"}),
        json!({"positive_prompt": "a fox", "negative_prompt": "fog", "seed": 42, "steps": 20,
            "model": {"model_name": "flux", "base_model": "sdxl"}}),
        json!({"core_metadata": {"positive_prompt": "a fox", "negative_prompt": "fog", "seed": "42", "steps": 20.0,
            "model": "flux"}}),
    ] {
        let recipe = of("invokeai_metadata", &invoke.to_string());
        assert_eq!((seen(&recipe), recipe.model.as_str()), (usual, "flux"));
    }
    let graph = json!({"id": "g", "nodes": {"core_metadata:1": {"id": "core_metadata:1", "type": "core_metadata",
        "negative_prompt": "fog", "steps": 20, "model": {"name": "flux"}}, "p": {"type": "string", "value": "a fox"},
        "s": {"type": "integer", "value": 42}}, "edges": [
        {"source": {"node_id": "p", "field": "value"}, "destination": {"node_id": "core_metadata:1", "field": "positive_prompt"}},
        {"source": {"node_id": "s", "field": "value"}, "destination": {"node_id": "core_metadata:1", "field": "seed"}}]});
    assert_eq!(seen(&of("invokeai_graph", &graph.to_string())), usual);
    let swarm = json!({"sui_image_params": {"prompt": "a fox", "negativeprompt": "fog", "seed": 42, "steps": "20",
        "cfgscale": 6.5, "aspectratio": "1:1", "swarm_version": "0.9.7"}, "sui_extra_data": {"date": "x"},
        "sui_models": [{"name": "flux", "param": "model", "hash": "0x1"}]});
    assert_eq!(seen(&of("parameters", &swarm.to_string())), usual);
    let civitai = json!({"1": {"class_type": "KSampler", "inputs": {}}, "extra": {"airs": []}, "extraMetadata":
        json!({"prompt": "a fox", "negativePrompt": "fog", "steps": 20, "cfgScale": 7, "sampler": "Euler", "seed": 42,
        "resources": []}).to_string()});
    let recipe = of("UserComment", &civitai.to_string());
    assert_eq!((seen(&recipe), recipe.tool.as_str()), (usual, "Civitai"));
    let ruined = json!({"Prompt": "a fox", "Negative": "fog", "steps": 20, "cfg": 6, "width": 8, "height": 8, "seed": 42,
        "sampler_name": "x", "scheduler": "y", "base_model_name": "z", "software": "RuinedFooocus"});
    let recipe = of("parameters", &ruined.to_string());
    assert_eq!((seen(&recipe), recipe.tool.as_str(), recipe.size), (usual, "RuinedFooocus", Some((8, 8))));
    let easy = [("prompt", "a fox"), ("negative_prompt", "fog"), ("seed", "42"), ("num_inference_steps", "20")];
    for prefix in ["", "SD:", "mold:"] {
        let texts: Vec<_> = easy
            .iter()
            .map(|(key, text)| (if *key == "num_inference_steps" && !prefix.is_empty() { "steps" } else { *key }, text))
            .map(|(key, text)| latin(&format!("{prefix}{key}"), text))
            .collect();
        assert_eq!(seen(&recipe_of(&texts)), usual, "{prefix}");
    }
}

#[test]
fn draw_things_is_read_from_json_and_text() {
    let packet = |inside: &str| {
        format!(
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
             <rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:exif='http://ns.adobe.com/exif/1.0/' \
             xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:CreatorTool='Draw Things'>{inside}</rdf:Description></rdf:RDF>\
             </x:xmpmeta>"
        )
    };
    let words = "<dc:description><rdf:Alt><rdf:li>a fox\n-fog\nSteps: 20, Sampler: DPM++ 2M, Guidance Scale: 5.0, \
        Seed: 42, Size: 512x768, Model: flux.ckpt, Strength: 1.0, LoRA 1 Model: a.ckpt</rdf:li></rdf:Alt></dc:description>";
    let json = "<exif:UserComment><rdf:Alt><rdf:li>{\"c\":\"a fox\",\"uc\":\"fog\",\"model\":\"flux.ckpt\",\"seed\":42,\
        \"steps\":20,\"scale\":5,\"sampler\":\"DPM++ 2M\",\"size\":\"512x768\",\"v2\":{\"a\":[]}}</rdf:li></rdf:Alt></exif:UserComment>";
    for inside in [words.to_owned(), json.to_owned(), format!("{words}{json}")] {
        let recipe = of("XML:com.adobe.xmp", &packet(&inside));
        assert_eq!(recipe.tool, "Draw Things");
        assert_eq!(seen(&recipe), ("a fox", "fog", Some(42), Some(20)), "{inside}");
        assert_eq!((recipe.model.as_str(), recipe.size, recipe.cfg), ("flux.ckpt", Some((512, 768)), Some(5.0)));
    }
}

#[test]
fn midjourney_options_are_separated_from_the_prompt() {
    let job = "Job ID: 00000000-1111-2222-3333-444444444444";
    for (text, prompt, model, seed) in [
        (format!("a fox --ar 3:2 --v 6.1 --seed 42 {job}"), "a fox", "Midjourney 6.1", Some(42)),
        (format!("a fox {job}"), "a fox", "", None),
        ("a fox, wide -- and far --ar 3:2 --niji 6".to_owned(), "a fox, wide", "niji 6", None),
        (
            format!("https://s.mj.run/x a fox --no fog, rain --v 7 --raw {job}"),
            "https://s.mj.run/x a fox",
            "Midjourney 7",
            None,
        ),
    ] {
        let recipe = of("Description", &text);
        assert_eq!(recipe.tool, "Midjourney");
        assert_eq!((recipe.prompt.as_str(), recipe.model.as_str(), recipe.seed), (prompt, model, seed), "{text}");
    }
    for text in ["made with convert --quality 3", "a fox", "Job ID: 17"] {
        assert_eq!(metadata(&png(&[latin("Description", text)])).recipe(), None, "{text}");
    }
}

#[test]
fn sidecar_file_is_read_if_it_contains_a_recipe() {
    for text in [
        A1111.to_owned(),
        json!({"sui_image_params": {"prompt": "a fox", "seed": 1}}).to_string(),
        json!({"prompt": "a fox", "negative_prompt": "fog", "seed": 42.0, "num_inference_steps": 20}).to_string(),
        json!({"id": 5, "url": "x", "meta": {"prompt": "a fox", "cfgScale": 7, "steps": 20, "seed": 42, "Model": "x"}})
            .to_string(),
        "Prompt: a fox\nNegative Prompt: fog\nSeed: 42\nSteps: 20\nWidth: 8\nHeight: 8".to_owned(),
    ] {
        assert!(read_companion(&text).is_some_and(|recipe| recipe.prompt.starts_with("a ")), "{text}");
    }
    for text in [
        "a photo of a dog",
        "Read me: this folder has pictures, of dogs: many",
        r#"{"title": "IMG_1.jpg", "description": "", "photoTakenTime": {"timestamp": "1"}}"#,
        r#"{"prompt": "what is this folder?"}"#,
        "[1, 2]",
    ] {
        assert_eq!(read_companion(text), None, "{text}");
    }
}

#[test]
fn embedded_recipe_has_priority_over_the_sidecar_file() {
    let mut inside = metadata(&png(&[latin("parameters", A1111)]));
    inside.beside("an owl\nSteps: 1, Seed: 2, Size: 8x8");
    assert_eq!(inside.recipe().unwrap().seed, Some(4_294_967_295));
    // A prompt alone is ambiguous; a complete recipe beside it has priority.
    let mut inside = metadata(&png(&[latin("parameters", "a fox")]));
    inside.beside("an owl\nSteps: 1, Seed: 2, Size: 8x8");
    assert_eq!(inside.recipe().unwrap().prompt, "an owl");
}

proptest! {
    #[test]
    fn arbitrary_parameters_do_not_panic(parts in proptest::collection::vec((0..12_usize, "[ -~\n]{0,20}"), 0..12)) {
        const PIECES: [&str; 12] = ["Steps: 20", ", Seed: 4", "\nNegative prompt:", "\nTemplate: ", "[{", "\"", ": ", ", ", " | ", "\n", "Size: 8x8", "夜"];
        let text: String = parts.iter().flat_map(|(piece, between)| [PIECES[*piece], between]).collect();
        a1111::parse(&text);
    }

    #[test]
    fn common_parameters_round_trip(prompt in "[a-zA-Z0-9 (),.:<>\"]{1,60}", negative in "[a-z ,()]{0,40}",
        seed in 0..u32::MAX, steps in 1..150_u32, model in "[a-z_0-9]{1,20}") {
        prop_assume!(!prompt.contains("Steps:") && !prompt.contains("rompt:") && !prompt.trim().is_empty());
        let text = format!("{prompt}\nNegative prompt: {negative}\nSteps: {steps}, Sampler: Euler, CFG scale: 7, Seed: {seed}, Size: 8x8, Model: {model}");
        let recipe = a1111::parse(&text).unwrap();
        prop_assert_eq!(seen(&recipe), (prompt.trim(), negative.trim(), Some(i64::from(seed)), Some(steps)));
        prop_assert_eq!(recipe.model, model);
    }

    #[test]
    fn arbitrary_json_is_repaired_or_unchanged(text in "[\\[\\]{}\",:\\\\unNaI0-9a-f \n-]{0,60}") {
        lenient_json::json(&text);
    }
}
