//! Tests of full disks and of folders that cannot be written.

use std::{fs, path::Path};

use atelier::imaging::Encoding;
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Reply},
    images::{encoded_image, image_response, png},
    test_home::{Run, TestHome, files, files_with_extension},
};

/// A small disk, mounted on a folder until it is dropped.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    /// `None` if mounting is not permitted, which is printed.
    fn mount(folder: &Path, options: &str) -> Option<Self> {
        fs::create_dir_all(folder).expect("a folder");
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "atelier-test"])
            .arg(folder)
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            println!("skipped: a disk of its own cannot be mounted here");
        }
        mounted.then(|| Self(folder.to_owned()))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        std::process::Command::new("umount").arg("--lazy").arg(&self.0).status().ok();
    }
}

fn assert_failure(run: &Run, code: i32, kind: &str) {
    assert_eq!(run.code, Some(code), "{run:?}");
    let failure = run.only_event("failure");
    assert_eq!(failure["kind"], kind, "{run:?}");
    assert!(failure["message"].as_str().is_some_and(|message| !message.trim().is_empty()), "{failure}");
    assert_eq!(failure["http_status"], Value::Null);
}

/// Fills a disk to its last byte.
#[cfg(target_os = "linux")]
fn fill(file: &Path) {
    use std::io::Write as _;

    let mut file = fs::File::create(file).expect("a file");
    for piece in [64 << 10, 4 << 10, 1] {
        let zeros = vec![0; piece];
        while file.write_all(&zeros).is_ok() {}
    }
}

#[test]
#[cfg(target_os = "linux")]
fn response_larger_than_the_disk_is_kept_elsewhere_until_there_is_space() {
    let home = TestHome::new();
    let temporary = home.path().join("temporary");
    fs::create_dir_all(&temporary).expect("a folder");
    let Some(disk) = SmallDisk::mount(&home.library(), "size=22m") else { return };
    let bytes = incompressible_image(2800);
    assert!(bytes.len() > 20 << 20, "it does not fit: {}", bytes.len());
    let large = Gateway::always(Reply::json(&image_response(&bytes)));
    let mut command = home.generate_command(&large.base_url(), &[]);
    command.env("TMPDIR", &temporary);
    let failed = crate::test_home::run(command);
    assert_failure(&failed, 1, "disk_full");
    let failure = failed.only_event("failure");
    assert_eq!(failure["charged"], "yes", "{failure}");
    let rescued = failure["kept"]["place"]["temporary"].as_str().expect("it says where").to_owned();
    assert!(rescued.starts_with(temporary.to_str().expect("it is text")), "{rescued}");
    assert!(failure["next"].as_str().is_some_and(|next| next.contains(&rescued)), "{failure}");
    assert_eq!(files_with_extension(&home.library(), "part"), Vec::<std::path::PathBuf>::new());

    let larger = std::process::Command::new("mount").args(["-o", "remount,size=200m"]).arg(&disk.0).status();
    assert!(larger.is_ok_and(|status| status.success()));
    let mut next = home.command(&["spending"]);
    next.env("TMPDIR", &temporary);
    crate::test_home::run(next);
    let stored = files_with_extension(&home.library().join("originals"), "png");
    assert_eq!(stored.iter().map(|path| fs::read(path).expect("it is there")).collect::<Vec<_>>(), [bytes]);
    assert!(!Path::new(&rescued).exists(), "it is back in the library");
    assert_eq!(large.posts().len(), 1);
}

/// An incompressible image, `side` pixels wide and high.
#[cfg(target_os = "linux")]
fn incompressible_image(side: u32) -> Vec<u8> {
    let mut random = 0x9E37_79B9_u32;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random.to_le_bytes()
    };
    let rgba = (0..side * side)
        .flat_map(|_| {
            let [r, g, b, _] = next();
            [r, g, b, 255]
        })
        .collect();
    let bitmap = atelier::imaging::Bitmap::new(side, side, rgba).expect("as many bytes as pixels");
    atelier::imaging::encode(&bitmap, Encoding::Png).expect("it fits a PNG")
}

#[test]
#[cfg(target_os = "linux")]
fn sheet_stops_before_a_small_disk_loses_paid_images() {
    let home = TestHome::new();
    let temporary = home.path().join("temporary");
    fs::create_dir_all(&temporary).expect("a folder");
    let Some(_disk) = SmallDisk::mount(&home.library(), "size=24m") else { return };
    let number = std::sync::atomic::AtomicU32::new(0);
    let gateway = Gateway::start(move |_| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Reply::json(&image_response(&encoded_image(500, 400, number, Encoding::Png)))
    });
    let rows: Vec<String> = (1..=60).map(|row| format!("fox {row}")).collect();
    fs::write(home.path().join("rows.csv"), format!("prompt\n{}\n", rows.join("\n"))).expect("a sheet");
    let arguments = ["generate", "--json", "--model", "m", "--sheet", "rows.csv", "--base-url", &gateway.base_url()];
    let mut command = home.command(&arguments);
    command.env("TMPDIR", &temporary);
    let run = crate::test_home::run(command);
    let posts = gateway.posts().len();
    assert!(posts > 0, "some had room: {run:?}");
    assert_eq!(files_with_extension(&home.library().join("originals"), "png").len(), posts, "{run:?}");
    let failures = run.events("failure");
    assert_eq!(failures.len(), 60 - posts, "each row is reported");
    assert!(
        failures.iter().all(|failure| failure["kind"] == "disk_full" && failure["charged"] == "no"),
        "{failures:?}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn full_disk_is_reported_before_anything_is_sent() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(3))));
    let Some(_disk) = SmallDisk::mount(&home.library(), "size=40m") else { return };
    let filler = home.library().join("filler");

    fill(&filler);
    assert_failure(&home.generate(&gateway.base_url(), &[]), 2, "disk_full");
    fs::remove_file(&filler).expect("it can be removed");
    let image = home.generate(&gateway.base_url(), &[]).only_image();

    // The library exists and has no space for anything more.
    fill(&filler);
    let run = home.generate(&gateway.base_url(), &[]);
    assert!(run.code == Some(1) || run.code == Some(2), "{run:?}");
    assert_eq!(run.only_event("failure")["kind"], "disk_full", "{run:?}");
    assert_eq!((run.only_event("failure")["charged"].clone(), gateway.posts().len()), (json!("no"), 1), "{run:?}");

    fs::remove_file(&filler).expect("it can be removed");
    home.generate(&gateway.base_url(), &[]).only_image();
    assert_eq!(fs::read(image["path"].as_str().expect("a path")).expect("it is there"), png(3));
}

#[test]
#[cfg(target_os = "linux")]
fn export_to_a_full_disk_is_reported_and_leaves_no_partial_file() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&encoded_image(400, 400, 4, Encoding::Png))));
    let out = home.path().join("out");
    let Some(_disk) = SmallDisk::mount(&out, "size=64k") else { return };
    let id = home.generate(&gateway.base_url(), &[]).only_image()["id"].as_str().expect("an id").to_owned();
    assert_failure(&home.run(&["export", "--json", "--out", "out", &id]), 1, "disk_full");
    assert_eq!(files(&out), Vec::<std::path::PathBuf>::new());

    // If only the copy fails, the image itself is stored all the same.
    let run = home.generate(&gateway.base_url(), &["--out", "out"]);
    assert_failure(&run, 1, "disk_full");
    let original = run.only_event("image")["path"].as_str().expect("a path").to_owned();
    assert!(Path::new(&original).starts_with(home.library()), "{original}");
}

#[test]
#[cfg(target_os = "linux")]
fn read_only_disk_is_reported() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(5))));
    let Some(_disk) = SmallDisk::mount(&home.library(), "size=1m,ro") else { return };
    assert_failure(&home.generate(&gateway.base_url(), &[]), 2, "cannot_write");
    assert_eq!(gateway.requests().len(), 0);
}

#[test]
fn folder_that_cannot_be_created_is_reported() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(6))));
    fs::write(home.path().join("file"), "").expect("a file");
    let refused = home.generate(&gateway.base_url(), &["--library", "file/library"]);
    assert_failure(&refused, 2, "cannot_write");
    let said = refused.only_event("failure")["message"].to_string();
    assert!(said.contains("file/library"), "{said}");
    assert_eq!(gateway.requests().len(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn import_into_a_full_disk_lists_the_remaining_files_and_continues_with_space() {
    let home = TestHome::new();
    let Some(disk) = SmallDisk::mount(&home.library(), "size=4m") else { return };
    let own = home.path().join("own");
    fs::create_dir_all(&own).expect("a folder");
    for number in 0..6 {
        fs::write(own.join(format!("{number}.png")), encoded_image(700, 500, number, Encoding::Png)).expect("a file");
    }
    let run = home.run(&["import", "--json", "own"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let failures = run.events("failure");
    let of = |kind: &str| failures.iter().filter(|failure| failure["kind"] == kind).count();
    let new = run.events("imported").len();
    assert_eq!((of("cannot_write"), of("not_tried")), (1, 5 - new), "each file is reported: {run:?}");
    assert!(new > 0 && new < 5, "some had room: {run:?}");
    let end = run.only_event("import");
    let message = end["message"].as_str().expect("a sentence");
    assert!(message.contains("Free up disk space") && message.contains("import the same files again"), "{message}");
    let larger = std::process::Command::new("mount").args(["-o", "remount,size=64m"]).arg(&disk.0).status();
    assert!(larger.is_ok_and(|status| status.success()));
    let second = home.run(&["import", "--json", "own"]);
    assert_eq!(second.only_event("import")["new"], 6 - new, "none is stored twice: {second:?}");
    assert_eq!(home.run(&["doctor", "--library"]).code, Some(0));
}
