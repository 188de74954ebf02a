//! Tests of library commands: organizing, rebuilding the index, verifying.

use std::fs;

use atelier::imaging::Encoding;
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Reply},
    images::{encoded_image, image_response},
    test_home::{Run, TestHome, files_with_extension},
};

/// A library with `count` images, and their IDs.
fn generate_images(home: &TestHome, count: u32) -> Vec<String> {
    let store = |number| {
        let gateway = Gateway::always(Reply::json(&image_response(&encoded_image(64, 48, number, Encoding::Png))));
        let image = home.generate(&gateway.base_url(), &[]).only_image();
        image["id"].as_str().expect("an id").to_owned()
    };
    (0..count).map(store).collect()
}

fn organize(home: &TestHome, words: &[&str]) -> Run {
    home.run(&[&["organise", "--json"], words].concat())
}

fn search_ids(home: &TestHome, search: &str) -> Vec<Value> {
    let run =
        home.run(&["export", "--json", "--search", search, "--out", "out", "--name", "{id}", "--on-clash", "replace"]);
    run.events("exported").into_iter().map(|exported| exported["id"].clone()).collect()
}

#[test]
fn organizing_is_searchable_and_survives_a_deleted_index() {
    let home = TestHome::new();
    let ids = generate_images(&home, 3);
    let change = ["--rate", "4", "--flag", "picked", "--label", "red", "--tag", "濕 玻璃", "--note", "for Monday"];
    let run = organize(&home, &[&change, &["--add-to", "Client A", &ids[0], &ids[1]][..]].concat());
    assert_eq!((run.code, run.events("organised").len()), (Some(0), 6), "{run:?}");
    assert_eq!(organize(&home, &["--untag", "濕 玻璃", "--rate", "0", &ids[1]]).code, Some(0));
    let searches = ["rating:>=4", "is:picked", "label:red", "tag:\"濕 玻璃\"", "collection:\"Client A\"", "monday"];
    let both = json!([ids[1], ids[0]]);
    let expected = [json!([ids[0]]), both.clone(), both.clone(), json!([ids[0]]), both.clone(), both];
    let all = || searches.map(|search| Value::from(search_ids(&home, search)));
    assert_eq!(all(), expected);
    // Also if only the files remain.
    for name in ["library.db", "library.db-wal", "library.db-shm"] {
        fs::remove_file(home.library().join(name)).ok();
    }
    let rebuilt = home.run(&["rebuild", "--json"]);
    assert_eq!((rebuilt.code, rebuilt.only_event("rebuilt")["pictures"].clone()), (Some(0), json!(3)), "{rebuilt:?}");
    assert_eq!(all(), expected);
    assert_eq!(organize(&home, &["--rate", "6", &ids[0]]).code, Some(2));
    assert_eq!(organize(&home, &["--remove-from", "Nobody", &ids[0]]).code, Some(2));
    assert_eq!(organize(&home, &[&ids[0]]).code, Some(2), "nothing to do");
}

#[test]
fn deleted_image_can_be_restored() {
    let home = TestHome::new();
    let ids = generate_images(&home, 2);
    assert_eq!(organize(&home, &["--delete", &ids[0]]).only_event("deleted")["images"], json!([ids[0]]));
    assert_eq!(search_ids(&home, ""), [json!(ids[1])]);
    assert_eq!(organize(&home, &["--restore", &ids[0]]).code, Some(0));
    assert_eq!(search_ids(&home, ""), [json!(ids[1]), json!(ids[0])]);
}

#[test]
fn library_is_verified_and_repaired() {
    let home = TestHome::new();
    let ids = generate_images(&home, 3);
    let whole = home.run(&["doctor", "--library", "--json"]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    assert_eq!(whole.only_event("checked"), json!({ "event": "checked", "pictures": 3, "flaws": 0, "mended": 0 }));

    let file = |id: &str| {
        let files = files_with_extension(&home.library().join("originals"), "png");
        files.into_iter().find(|path| path.to_string_lossy().contains(id)).expect("a file")
    };
    fs::remove_file(file(&ids[0])).expect("it can be removed");
    let altered = file(&ids[1]);
    fs::write(&altered, "no picture").expect("it can be written");
    let kinds = |run: &Run| run.events("flaw").iter().map(|flaw| flaw["kind"].clone()).collect::<Vec<_>>();
    let seen = home.run(&["doctor", "--library", "--json"]);
    assert_eq!((seen.code, kinds(&seen)), (Some(1), vec![json!("missing_picture"), json!("altered_picture")]));
    let mended = home.run(&["doctor", "--library", "--mend", "--json"]);
    assert_eq!((mended.code, mended.only_event("checked")["mended"].clone()), (Some(1), json!(1)), "{mended:?}");
    let left = home.run(&["doctor", "--library"]);
    assert_eq!(left.code, Some(1), "a changed image cannot be repaired");
    assert!(left.stdout.contains(&altered.display().to_string()), "{left:?}");
    assert_eq!(fs::read_dir(home.library().join("lost+found")).expect("a folder").count(), 1);
}

#[test]
fn library_of_a_newer_version_is_read_only() {
    let home = TestHome::new();
    let ids = generate_images(&home, 1);
    let index = rusqlite::Connection::open(home.library().join("library.db")).expect("the index");
    index.pragma_update(None, "user_version", 99).expect("it can be written");
    drop(index);
    assert_eq!(search_ids(&home, "fox"), [json!(ids[0])]);
    let gateway = Gateway::always(Reply::json(&image_response(&encoded_image(64, 48, 9, Encoding::Png))));
    for refused in [home.generate(&gateway.base_url(), &[]), organize(&home, &["--rate", "3", &ids[0]])] {
        let failure = refused.only_event("failure");
        assert_eq!((refused.code, failure["kind"].clone()), (Some(2), json!("library_newer")), "{refused:?}");
        assert!(failure["message"].as_str().is_some_and(|message| message.contains("Update Atelier")), "{failure}");
    }
    assert_eq!(gateway.requests().len(), 0);
    assert_eq!(search_ids(&home, "fox"), [json!(ids[0])]);
}
