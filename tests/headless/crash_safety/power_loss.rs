//! Tests of power cuts: only the parts of the library remain that were flushed, names and bytes separately. Everything
//! that was reported is there, and no request that was sent is taken for unsent.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::Path,
    thread,
    time::{Duration, Instant, UNIX_EPOCH},
};

use atelier::{imaging::Encoding, library::Library, recipe::FailureKind};
use serde_json::json;

use crate::{
    gateway::{Gateway, Reply},
    images::{chat_response, encoded_image, markdown_image},
    queue::{TestStudio, prompt},
    test_home::{
        TestHome, compile_preload_library, files, join_text, json_lines, read_in_background, sha256, wait_for_exit,
    },
};

/// The number of power cuts. Set `ATELIER_CUTS` for more.
fn number_of_cuts() -> u32 {
    std::env::var("ATELIER_CUTS").ok().and_then(|cuts| cuts.parse().ok()).unwrap_or(6)
}

/// The number of requests in each round.
const ROWS: u32 = 4;

/// The identity of a file in the file system.
fn file_identity(path: &Path) -> Option<String> {
    let metadata = fs::symlink_metadata(path).expect("it is there");
    let made = metadata.created().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}-{}-{}", metadata.ino(), made.as_secs(), made.subsec_nanos()))
}

/// Records a folder as completely flushed.
fn record_flushed(folder: &Path, kept: &Path) -> Option<()> {
    let mut names = String::new();
    for entry in fs::read_dir(folder).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        let is_folder = path.is_dir();
        let kind = if is_folder { "folder" } else { "file" };
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        names.extend([kind, " ", &file_identity(&path)?, " ", &name, "\n"]);
        if is_folder {
            record_flushed(&path, kept)?;
        } else {
            fs::copy(&path, kept.join(file_identity(&path)?)).expect("it can be copied");
        }
    }
    fs::write(kept.join(file_identity(folder)?), names).expect("it can be written");
    Some(())
}

/// Writes the flushed parts of a folder to another one.
fn write_flushed(called: &str, kept: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    let names = fs::read_to_string(kept.join(called)).unwrap_or_default();
    for line in names.lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(kind), Some(called), Some(name)) = (words.next(), words.next(), words.next()) else { continue };
        let path = to.join(name);
        if kind == "folder" {
            write_flushed(called, kept, &path);
        } else {
            // A name whose bytes were never flushed is an empty file.
            fs::write(&path, fs::read(kept.join(called)).unwrap_or_default()).expect("it can be written");
        }
    }
}

fn prompt_number(prompt: &str) -> u32 {
    prompt.rsplit(' ').next().and_then(|word| word.parse().ok()).expect("a prompt has a number")
}

fn image_bytes(number: u32) -> Vec<u8> {
    encoded_image(120, 90, number, Encoding::Png)
}

#[test]
fn power_loss_keeps_reported_changes_and_sends_nothing_twice() {
    let home = TestHome::new();
    let Some(shim) = compile_preload_library(home.path(), "power_loss") else { return };
    let gateway = Gateway::start(|request| {
        let content = markdown_image("image/png", &image_bytes(prompt_number(&prompt(request))));
        Reply::json(&chat_response(&json!(content), "stop")).paced(20, Duration::from_millis(2))
    });
    let base = gateway.base_url();
    let kept = home.path().join("kept");
    let generate = |round: u32| {
        let rows = (0..ROWS).map(|row| format!("fox {}\n", round * ROWS + row));
        let sheet = home.path().join("rows.csv");
        fs::write(&sheet, format!("prompt\n{}", rows.collect::<String>())).expect("a file");
        let sheet = sheet.to_str().expect("a path").to_owned();
        let mut command = home.command(&["generate", "--json", "--model", "m", "--base-url", &base, "--sheet", &sheet]);
        command.env("LD_PRELOAD", &shim).env("ATELIER_CUT_FOLDER", home.library()).env("ATELIER_CUT_KEPT", &kept);
        command
    };
    fs::create_dir_all(&kept).expect("a folder");
    let start = Instant::now();
    let mut child = generate(0).spawn().expect("the program starts");
    let output = read_in_background(child.stdout.take());
    assert_eq!(wait_for_exit(&mut child), Some(0));
    let usual = start.elapsed();
    let images = json_lines(&join_text(output)).into_iter().filter(|line| line["event"] == "image");
    assert_eq!(images.count(), ROWS as usize);

    let mut random = 0xD6E8_FEB8_6659_FD93_u64;
    let mut announced: Vec<serde_json::Value> = Vec::new();
    let mut outcomes = BTreeMap::<&str, u32>::new();
    for round in 1..=number_of_cuts() {
        // Everything from before is flushed.
        fs::remove_dir_all(&kept).expect("it is there");
        fs::create_dir_all(&kept).expect("a folder");
        let Some(()) = record_flushed(&home.library(), &kept) else {
            println!("skipped: this file system does not say when a file was made");
            return;
        };
        let root = file_identity(&home.library()).expect("it has said so before");
        let mut child = generate(round).spawn().expect("the program starts");
        let output = read_in_background(child.stdout.take());
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(usual.mul_f64((random >> 40) as f64 / f64::from(1 << 24)));
        child.kill().expect("it can be killed");
        wait_for_exit(&mut child);
        announced.extend(json_lines(&join_text(output)).into_iter().filter(|line| line["event"] == "image"));
        let remains = home.path().join("remains");
        write_flushed(&root, &kept, &remains);
        fs::remove_dir_all(home.library()).expect("it can be removed");
        fs::rename(&remains, home.library()).expect("it can be moved");

        // The library opens, and continues unfinished requests.
        home.run(&["export", "--search", "nothing of this name", "--json", "--out", "out"]);
        let posts = |number: u32| {
            gateway.posts().iter().filter(|request| self::prompt_number(&prompt(request)) == number).count()
        };
        {
            let library = Library::open(&home.library()).expect("it opens");
            let mut booked: BTreeMap<_, u32> = BTreeMap::new();
            library
                .spending()
                .read(|spending| *booked.entry(spending.request).or_default() += 1)
                .expect("it can be read");
            assert!(booked.values().all(|times| *times == 1), "each is written down once");
            let waiting = library.requests().unfinished().expect("it can be read");
            let failed = library.requests().failed().expect("it can be read");
            for row in 0..ROWS {
                let number = round * ROWS + row;
                let name = format!("fox {number}");
                let sent = posts(number);
                assert!(sent <= 1, "{name} was asked for {sent} times");
                let found = library
                    .search()
                    .find_text(&format!("\"{name}\""), &jiff::tz::TimeZone::UTC)
                    .expect("it can be read")
                    .ids;
                let stored = found.iter().any(|id| {
                    let sidecar = library.images().sidecar(*id).expect("it can be read").expect("it has a sidecar");
                    let bytes =
                        fs::read(library.images().original_path(*id).expect("it has a path")).expect("it has its file");
                    assert_eq!(sha256(&bytes), sidecar.sha256, "an image is complete");
                    sidecar.facts.recipe.prompt == name && sidecar.sha256 == sha256(&image_bytes(number))
                });
                let waits = waiting.iter().any(|(intent, _)| intent.recipe.prompt == name);
                let interrupted = failed.iter().find(|(intent, _)| intent.recipe.prompt == name);
                let outcome = match (stored, waits, interrupted) {
                    (true, false, None) => "stored",
                    (false, true, None) => {
                        assert_eq!(sent, 0, "{name} was sent, and is taken for not sent");
                        "waits"
                    }
                    (false, false, Some((intent, failure))) => {
                        assert_eq!(failure.kind, FailureKind::Interrupted);
                        assert!(booked.contains_key(&intent.request), "what may have cost money is written down");
                        "interrupted"
                    }
                    (false, false, None) => {
                        assert_eq!(sent, 0, "{name} was sent, and is not known any more");
                        "never asked for"
                    }
                    other => panic!("{name}: {other:?}"),
                };
                *outcomes.entry(outcome).or_default() += 1;
            }
            let all: Vec<String> = files(&home.library().join("originals"))
                .iter()
                .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
                .map(|path| sha256(&fs::read(path).expect("it can be read")))
                .collect();
            for line in &announced {
                let hash = line["sha256"].as_str().expect("a hash");
                assert!(all.iter().any(|known| known == hash), "what was announced is lost: {line}");
            }
        }
        let mut studio = TestStudio::open(&home, &base, |settings| settings.resume_on_start = true);
        studio.wait_until_idle();
        studio.stop();
        for row in 0..ROWS {
            assert!(posts(round * ROWS + row) <= 1);
        }
        let library = Library::open(&home.library()).expect("it opens");
        let failed = library.requests().failed().expect("it can be read");
        let failed: Vec<_> = failed.iter().map(|(intent, _)| intent.request).collect();
        library.requests().remove(&failed).expect("it can be written");
    }
    println!("{outcomes:?}");
}
