//! Tests of unusual paths: paths that are not Unicode, folders of the library itself, pipes in place of files, a lock
//! that is removed, an original on another disk. Each works, or is rejected with a message before anything is sent.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, symlink},
    },
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use atelier::imaging::Encoding;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Part, Reply},
    images::{chat_response, encoded_image, markdown_image},
    test_home::{TestHome, files, join_text, read_in_background, run, wait_for_exit},
};

fn image_reply() -> Reply {
    let content = markdown_image("image/png", &encoded_image(64, 48, 1, Encoding::Png));
    Reply::new(200, "application/json", chat_response(&json!(content), "stop").to_string())
}

/// The complete path under a name of a line.
fn path_of(line: &Value, name: &str) -> PathBuf {
    let bytes = line[format!("{name}_bytes")].as_str().expect("a non-Unicode path is reported as bytes");
    PathBuf::from(OsStr::from_bytes(&STANDARD.decode(bytes).expect("it is base64")))
}

#[test]
fn non_unicode_paths_work_and_are_reported_in_full() {
    let home = TestHome::new();
    let odd = |name: &[u8]| home.path().join(OsStr::from_bytes(name));
    let (library, config, out) = (odd(b"lib\xff"), odd(b"conf\xfe"), odd(b"out\xfd"));
    if fs::create_dir(&library).is_err() {
        println!("skipped: this disk takes only names that are text");
        return;
    }
    fs::create_dir(&out).unwrap();
    let (reference, sheet) = (odd(b"ref\xff.png"), odd(b"rows\xff.csv"));
    fs::write(&reference, encoded_image(40, 40, 3, Encoding::Png)).unwrap();
    fs::write(&sheet, "prompt\nfox 1\nfox 2\n").unwrap();
    let gateway = Gateway::always(image_reply());
    let here = |mut command: Command| {
        command.env("ATELIER_LIBRARY", &library).env("ATELIER_CONFIG", &config);
        command
    };
    let mut generate = here(home.generate_command(&gateway.base_url(), &[]));
    generate.arg("--out").arg(&out).arg("--reference").arg(&reference);
    let made = run(generate);
    assert_eq!(made.code, Some(0), "{made:?}");
    let image = made.only_event("image");
    assert!(path_of(&image, "path").starts_with(&out) && path_of(&image, "path").exists());
    assert!(path_of(&image, "original").starts_with(&library) && path_of(&image, "original").exists());
    assert!(image["path"].as_str().is_some_and(|path| path.contains('\u{fffd}')));

    let mut rows = here(home.command(&["generate", "--json", "--model", "m", "--base-url", &gateway.base_url()]));
    rows.arg("--sheet").arg(&sheet).arg("--out").arg(&out);
    let made = run(rows);
    assert_eq!((made.code, made.events("image").len()), (Some(0), 2), "{made:?}");
    assert!(path_of(&made.only_event("table"), "path").exists());

    let export = run(here(home.command(&["export", "--json", "--all", "--out", "plain"])));
    assert_eq!((export.code, export.events("exported").len()), (Some(0), 3), "{export:?}");
    fs::write(odd(b"none\xff.png"), "no picture").unwrap();
    let mut import = here(home.command(&["import", "--json"]));
    import.arg(&reference).arg(odd(b"none\xff.png"));
    let import = run(import);
    assert_eq!(import.only_event("import")["new"], 1, "{import:?}");
    assert_eq!(path_of(&import.only_event("failure"), "path"), odd(b"none\xff.png"));
    let rebuilt = run(here(home.command(&["rebuild", "--json"])));
    assert_eq!(rebuilt.only_event("rebuilt")["pictures"], 4, "{rebuilt:?}");
    let checked = run(here(home.command(&["doctor", "--check-library", "--json"])));
    assert_eq!((checked.code, &checked.only_event("checked")["flaws"]), (Some(0), &json!(0)), "{checked:?}");
}

#[test]
fn invalid_output_names_and_library_folders_are_rejected_before_anything_is_sent() {
    let home = TestHome::new();
    let gateway = Gateway::always(image_reply());
    assert_eq!(home.generate(&gateway.base_url(), &[]).code, Some(0));
    symlink(home.library().join("originals"), home.path().join("link")).unwrap();
    fs::write(home.path().join("rows.csv"), "prompt\nfox\n").unwrap();
    let sheet: Vec<String> = ["generate", "--json", "--model", "m", "--sheet", "rows.csv", "--base-url"]
        .map(str::to_owned)
        .into_iter()
        .chain([gateway.base_url()])
        .collect();
    let sheet: Vec<&str> = sheet.iter().map(String::as_str).collect();
    for more in [
        &["--out", "out", "--name", "{n:70000}"][..],
        &["--out", "out", "--name", "{prompt:99999999999999999999}"],
        &["--out", "out", "--name", "{date:%Y}"],
        &["--out", "library/originals/2026"],
        &["--out", "link/new"],
        &["--out", "other/../library"],
    ] {
        let refused = home.generate(&gateway.base_url(), more);
        assert_eq!(
            (refused.code, refused.only_event("failure")["kind"].as_str()),
            (Some(2), Some("usage")),
            "{refused:?}"
        );
        let refused = home.run(&[&sheet[..], more].concat());
        assert_eq!(
            (refused.code, refused.only_event("failure")["kind"].as_str()),
            (Some(2), Some("usage")),
            "{refused:?}"
        );
    }
    let before = files(&home.library().join("originals"));
    for out in ["library/originals", "link", "library"] {
        let refused = home.run(&["export", "--json", "--all", "--out", out]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
    }
    assert_eq!(home.run(&["spending", "--csv", "library/spending.csv"]).code, Some(2));
    assert_eq!(home.run(&["profiles", "export", "link/profiles.json"]).code, Some(2));
    assert_eq!(files(&home.library().join("originals")), before);
    assert_eq!(gateway.posts().len(), 1);
}

#[test]
fn pipes_in_place_of_files_do_not_block() {
    let home = TestHome::new();
    let pipe = |path: &Path| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        Command::new("mkfifo").arg(path).status().is_ok_and(|made| made.success())
    };
    let config = home.path().join("config/atelier");
    if !pipe(&config.join("settings.json")) {
        println!("skipped: there is no mkfifo");
        return;
    }
    pipe(&config.join("session.json"));
    pipe(&config.join("kit.json"));
    pipe(&config.join("wildcards/animal.txt"));
    for name in ["ref.png", "rows.csv", "profiles.json", "in/a.png"] {
        pipe(&home.path().join(name));
    }
    let gateway = Gateway::always(image_reply());
    let made = home.generate(&gateway.base_url(), &[]);
    assert_eq!(made.code, Some(0), "{made:?}");
    assert_eq!(home.generate(&gateway.base_url(), &["--reference", "ref.png"]).code, Some(2));
    let sheet = ["generate", "--json", "--model", "m", "--sheet", "rows.csv", "--base-url", &gateway.base_url()];
    assert_eq!(home.run(&sheet).code, Some(2));
    assert_eq!(home.run(&["profiles", "import", "profiles.json"]).code, Some(2));
    let import = home.run(&["import", "--json", "in", "ref.png"]);
    assert_eq!(
        (import.code, import.only_event("failure")["kind"].as_str()),
        (Some(1), Some("unreadable")),
        "{import:?}"
    );
    assert_eq!(gateway.posts().len(), 1);
}

#[test]
fn deleted_lock_file_admits_no_second_process_and_loses_nothing() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply([vec![Part::Pause(Duration::from_millis(900))], image_reply().0].concat()));
    let mut child = home.generate_command(&gateway.base_url(), &[]).spawn().expect("the program starts");
    let (stdout, stderr) = (read_in_background(child.stdout.take()), read_in_background(child.stderr.take()));
    while gateway.posts().is_empty() && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(5));
    }
    fs::remove_file(home.library().join("library.lock")).unwrap();
    let second = home.generate(&gateway.base_url(), &[]);
    assert_eq!(
        (second.code, second.only_event("failure")["kind"].as_str()),
        (Some(2), Some("library_busy")),
        "{second:?}"
    );
    let code = wait_for_exit(&mut child);
    assert_eq!(code, Some(0), "{} {}", join_text(stdout), join_text(stderr));
    assert_eq!(gateway.posts().len(), 1);
    let found = home.run(&["export", "--json", "--all", "--out", "out"]);
    assert_eq!(found.events("exported").len(), 1, "{found:?}");
}

#[test]
fn originals_on_another_disk_are_trashed_and_restored() {
    let home = TestHome::new();
    let Ok(disk) = tempfile::tempdir_in("/dev/shm") else { return };
    if fs::metadata(disk.path()).unwrap().dev() == fs::metadata(home.path()).unwrap().dev() {
        println!("skipped: there is no second disk");
        return;
    }
    fs::create_dir(home.library()).unwrap();
    symlink(disk.path(), home.library().join("originals")).unwrap();
    let gateway = Gateway::always(image_reply());
    let image = home.generate(&gateway.base_url(), &[]).only_image();
    let id = image["id"].as_str().unwrap();
    let bytes = fs::read(image["original"].as_str().unwrap()).unwrap();
    for (word, event) in [("--delete", "deleted"), ("--restore", "restored"), ("--delete", "deleted")] {
        let moved = home.run(&["organise", "--json", word, id]);
        assert_eq!((moved.code, moved.events(event).len()), (Some(0), 1), "{moved:?}");
        let there = fs::read(image["original"].as_str().unwrap());
        let trashed = fs::read(home.library().join("trash").join(format!("{id}.png")));
        let (here, gone) = if word == "--delete" { (trashed, there) } else { (there, trashed) };
        assert!(here.is_ok_and(|here| here == bytes) && gone.is_err());
    }
}
