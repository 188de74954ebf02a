use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use proptest::prelude::*;

use super::{texts::MAX_TEXT_BYTES, *};
use crate::{imaging::test_images::samples, recipe::ForeignRecipe};

/// A PNG with chunks after its header.
pub(super) fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
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

pub(super) fn latin(key: &str, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    (b"tEXt", [key.as_bytes(), b"\0", text.as_bytes()].concat())
}

pub(super) fn international(key: &str, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    (b"iTXt", [key.as_bytes(), b"\0\0\0\0\0", text.as_bytes()].concat())
}

pub(super) fn packed(key: &str, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    let text = miniz_oxide::deflate::compress_to_vec_zlib(text.as_bytes(), 6);
    (b"zTXt", [key.as_bytes(), b"\0\0", &text].concat())
}

pub(super) fn recipe_of(chunks: &[(&[u8; 4], Vec<u8>)]) -> ForeignRecipe {
    metadata(&png(chunks)).recipe().expect("a recipe")
}

pub(super) const A1111: &str = "a lighthouse, storm\nat night\nNegative prompt: blurry, people\nSteps: 20, Sampler: DPM++ 2M, \
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
        guessed: BTreeSet::new(),
    }
}

#[test]
fn a1111_is_read_from_every_chunk_type() {
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
fn text_that_resembles_a_recipe_is_not_one() {
    for text in ["a fox", "a fox: red, tall", "Screenshot", "one: two, three: four, five: six", "Model: a, Size: large"]
    {
        for key in ["Comment", "Description", "UserComment"] {
            assert_eq!(metadata(&png(&[latin(key, text)])).recipe(), None, "{key}: {text}");
        }
    }
}

#[test]
fn each_tool_is_recognized_by_its_markers() {
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
            guessed: BTreeSet::new(),
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
fn compressed_text_over_the_limit_is_ignored() {
    let bomb = packed("parameters", &" ".repeat(MAX_TEXT_BYTES + 1));
    assert_eq!(metadata(&png(&[bomb, latin("a", "b")])).texts, [("a".to_owned(), "b".to_owned())]);
}

#[test]
fn iptc_fields_of_xmp_are_read() {
    let packet = "<rdf:Description Iptc4xmpExt:AISystemUsed=\"Painter &amp; Co\"><Iptc4xmpExt:AIPromptInformation>\
        a fox &lt;3</Iptc4xmpExt:AIPromptInformation></rdf:Description>";
    let recipe = recipe_of(&[international("XML:com.adobe.xmp", packet)]);
    assert_eq!((recipe.tool.as_str(), recipe.prompt.as_str()), ("Painter & Co", "a fox <3"));
}

/// A JPEG or WebP with EXIF that exiftool has written; `None` if exiftool is not installed.
fn with_exif(extension: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("x.{extension}"));
    let image = samples::painting(16, 16);
    let encoding = if extension == "jpg" {
        crate::imaging::Encoding::Jpeg { quality: 90 }
    } else {
        crate::imaging::Encoding::Webp { quality: 90 }
    };
    fs::write(&path, crate::imaging::encode(&image, encoding).unwrap()).unwrap();
    let done = Command::new("exiftool").args(["-q", "-overwrite_original"]).args(arguments).arg(&path).status().ok()?;
    assert!(done.success());
    Some(fs::read(path).unwrap())
}

#[test]
fn exif_is_read_in_both_byte_orders() {
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

/// EXIF with a user comment.
pub(super) fn exif(little: bool, comment: &[u8]) -> Vec<u8> {
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
fn user_comments_are_read_in_every_encoding() {
    let units = |text: &str, little: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    for (text, little) in ["海 sea, Seed: 1", "夜市裡的紅狐狸，霓虹燈", "네온 여우", "キツネ"]
        .into_iter()
        .flat_map(|text| [(text, false), (text, true)])
    {
        for comment in [
            [b"UNICODE\0".to_vec(), units(text, false)].concat(),
            [b"UNICODE\0".to_vec(), units(text, true)].concat(),
            [b"UNICODE\0\xff\xfe".to_vec(), units(text, true)].concat(),
            [b"UNICODE\0\xfe\xff".to_vec(), units(text, false)].concat(),
            [b"UNICODE\0", text.as_bytes()].concat(),
            [b"ASCII\0\0\0", text.as_bytes()].concat(),
            [b"ASCII\0\0\0\xff\xfe".to_vec(), units(text, true)].concat(),
            [b"\0\0\0\0\0\0\0\0", text.as_bytes()].concat(),
            text.as_bytes().to_vec(),
        ] {
            let file = png(&[(b"eXIf", exif(little, &comment))]);
            assert_eq!(metadata(&file).text("exif:UserComment"), Some(text), "{little} {comment:?}");
        }
    }
}

#[test]
fn gif_and_jpeg_comments_are_read() {
    let mut file = samples::gif(&samples::painting(8, 8));
    let end = file.len() - 1;
    file.splice(end..end, [&[0x21, 0xfe, 6][..], b"drawn!", &[0]].concat());
    assert_eq!(metadata(&file).text("comment"), Some("drawn!"));
    let jpeg = [&b"\xff\xd8\xff\xfe\0\x08drawn!"[..], b"\xff\xd9"].concat();
    assert_eq!(metadata(&jpeg).text("comment"), Some("drawn!"));
}

#[test]
fn xmp_graphs_and_descriptions_are_read() {
    let graph = "{&quot;1&quot;:{&quot;class_type&quot;:&quot;KSampler&quot;,&quot;inputs&quot;:{&quot;seed&quot;:7}}}";
    for packet in [
        format!(
            "<rdf:Description xmlns:comfy='https://github.com/Comfy-Org/ComfyUI'><comfy:prompt>{graph}</comfy:prompt></rdf:Description>"
        ),
        format!("<rdf:Description xmlns:c='https://example.org/' c:prompt=\"{graph}\"/>"),
    ] {
        let recipe = recipe_of(&[international("XML:com.adobe.xmp", &packet)]);
        assert_eq!((recipe.tool.as_str(), recipe.seed), ("ComfyUI", Some(7)), "{packet}");
    }
    let made = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
    for (source, guess) in
        [(made, Some("a fox")), ("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture", None)]
    {
        let packet = format!(
            "<rdf:Description Iptc4xmpExt:DigitalSourceType='{source}'><dc:description>a fox</dc:description></rdf:Description>"
        );
        let recipe = metadata(&png(&[international("XML:com.adobe.xmp", &packet)])).recipe();
        assert_eq!(recipe.as_ref().map(|recipe| recipe.prompt.as_str()), guess);
        assert!(recipe.is_none_or(|recipe| recipe.guessed.len() == 1));
    }
}

#[test]
fn xmp_is_read_with_any_prefixes_and_list_types() {
    let around = |inside: &str| {
        format!(
            "\u{feff}<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><r:RDF \
             xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><r:Description \
             xmlns:d='http://purl.org/dc/elements/1.1/'>{inside}</r:Description></r:RDF></x:xmpmeta>"
        )
    };
    for (inside, text) in [
        ("<d:description>a fox &amp; a &#x72D0;</d:description>", "a fox & a 狐"),
        ("<d:description><![CDATA[a <fox>]]></d:description>", "a <fox>"),
        ("<d:description><r:Alt><r:li xml:lang='x-default'>one</r:li><r:li>two</r:li></r:Alt></d:description>", "one"),
        ("<d:title>no</d:title><d:description>\n<r:Seq>\n<r:li>a\nb</r:li></r:Seq></d:description>", "a\nb"),
        ("<d:description>cut sh", "cut sh"),
    ] {
        let file = png(&[international("XML:com.adobe.xmp", &around(inside))]);
        assert_eq!(metadata(&file).text("xmp:description"), Some(text), "{inside}");
    }
    let deep = "<a>".repeat(200_000);
    assert_eq!(metadata(&png(&[international("XML:com.adobe.xmp", &deep)])).text("xmp:description"), None);
}

#[test]
fn raw_profile_is_read_as_its_block() {
    let raw = |name: &str, bytes: &[u8]| {
        let digits = |line: &[u8]| -> String {
            let halves = line.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()
        };
        let lines: Vec<String> = bytes.chunks(36).map(digits).collect();
        format!("\n{name}\n{:8}\n{}\n", bytes.len(), lines.join("\n"))
    };
    let tiff = exif(true, &[b"UNICODE\0", A1111.as_bytes()].concat());
    let packet = format!(
        "<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:description>{A1111}</dc:description></rdf:Description>"
    );
    let block = [b"\x1c\x02\x78", &(A1111.len() as u16).to_be_bytes()[..], A1111.as_bytes()].concat();
    let resources = [b"8BIM\x04\x04\0\0", &(block.len() as u32).to_be_bytes()[..], &block].concat();
    for (kind, bytes) in [
        ("exif", [b"Exif\0\0", &tiff[..]].concat()),
        ("exif", tiff.clone()),
        ("APP1", [b"Exif\0\0", &tiff[..]].concat()),
        ("APP1", [b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()].concat()),
        ("xmp", packet.clone().into_bytes()),
        ("iptc", resources.clone()),
        ("iptc", block),
        ("8bim", resources),
    ] {
        let key = format!("Raw profile type {kind}");
        for chunk in [latin(&key, &raw(kind, &bytes)), packed(&key, &raw(kind, &bytes))] {
            assert_eq!(recipe_of(&[chunk]), expected(), "{kind}");
        }
    }
    for text in ["", "\nexif", "\nexif\n9999999999999\n00", "\nexif\n-1\n00", "\nexif\n8\nzz", "\niptc\n3\n1c0278"] {
        assert_eq!(metadata(&png(&[latin("Raw profile type exif", text)])).recipe(), None, "{text}");
    }
}

#[test]
fn jpeg_caption_is_read() {
    let caption = "a fox --ar 3:2 --v 6.1 Job ID: 00000000-1111-2222-3333-444444444444";
    let block = [b"\x1c\x02\x78\0", &[caption.len() as u8][..], caption.as_bytes()].concat();
    let segment = [b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0", &[block.len() as u8][..], &block].concat();
    let jpeg = [b"\xff\xd8\xff\xed", &(segment.len() as u16 + 2).to_be_bytes()[..], &segment, b"\xff\xd9"].concat();
    let recipe = metadata(&jpeg).recipe().unwrap();
    assert_eq!((recipe.tool.as_str(), recipe.prompt.as_str()), ("Midjourney", "a fox"));
}

/// A PNG that hides a text in the lowest bits of its alpha or its colors.
fn hiding(text: &str, (width, height): (u32, u32), alpha: bool, gzip: bool) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    if gzip {
        // With a name, as some writers add one.
        bytes =
            [&b"\x1f\x8b\x08\x08\0\0\0\0\0\xffa.txt\0"[..], &miniz_oxide::deflate::compress_to_vec(&bytes, 6), &[0; 8]]
                .concat();
    }
    let mark = format!("stealth_{}{}", if alpha { "png" } else { "rgb" }, if gzip { "comp" } else { "info" });
    let all = [mark.as_bytes(), &(bytes.len() as u32 * 8).to_be_bytes(), &bytes].concat();
    let bits = all.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let channels = if alpha { 4 } else { 3 };
    let mut pixels = vec![254_u8; (width * height * channels) as usize];
    for (at, bit) in bits.enumerate() {
        let (pixel, channel) = if alpha { (at, 3) } else { (at / 3, at % 3) };
        let (x, y) = (pixel / height as usize, pixel % height as usize);
        pixels[(y * width as usize + x) * channels as usize + channel] |= bit;
    }
    let color = if alpha { ::png::ColorType::Rgba } else { ::png::ColorType::Rgb };
    samples::raw_png((width, height), (color, ::png::BitDepth::Eight), (&[], &[]), &pixels)
}

#[test]
fn text_hidden_in_pixels_is_read() {
    let novel = r#"{"Software":"NovelAI","Source":"NovelAI Diffusion V4","Description":"a fox",
        "Comment":"{\"prompt\": \"a fox\", \"uc\": \"fog\", \"seed\": 7, \"steps\": 28, \"scale\": 5.0}"}"#;
    let graph = r#"{"prompt":{"1":{"class_type":"KSampler","inputs":{"seed":7,"positive":["2",0]}},
        "2":{"class_type":"CLIPTextEncode","inputs":{"text":"a fox"}}},"workflow":{"nodes":[]}}"#;
    for (text, tool) in [(A1111, "A1111"), (novel, "NovelAI"), (graph, "ComfyUI")] {
        for size in [(40, 200), (200, 40), (64, 120), (300, 119)] {
            for (alpha, gzip) in [(true, true), (true, false), (false, true), (false, false)] {
                let recipe = metadata(&hiding(text, size, alpha, gzip)).recipe();
                let recipe = recipe.unwrap_or_else(|| panic!("{tool} {size:?} {alpha} {gzip}"));
                assert_eq!(recipe.tool, tool);
                assert!(recipe.prompt.starts_with(if tool == "A1111" { "a lighthouse" } else { "a fox" }));
            }
        }
    }
    // A length beyond the image, and a signature without any text.
    let file = hiding("", (16, 10), true, false);
    assert_eq!(metadata(&file).recipe(), None);
}

#[test]
fn label_in_an_exif_field_is_a_key() {
    let graph = r#"{"1":{"class_type":"KSampler","inputs":{"seed":7,"positive":["2",0]}},
        "2":{"class_type":"CLIPTextEncode","inputs":{"text":"a fox"}}}"#;
    let other = format!("workflow:{graph}");
    for (make, model) in [
        (format!("prompt:{graph}"), "x".to_owned()),
        (other.clone(), format!("prompt:{graph}")),
        ("Workflow:{}".to_owned(), format!("Prompt: {graph}")),
        (format!("parameters: {A1111}"), "x".to_owned()),
    ] {
        let entry = |tag: u16, at: u32, text: &str| {
            [&tag.to_be_bytes()[..], &[0, 2], &(text.len() as u32 + 1).to_be_bytes(), &at.to_be_bytes()].concat()
        };
        let after = 38 + make.len() as u32 + 1;
        let tiff = [
            &b"MM\0\x2a\0\0\0\x08\0\x02"[..],
            &entry(0x010f, 38, &make),
            &entry(0x0110, after, &model),
            &[0; 4],
            make.as_bytes(),
            b"\0",
            model.as_bytes(),
            b"\0",
        ]
        .concat();
        let recipe = recipe_of(&[(b"eXIf", tiff)]);
        assert!(["a fox", "a lighthouse, storm\nat night"].contains(&recipe.prompt.as_str()), "{make}: {recipe:?}");
    }
}

const KEYS: [&str; 9] = [
    "parameters",
    "prompt",
    "workflow",
    "invokeai_metadata",
    "invokeai_graph",
    "Dream",
    "XML:com.adobe.xmp",
    "sd-metadata",
    "Raw profile type exif",
];

proptest! {
    #[test]
    fn arbitrary_bytes_do_not_panic(kind in 0..5_usize, bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let start: &[u8] = [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff\xe1\x01\x00Exif\0\0", b"GIF89a", b"RIFF0000WEBPEXIF", b""][kind];
        metadata(&[start, &bytes].concat()).recipe();
        let texts = String::from_utf8_lossy(&bytes).into_owned();
        metadata(&png(&[international("parameters", &texts), (b"eXIf", bytes)])).recipe();
    }

    #[test]
    fn arbitrary_text_does_not_panic(text in ".{0,300}", key in 0..KEYS.len()) {
        let key = KEYS[key];
        metadata(&png(&[international(key, &text)])).recipe();
        metadata(&png(&[international(key, &format!("{A1111}{text}"))])).recipe();
    }
}
