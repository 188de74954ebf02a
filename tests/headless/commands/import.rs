//! Tests of `atelier import`: files and folders become images of the library, each once.

use std::{fs, thread, time::Duration};

use atelier::imaging::Encoding;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    gateway::{Gateway, Reply},
    images::{encoded_image, image_response, png},
    test_home::{TestHome, files, files_with_extension, wait_for_exit},
};

/// A PNG that contains the parameters of a program.
fn png_with_parameters(text: &str) -> Vec<u8> {
    let file = png(9);
    let (head, tail) = file.split_at(33);
    let body = [b"tEXtparameters\0", text.as_bytes()].concat();
    let length = u32::try_from(body.len() - 4).expect("a short text").to_be_bytes();
    [head, &length, &body, &crc32fast::hash(&body).to_be_bytes(), tail].concat()
}

fn sidecar(home: &TestHome, id: &str) -> Value {
    let all = files(&home.library().join("originals"));
    let path = all.iter().find(|path| path.to_string_lossy().ends_with(&format!("{id}.json"))).expect("a sidecar");
    serde_json::from_slice(&fs::read(path).expect("it can be read")).expect("JSON")
}

#[test]
fn folder_is_imported_once_and_skipped_files_are_listed() {
    let home = TestHome::new();
    let folder = home.path().join("old/2023");
    fs::create_dir_all(&folder).expect("a folder");
    let foreign = png_with_parameters(
        "a lighthouse\nNegative prompt: fog\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 42, Size: 64x48, Model: sdxl",
    );
    let broken = png(4);
    for (name, bytes) in [
        ("a.png", foreign.clone()),
        ("b.jpg", encoded_image(64, 48, 2, Encoding::Jpeg { quality: 90 })),
        ("c.webp", encoded_image(64, 48, 3, Encoding::Webp { quality: 90 })),
        ("same as a.png", foreign.clone()),
        ("broken.png", broken[..broken.len() / 2].to_vec()),
        ("notes.txt", b"no picture".to_vec()),
    ] {
        fs::write(folder.join(name), bytes).expect("it can be written");
    }
    let run = home.run(&["import", "--json", "old"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let new = run.events("imported");
    assert_eq!(new.len(), 3, "{run:?}");
    let failures = run.events("failure");
    assert_eq!(failures.len(), 1, "a text is ignored, a damaged image is not: {run:?}");
    assert!(failures[0]["path"].as_str().expect("a path").ends_with("broken.png"));
    let end = run.events("import");
    assert_eq!((&end[0]["new"], &end[0]["there"], &end[0]["failed"]), (&3.into(), &1.into(), &1.into()));
    assert_eq!(end[0]["message"], "3 images imported, 1 already in the library, 1 failed, 1 file skipped: 1 TXT");

    // The bytes are unchanged, and the embedded parameters are the recipe.
    let id = new[0]["id"].as_str().expect("an id");
    let known = sidecar(&home, id);
    assert_eq!(known["recipe"]["prompt"], "a lighthouse");
    assert_eq!(known["recipe"]["parameters"]["seed"], 42);
    assert_eq!(known["source"]["recipe"]["negative"], "fog");
    assert_eq!(known["source"]["recipe"]["tool"], "A1111");
    let out = home.run(&["export", "--json", "--out", "out", "--name", "x", "--search", "is:imported lighthouse"]);
    let exported = out.events("exported");
    assert_eq!(exported.len(), 1, "{out:?}");
    assert_eq!(fs::read(exported[0]["path"].as_str().expect("a path")).expect("it is there"), foreign);

    // A second import adds nothing, even if an image is in the trash, and after the index was rebuilt.
    assert_eq!(home.run(&["organise", "--delete", id]).code, Some(0));
    assert_eq!(home.run(&["rebuild"]).code, Some(0));
    let second = home.run(&["import", "--json", "old/2023/a.png", "old/2023/b.jpg", "old/2023/notes.txt"]);
    let end = second.events("import");
    assert_eq!((&end[0]["new"], &end[0]["there"], &end[0]["trashed"]), (&0.into(), &2.into(), &1.into()), "{second:?}");
    assert_eq!(second.events("failure")[0]["kind"], "not_a_picture");
}

#[test]
fn linked_images_are_found_after_they_were_moved() {
    let home = TestHome::new();
    let own = home.path().join("own");
    fs::create_dir_all(&own).expect("a folder");
    let bytes = png_with_parameters("a lighthouse\nSteps: 20, Seed: 42, Size: 64x48, Model: sdxl");
    fs::write(own.join("a.png"), &bytes).expect("it can be written");
    let run = home.run(&["import", "--json", "--reference", "own"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let new = run.events("imported");
    let id = new[0]["id"].as_str().expect("an id");
    let originals = files(&home.library().join("originals"));
    assert!(originals.iter().all(|path| path.extension().is_some_and(|end| end == "json")), "{originals:?}");
    assert_eq!(sidecar(&home, id)["source"]["file"].as_str(), own.join("a.png").to_str());
    let exported = home.run(&["export", "--json", "--out", "out", "--name", "x", "--search", "lighthouse"]);
    let path = exported.events("exported")[0]["path"].as_str().expect("a path").to_owned();
    assert_eq!(fs::read(path).expect("it is there"), bytes);

    // After the file has moved, both the doctor and another import report and find it.
    fs::rename(own.join("a.png"), own.join("b.png")).expect("it can be renamed");
    let seen = home.run(&["doctor", "--library", "--json"]);
    assert_eq!((seen.code, seen.events("flaw")[0]["kind"].as_str()), (Some(1), Some("gone")), "{seen:?}");
    let mended = home.run(&["doctor", "--library", "--mend", "--json"]);
    assert_eq!((mended.code, &mended.events("flaw")[0]["mended"]), (Some(0), &Value::Bool(true)), "{mended:?}");
    fs::rename(own.join("b.png"), home.path().join("c.png")).expect("it can be renamed");
    let second = home.run(&["import", "--json", "--reference", "c.png"]);
    assert_eq!(second.events("import")[0]["found"], 1, "{second:?}");
    assert_eq!(sidecar(&home, id)["source"]["file"].as_str(), home.path().join("c.png").to_str());

    // After a deletion and a rebuild of the index, the image can be restored.
    assert_eq!(home.run(&["organise", "--delete", id]).code, Some(0));
    assert_eq!(home.run(&["rebuild"]).code, Some(0));
    assert_eq!(home.run(&["doctor", "--library", "--mend"]).code, Some(0));
    assert_eq!(fs::read(home.path().join("c.png")).expect("it is there"), bytes);
}

#[test]
fn sidecar_files_of_other_programs_become_the_recipe() {
    let home = TestHome::new();
    let own = home.path().join("own");
    fs::create_dir_all(&own).expect("a folder");
    fs::write(own.join("a.png"), png(3)).expect("it can be written");
    let said =
        r#"{"sui_image_params":{"prompt":"a heron","negativeprompt":"fog","model":"flux","seed":5,"loras":"ink"}}"#;
    fs::write(own.join("a.swarm.json"), said).expect("it can be written");
    let run = home.run(&["import", "--json", "own"]);
    let known = sidecar(&home, run.events("imported")[0]["id"].as_str().expect("an id"));
    assert_eq!(known["recipe"]["prompt"], "a heron");
    assert_eq!(known["source"]["recipe"]["tool"], "SwarmUI");
    assert_eq!(known["source"]["recipe"]["extra"]["loras"], "ink");

    // A text, and JSON without a mark, whose names are those of the image with or without its extension.
    let text = "a crane\nNegative prompt: fog\nSteps: 20, Sampler: Euler, Seed: 6, Size: 8x8";
    let said = r#"{"prompt":"a stork","negative_prompt":"fog","seed":7.0,"steps":20}"#;
    for (seed, beside, said, prompt) in [(5, "b.txt", text, "a crane"), (7, "b.png.json", said, "a stork")] {
        fs::write(own.join("b.png"), png(seed)).expect("it can be written");
        fs::write(own.join(beside), said).expect("it can be written");
        let run = home.run(&["import", "--json", "own/b.png"]);
        let known = sidecar(&home, run.events("imported")[0]["id"].as_str().expect("an id"));
        assert_eq!(known["recipe"]["prompt"], prompt, "{beside}");
        assert_eq!(known["source"]["recipe"]["negative"], "fog", "{beside}");
        fs::remove_file(own.join(beside)).expect("it can be removed");
    }
}

#[test]
fn first_frame_of_an_animation_is_imported() {
    let home = TestHome::new();
    // Two frames of one pixel: the first is blue, the second red.
    let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\xff\xff\0\0".to_vec();
    for pixel in [b"\x44\x01", b"\x4c\x01"] {
        gif.extend(b"\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02");
        gif.extend(pixel);
        gif.push(0);
    }
    gif.push(b';');
    fs::write(home.path().join("a.gif"), &gif).expect("it can be written");
    let run = home.run(&["import", "--json", "a.gif"]);
    let known = sidecar(&home, run.events("imported")[0]["id"].as_str().expect("an id"));
    assert_eq!((&known["format"], &known["width"]), (&"gif".into(), &1.into()));
    assert_eq!(known["colour"], serde_json::json!([0, 0, 255]));
    assert_eq!(fs::read(&files_with_extension(&home.library(), "gif")[0]).expect("it is there"), gif);
}

#[test]
fn image_of_another_library_keeps_its_metadata() {
    let gateway = Gateway::always(Reply::json(&image_response(&png(1))));
    let (from, to) = (TestHome::new(), TestHome::new());
    let made = from.generate(&gateway.base_url(), &["--seed", "7"]).only_image();
    let before = sidecar(&from, made["id"].as_str().expect("an id"));
    let copied = from.library().join("originals");
    let run = to.run(&["import", "--json", copied.to_str().expect("a path")]);
    let after = sidecar(&to, run.events("imported")[0]["id"].as_str().expect("an id"));
    for known in ["recipe", "answer", "created", "took_ms", "sha256", "colour"] {
        assert_eq!(after[known], before[known], "{known}");
    }
    assert_eq!(run.only_event("import")["failed"], 0, "sidecars are not reported as unreadable images: {run:?}");
}

#[test]
fn each_format_survives_import_and_export_and_unknown_ones_are_listed() {
    const AVIF: &str = "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAMQAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAEAAAAAwAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBIAAAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAAOW1kYXQSAAoIOAz+2kBDQaQyI0RAiNSgADyAAQC+zmPdi7olQNFNBTICA4TcnVBw5wFCHJqA";
    const JXL: &str = "/wpYMBAJCAABAJgASxiTjoODAKhxvBjUCwQBoE9pCwC+TfkN+WhMDPT4cxgLybkUEJo=";
    let home = TestHome::new();
    let folder = home.path().join("own");
    fs::create_dir_all(&folder).expect("a folder");
    let image = image::DynamicImage::new_rgb8(30, 20);
    let written = |format| {
        let mut file = std::io::Cursor::new(Vec::new());
        image.write_to(&mut file, format).expect("it can be written");
        file.into_inner()
    };
    let svg = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"2\"/>".to_vec();
    let pictures = [
        ("a.avif", STANDARD.decode(AVIF).expect("base64"), (16, 12)),
        ("b.jxl", STANDARD.decode(JXL).expect("base64"), (16, 12)),
        ("c.bmp", written(image::ImageFormat::Bmp), (30, 20)),
        ("d.tiff", written(image::ImageFormat::Tiff), (30, 20)),
        ("e.svg", svg, (1024, 683)),
        ("f.jfif", encoded_image(64, 48, 2, Encoding::Jpeg { quality: 90 }), (64, 48)),
        ("g.heic", png(7), (64, 48)),
    ];
    for (name, bytes, _) in &pictures {
        fs::write(folder.join(name), bytes).expect("it can be written");
    }
    let others: [(&str, &[u8]); 8] = [
        ("h.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("i.mp4", b"\0\0\0\x18ftypisom\0\0\0\0"),
        ("empty.png", b""),
        ("j.pdf", b"%PDF-1.7"),
        ("k.pdf", b"%PDF-1.4"),
        ("Makefile", b"all:"),
        ("._a.avif", b"\0\x05\x16\x07\0\x02\0\0"),
        ("Thumbs.db", b"\xd0\xcf\x11\xe0"),
    ];
    for (name, bytes) in others {
        fs::write(folder.join(name), bytes).expect("it can be written");
    }
    let run = home.run(&["import", "--json", "own"]);
    let end = run.only_event("import");
    assert_eq!((&end["new"], &end["failed"], &end["skipped"]), (&7.into(), &3.into(), &3.into()), "{run:?}");
    let message = end["message"].as_str().expect("a message");
    assert!(message.ends_with("3 files skipped: 2 PDF, 1 other"), "{message}");
    let mut listed: Vec<(String, String)> = run
        .events("failure")
        .iter()
        .map(|failure| (failure["kind"].as_str().unwrap().to_owned(), failure["message"].as_str().unwrap().to_owned()))
        .collect();
    listed.sort();
    assert_eq!(listed[0], ("empty".to_owned(), "The file is empty".to_owned()));
    let heic = "Atelier can’t open HEIC files; export it as PNG or JPEG".to_owned();
    assert_eq!(listed[1], ("unknown_format".to_owned(), heic));
    assert!(listed[2].1.starts_with("MP4 is a video"), "{listed:?}");
    // Every image is stored unmodified and has its size; it can be exported as a PNG.
    let new = run.events("imported");
    for (name, bytes, (width, height)) in &pictures {
        let known = new
            .iter()
            .map(|event| sidecar(&home, event["id"].as_str().expect("an id")))
            .find(|known| known["source"]["file"].as_str().is_some_and(|file| file.ends_with(name)))
            .unwrap_or_else(|| panic!("{name} is there"));
        assert_eq!((&known["width"], &known["height"]), (&(*width).into(), &(*height).into()), "{name}");
        assert_eq!(known["bytes"], bytes.len(), "{name}");
    }
    let out = home.run(&["export", "--json", "--out", "out", "--search", "is:imported", "--format", "original"]);
    let mut exported: Vec<Vec<u8>> = out
        .events("exported")
        .iter()
        .map(|event| fs::read(event["path"].as_str().expect("a path")).expect("it is there"))
        .collect();
    let mut expected: Vec<Vec<u8>> = pictures.iter().map(|(_, bytes, _)| bytes.clone()).collect();
    exported.sort();
    expected.sort();
    assert!(exported == expected, "byte for byte: {out:?}");
    let out = home.run(&["export", "--json", "--out", "pngs", "--search", "is:imported", "--format", "png"]);
    let pngs = out.events("exported");
    assert_eq!(pngs.len(), 7, "{out:?}");
    for event in pngs {
        let bytes = fs::read(event["path"].as_str().expect("a path")).expect("it is there");
        assert!(bytes.starts_with(b"\x89PNG"), "{event}");
    }
    // The index can be rebuilt from the folder.
    assert_eq!(home.run(&["rebuild"]).code, Some(0));
    let second = home.run(&["import", "--json", "own"]);
    assert_eq!(
        (&second.only_event("import")["new"], &second.only_event("import")["there"]),
        (&0.into(), &7.into()),
        "{second:?}"
    );
}

#[test]
fn killed_import_is_consistent_at_the_next_start_and_continues() {
    let home = TestHome::new();
    let own = home.path().join("own");
    fs::create_dir_all(&own).expect("a folder");
    let count = 60;
    for number in 0..count {
        fs::write(own.join(format!("{number}.png")), png(number)).expect("it can be written");
    }
    for (keeping, enough) in [(None, 8), (Some("--reference"), 30)] {
        let mut arguments = vec!["import", "--json", "own"];
        arguments.extend(keeping);
        let mut child = home.command(&arguments).stdout(std::process::Stdio::null()).spawn().expect("it starts");
        while files_with_extension(&home.library(), "json").len() < enough
            && child.try_wait().expect("it can be asked").is_none()
        {
            thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("it can be killed");
        wait_for_exit(&mut child);
        let check = home.run(&["doctor", "--library", "--json"]);
        assert_eq!(check.code, Some(0), "it is whole: {check:?}");
    }
    let second = home.run(&["import", "--json", "own"]);
    let end = second.only_event("import");
    let number = |key: &str| end[key].as_u64().expect("a number");
    assert_eq!(number("new") + number("there"), u64::from(count), "{second:?}");
    assert!(number("there") >= 8, "{second:?}");
    assert_eq!(files(&own).len(), count as usize);
    assert_eq!(home.run(&["doctor", "--library"]).code, Some(0));
}
