use std::{collections::BTreeMap, fs, process::Command};

use proptest::prelude::*;

use super::*;
use crate::imaging::samples;

/// A PNG with chunks after its header.
fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let file = samples::png(&samples::painting(8, 8));
    let (head, tail) = file.split_at(33);
    let mut file = head.to_owned();
    for (kind, data) in chunks {
        file.extend((data.len() as u32).to_be_bytes());
        let body = [kind.as_slice(), data].concat();
        file.extend(&body);
        file.extend(crc32fast::hash(&body).to_be_bytes());
    }
    file.extend(tail);
    file
}

fn latin(key: &str, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    (b"tEXt", [key.as_bytes(), b"\0", text.as_bytes()].concat())
}

fn international(key: &str, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    (b"iTXt", [key.as_bytes(), b"\0\0\0\0\0", text.as_bytes()].concat())
}

fn packed(key: &str, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    let text = miniz_oxide::deflate::compress_to_vec_zlib(text.as_bytes(), 6);
    (b"zTXt", [key.as_bytes(), b"\0\0", &text].concat())
}

fn recipe_of(chunks: &[(&[u8; 4], Vec<u8>)]) -> ForeignRecipe {
    metadata(&png(chunks)).recipe().expect("a recipe")
}

const A1111: &str = "a lighthouse, storm\nat night\nNegative prompt: blurry, people\nSteps: 20, Sampler: DPM++ 2M, \
    CFG scale: 7.5, Seed: 4294967295, Size: 512x768, Model: dreamshaper_8, Lora hashes: \"a: 1, b: 2\", Version: v1.9.4";

fn expected() -> ForeignRecipe {
    ForeignRecipe {
        tool: "A1111".to_owned(),
        prompt: "a lighthouse, storm\nat night".to_owned(),
        negative: "blurry, people".to_owned(),
        model: "dreamshaper_8".to_owned(),
        seed: Some(4_294_967_295),
        steps: Some(20),
        cfg: Some(7.5),
        sampler: "DPM++ 2M".to_owned(),
        size: Some((512, 768)),
        extra: [("Lora hashes", "a: 1, b: 2"), ("Version", "v1.9.4")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    }
}

#[test]
fn a1111_is_read_from_every_kind_of_chunk() {
    for chunk in [latin("parameters", A1111), international("parameters", A1111), packed("parameters", A1111)] {
        assert_eq!(recipe_of(&[chunk]), expected());
    }
    let chinese = A1111.replace("storm", "暴風雨");
    assert_eq!(recipe_of(&[international("parameters", &chinese)]).prompt, "a lighthouse, 暴風雨\nat night");
    let forge = A1111.replace("v1.9.4", "f2.0.1v1.10.1");
    assert_eq!(recipe_of(&[latin("parameters", &forge)]).tool, "Forge");
    let bare = recipe_of(&[latin("parameters", "a fox\nSteps: 4, Seed: 1, Size: 8x8")]);
    assert_eq!((bare.prompt.as_str(), bare.negative.as_str(), bare.size), ("a fox", "", Some((8, 8))));
}

#[test]
fn text_that_only_looks_a_little_like_a_recipe_is_none() {
    for text in ["a fox", "a fox: red, tall", "Steps: 3, Seed: 4", "one: two, three: four, five: six"] {
        assert_eq!(metadata(&png(&[latin("parameters", text)])).recipe(), None, "{text}");
    }
}

#[test]
fn every_tool_is_told_by_its_marks() {
    let invoke = r#"{"positive_prompt":"a fox","negative_prompt":"fog","model":{"name":"sdxl","base":"x"},"seed":7,
        "steps":30,"cfg_scale":5.5,"scheduler":"euler","width":1024,"height":768,"app_version":"6.0"}"#;
    let swarm = r#"{"sui_image_params":{"prompt":"a fox","negativeprompt":"fog","model":"sdxl","seed":7,"steps":30,
        "cfgscale":5.5,"sampler":"euler","width":1024,"height":768,"swarm_version":"0.9"}}"#;
    let fooocus = r#"{"prompt":"a fox","negative_prompt":"fog","base_model":"sdxl","seed":"7","steps":30,
        "guidance_scale":5.5,"sampler":"euler","resolution":"(1024, 768)","version":"Fooocus v2.5.0"}"#;
    let novel =
        r#"{"prompt":"a fox","uc":"fog","seed":7,"steps":30,"scale":5.5,"sampler":"euler","width":1024,"height":768}"#;
    let comfy = r#"{"3":{"class_type":"KSampler","inputs":{"seed":7,"steps":30,"cfg":5.5,"sampler_name":"euler",
        "model":["9",0],"positive":["6",0],"negative":["7",0],"latent_image":["5",0]}},
        "9":{"class_type":"LoraLoader","inputs":{"lora_name":"x","model":["4",0]}},
        "4":{"class_type":"CheckpointLoaderSimple","inputs":{"ckpt_name":"sdxl"}},
        "5":{"class_type":"EmptyLatentImage","inputs":{"width":1024,"height":768}},
        "6":{"class_type":"CLIPTextEncode","inputs":{"text":"a fox","clip":["4",1]}},
        "7":{"class_type":"CLIPTextEncode","inputs":{"text":"fog","clip":["4",1]}}}"#;
    for (tool, chunks) in [
        ("InvokeAI", vec![latin("invokeai_metadata", invoke)]),
        ("SwarmUI", vec![latin("parameters", swarm)]),
        ("Fooocus", vec![latin("parameters", fooocus), latin("fooocus_scheme", "fooocus")]),
        ("NovelAI", vec![latin("Software", "NovelAI"), latin("Source", "sdxl"), latin("Comment", novel)]),
        ("ComfyUI", vec![latin("prompt", comfy), latin("workflow", "{}")]),
    ] {
        let found = ForeignRecipe { extra: BTreeMap::new(), ..recipe_of(&chunks) };
        let expected = ForeignRecipe {
            tool: tool.to_owned(),
            prompt: "a fox".to_owned(),
            negative: "fog".to_owned(),
            model: "sdxl".to_owned(),
            seed: Some(7),
            steps: Some(30),
            cfg: Some(5.5),
            sampler: "euler".to_owned(),
            size: Some((1024, 768)),
            extra: BTreeMap::new(),
        };
        assert_eq!(found, expected);
    }
    let dream = recipe_of(&[latin("Dream", r#""a fox" -s50 -S42 -W512 -H448 -C7.5 -Ak_lms"#)]);
    assert_eq!((dream.seed, dream.size, dream.sampler.as_str()), (Some(42), Some((512, 448)), "k_lms"));
    assert_eq!((dream.prompt.as_str(), dream.steps), ("a fox", Some(50)));
    let circle = r#"{"1":{"class_type":"KSampler","inputs":{"positive":["1",0],"seed":5}}}"#;
    assert_eq!(recipe_of(&[latin("prompt", circle)]).seed, Some(5));
}

#[test]
fn a_packed_text_that_unpacks_to_too_much_is_left() {
    let bomb = packed("parameters", &" ".repeat(LONGEST + 1));
    assert_eq!(metadata(&png(&[bomb, latin("a", "b")])).texts, [("a".to_owned(), "b".to_owned())]);
}

#[test]
fn xmp_says_what_iptc_has_a_place_for() {
    let packet = "<rdf:Description Iptc4xmpExt:AISystemUsed=\"Painter &amp; Co\"><Iptc4xmpExt:AIPromptInformation>\
        a fox &lt;3</Iptc4xmpExt:AIPromptInformation></rdf:Description>";
    let recipe = recipe_of(&[international("XML:com.adobe.xmp", packet)]);
    assert_eq!((recipe.tool.as_str(), recipe.prompt.as_str()), ("Painter & Co", "a fox <3"));
}

/// A JPEG or WebP with EXIF that exiftool has written; `None` where that is not installed.
fn with_exif(extension: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("x.{extension}"));
    let picture = samples::painting(16, 16);
    let encoding = if extension == "jpg" {
        crate::imaging::Encoding::Jpeg { quality: 90 }
    } else {
        crate::imaging::Encoding::Webp { quality: 90 }
    };
    fs::write(&path, crate::imaging::encode(&picture, encoding).unwrap()).unwrap();
    let done = Command::new("exiftool").args(["-q", "-overwrite_original"]).args(arguments).arg(&path).status().ok()?;
    assert!(done.success());
    Some(fs::read(path).unwrap())
}

#[test]
fn exif_of_another_writer_is_read_in_both_orders_of_bytes() {
    let comment = format!("-UserComment={}", A1111.replace("storm", "暴風雨 ü"));
    for extension in ["jpg", "webp"] {
        for order in ["-ExifByteOrder=MM", "-ExifByteOrder=II"] {
            let date = "-DateTimeOriginal=2023:04:05 06:07:08";
            let Some(bytes) = with_exif(extension, &[order, &comment, date]) else { return };
            let metadata = metadata(&bytes);
            assert_eq!(metadata.recipe().unwrap().prompt, "a lighthouse, 暴風雨 ü\nat night", "{extension} {order}");
            assert_eq!(metadata.taken().unwrap().to_string(), "2023-04-05T06:07:08");
        }
    }
}

/// EXIF of one user comment.
fn exif(little: bool, comment: &[u8]) -> Vec<u8> {
    let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let long = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&short(tag)[..], &short(kind), &long(count), &long(value)].concat()
    };
    [
        if little { &b"II"[..] } else { b"MM" },
        &short(42),
        &long(8),
        &short(1),
        &entry(0x8769, 4, 1, 26),
        &long(0),
        &short(1),
        &entry(0x9286, 7, comment.len() as u32, 44),
        &long(0),
        comment,
    ]
    .concat()
}

#[test]
fn user_comments_are_read_in_whichever_letters_they_are() {
    let units = |text: &str, little: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let text = "海 sea, Seed: 1";
    for little in [false, true] {
        for comment in [
            [b"UNICODE\0".to_vec(), units(text, false)].concat(),
            [b"UNICODE\0".to_vec(), units(text, true)].concat(),
            [b"UNICODE\0\xff\xfe".to_vec(), units(text, true)].concat(),
            [b"UNICODE\0\xfe\xff".to_vec(), units(text, false)].concat(),
            [b"ASCII\0\0\0", text.as_bytes()].concat(),
            [b"\0\0\0\0\0\0\0\0", text.as_bytes()].concat(),
            text.as_bytes().to_vec(),
        ] {
            let file = png(&[(b"eXIf", exif(little, &comment))]);
            assert_eq!(metadata(&file).text("exif:UserComment"), Some(text), "{comment:?}");
        }
    }
}

#[test]
fn a_comment_of_a_gif_and_of_a_jpeg_is_read() {
    let mut file = samples::gif(&samples::painting(8, 8));
    let end = file.len() - 1;
    file.splice(end..end, [&[0x21, 0xfe, 6][..], b"drawn!", &[0]].concat());
    assert_eq!(metadata(&file).text("comment"), Some("drawn!"));
    let jpeg = [&b"\xff\xd8\xff\xfe\0\x08drawn!"[..], b"\xff\xd9"].concat();
    assert_eq!(metadata(&jpeg).text("comment"), Some("drawn!"));
}

proptest! {
    #[test]
    fn any_bytes_are_survived(kind in 0..5_usize, bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let start: &[u8] = [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff\xe1\x01\x00Exif\0\0", b"GIF89a", b"RIFF0000WEBPEXIF", b""][kind];
        metadata(&[start, &bytes].concat()).recipe();
        let texts = String::from_utf8_lossy(&bytes).into_owned();
        metadata(&png(&[international("parameters", &texts), (b"eXIf", bytes)])).recipe();
    }

    #[test]
    fn any_text_is_survived(text in ".{0,300}", key in 0..6_usize) {
        let key = ["parameters", "prompt", "invokeai_metadata", "Dream", "XML:com.adobe.xmp", "sd-metadata"][key];
        metadata(&png(&[international(key, &text)])).recipe();
        metadata(&png(&[international(key, &format!("{A1111}{text}"))])).recipe();
    }
}
