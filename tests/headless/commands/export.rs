//! Tests of `atelier export`: images of the library to a folder, in every format and with files in the way.

use std::{fs, path::Path};

use atelier::imaging::{Encoding, ImageLimits, decode, probe};
use serde_json::Value;

use crate::{
    gateway::{Gateway, Reply},
    images::{chat_response, encoded_image, markdown_image, png},
    test_home::{TestHome, files},
};

/// A home with two images, oldest first: their IDs and bytes.
fn home_with_two_images() -> (TestHome, Vec<(String, Vec<u8>)>) {
    let home = TestHome::new();
    let mut made = Vec::new();
    for (bytes, prompt) in [(png(1), "a fox"), (encoded_image(48, 64, 2, Encoding::Jpeg { quality: 90 }), "海上的日落")]
    {
        let gateway = Gateway::always(Reply::json(&chat_response(&markdown_image("image/png", &bytes).into(), "stop")));
        let arguments = ["generate", "--json", "--model", "m", "--prompt", prompt, "--base-url", &gateway.base_url()];
        let image = home.run(&arguments).only_image();
        made.push((image["id"].as_str().expect("an id").to_owned(), bytes));
    }
    (home, made)
}

fn file_names(folder: &Path) -> Vec<String> {
    files(folder).iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
}

#[test]
fn originals_are_exported_byte_for_byte_with_the_right_extension() {
    let (home, made) = home_with_two_images();
    let run = home.run(&["export", "--json", "--out", "out", "--name", "{n:02} {prompt}", &made[1].0, &made[0].0]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let out = home.path().join("out");
    assert_eq!(file_names(&out), ["01 海上的日落.jpg", "02 a-fox.png"]);
    let exported = run.events("exported");
    for (line, (id, bytes)) in exported.iter().zip([&made[1], &made[0]]) {
        assert_eq!(line["id"], *id);
        assert_eq!(&fs::read(line["path"].as_str().expect("a path")).expect("it is there"), bytes);
    }
}

#[test]
fn each_export_format_contains_the_image() {
    let (home, made) = home_with_two_images();
    let original = decode(&made[0].1, &ImageLimits::default()).expect("a picture");
    for (format, extension) in [("png", "png"), ("jpeg", "jpg"), ("webp", "webp")] {
        let quality = if format == "webp" { "100" } else { "90" };
        let run =
            home.run(&["export", &made[0].0, "--out", format, "--format", format, "--quality", quality, "--name", "x"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let bytes = fs::read(home.path().join(format).join(format!("x.{extension}"))).expect("it is written");
        let probe = probe(&bytes, &ImageLimits::default()).expect("a picture");
        assert_eq!((probe.format.extension(), probe.width, probe.height), (extension, 64, 48));
        if format != "jpeg" {
            assert!(decode(&bytes, &ImageLimits::default()).expect("a picture").rgba == original.rgba, "{format}");
        }
    }
}

#[test]
fn existing_files_are_numbered_skipped_or_replaced() {
    let (home, made) = home_with_two_images();
    let (id, bytes) = &made[0];
    let out = home.path().join("out");
    fs::create_dir(&out).expect("a folder");
    let target = out.join("x.png");
    fs::write(&target, "mine").expect("a file");
    let export = |clash: &[&str]| {
        let run = home.run(&[&["export", "--json", "--out", "out", "--name", "x", id], clash].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        run
    };
    export(&[]);
    assert_eq!(file_names(&out), ["x (2).png", "x.png"]);
    assert_eq!(export(&["--on-clash", "skip"]).events("skipped").len(), 1);
    assert_eq!(fs::read(&target).expect("it is there"), b"mine");
    export(&["--on-clash", "replace"]);
    assert_eq!(&fs::read(&target).expect("it is there"), bytes);
    assert_eq!(file_names(&out), ["x (2).png", "x.png"], "nothing temporary is left");
}

#[test]
fn whole_library_or_search_results_are_exported() {
    let (home, made) = home_with_two_images();
    home.run(&["export", "--all", "--out", "all", "--name", "{id}"]);
    assert_eq!(files(&home.path().join("all")).len(), 2);
    home.run(&["export", "--search", "日落", "--out", "found", "--name", "{id}"]);
    assert_eq!(file_names(&home.path().join("found")), [format!("{}.jpg", made[1].0)]);
    let nothing = home.run(&["export", "--search", "whale", "--out", "none", "--json"]);
    assert_eq!((nothing.code, nothing.events("failure").len()), (Some(2), 1));
}

#[test]
fn failed_images_are_reported_and_the_others_exported() {
    let (home, made) = home_with_two_images();
    let strange = "01a20872-86a3-77cd-8888-592324ac6e0e";
    let run = home.run(&["export", "--json", "--out", "out", "--name", "x", strange, &made[0].0]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let failure = run.only_event("failure");
    assert_eq!((&failure["kind"], &failure["id"]), (&Value::from("unreadable"), &Value::from(strange)));
    assert_eq!(file_names(&home.path().join("out")), ["x.png"]);

    fs::write(home.path().join("file"), "").expect("a file");
    let run = home.run(&["export", "--json", "--out", "file/below", "--name", "x", &made[0].0]);
    assert_eq!((run.code, &run.only_event("failure")["kind"]), (Some(1), &Value::from("cannot_write")));
    let run = home.run(&["export", "--json", "--out", "out", "--name", "{nonsense}", &made[0].0]);
    assert_eq!((run.code, &run.only_event("failure")["kind"]), (Some(2), &Value::from("usage")));
    assert_eq!(home.run(&["export", "--out", "out"]).code, Some(2));
    assert_eq!(home.run(&["export", "--out", "out", "no-id"]).code, Some(2));
}
