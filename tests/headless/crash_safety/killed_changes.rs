//! Tests that kill the program while it stores, organizes, deletes and rebuilds: everything that it reported holds, and
//! the library opens without help.

use std::{
    collections::BTreeMap,
    fs, thread,
    time::{Duration, Instant},
};

use atelier::{
    imaging::Encoding,
    library::Library,
    recipe::{ImageId, MarkChange, Marks},
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Reply},
    images::{chat_response, encoded_image, markdown_image},
    test_home::{TestHome, join_text, json_lines, read_in_background, sha256, wait_for_exit},
};

/// The number of times that the program is killed. Set `ATELIER_KILLS` for more.
fn number_of_kills() -> u32 {
    std::env::var("ATELIER_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(20)
}

/// The action during which the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Action {
    Store,
    Organize,
    Delete,
    Restore,
    Rebuild,
}

const ACTIONS: [Action; 6] =
    [Action::Store, Action::Organize, Action::Delete, Action::Organize, Action::Restore, Action::Rebuild];

/// The known state of an image.
#[derive(Clone, Debug, Default, PartialEq)]
struct KnownImage {
    sha256: String,
    marks: Marks,
    deleted: bool,
}

/// A deterministic pseudorandom number generator.
struct Rng(u64);

impl Rng {
    fn next(&mut self, below: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32 % below.max(1)
    }
}

fn arguments(
    action: Action,
    base: &str,
    number: u32,
    known: &BTreeMap<ImageId, KnownImage>,
    chance: &mut Rng,
) -> Vec<String> {
    let mut ids = |deleted: bool| -> Vec<String> {
        let all: Vec<String> =
            known.iter().filter(|(_, known)| known.deleted == deleted).map(|(id, _)| id.to_string()).collect();
        let first = chance.next(all.len() as u32) as usize;
        all.into_iter().skip(first).take(8).collect()
    };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    match action {
        Action::Store => {
            let prompt = format!("fox {number}");
            words(&["generate", "--json", "--model", "m", "--base-url", base, "--prompt", &prompt])
        }
        Action::Organize => {
            let (rate, tag) = ((number % 6).to_string(), format!("濕 {}", number % 7));
            let change = ["organise", "--json", "--rate", &rate, "--tag", &tag, "--note", &tag, "--add-to", "Client A"];
            [words(&change), ids(false)].concat()
        }
        Action::Delete => [words(&["organise", "--json", "--delete"]), ids(false)].concat(),
        Action::Restore => [words(&["organise", "--json", "--restore"]), ids(true)].concat(),
        Action::Rebuild => words(&["rebuild", "--json"]),
    }
}

/// The steps of a run in order, as it reports them.
fn steps(arguments: &[String], collections: &[Value]) -> Vec<Value> {
    let images: Vec<&String> = arguments.iter().filter(|word| word.parse::<ImageId>().is_ok()).collect();
    let after = |word: &str| arguments.iter().position(|known| known == word).map(|at| arguments[at + 1].as_str());
    let mut steps = Vec::new();
    let mut change = |change: Value| steps.push(json!({ "event": "organised", "change": change, "images": images }));
    if let Some(rate) = after("--rate").and_then(|rate| rate.parse::<u8>().ok()) {
        change(json!({ "rate": rate }));
    }
    if let Some(tag) = after("--tag") {
        change(json!({ "tag": tag }));
        change(json!({ "note": tag }));
    }
    if after("--add-to").is_some() {
        // A collection that does not exist yet has an unknown ID, which the reported step contains.
        match collections.first() {
            Some(id) => change(json!({ "add_to": id })),
            None => change(json!({ "add_to": null })),
        }
    }
    for (word, event) in [("--delete", "deleted"), ("--restore", "restored")] {
        if arguments.iter().any(|known| known == word) {
            steps.push(json!({ "event": event, "images": images }));
        }
    }
    steps
}

fn apply(step: &Value, known: &mut BTreeMap<ImageId, KnownImage>) {
    let images: Vec<ImageId> = serde_json::from_value(step["images"].clone()).expect("ids");
    for id in images {
        let known = known.get_mut(&id).expect("a known image");
        match step["event"].as_str() {
            Some("deleted") => known.deleted = true,
            Some("restored") => known.deleted = false,
            _ => match serde_json::from_value(step["change"].clone()) {
                Ok(MarkChange::Rate(stars)) => known.marks.rating = stars,
                Ok(MarkChange::Note(note)) => known.marks.note = note,
                Ok(MarkChange::Tag(tag)) => {
                    known.marks.tags.push(tag);
                    known.marks.tags.sort();
                    known.marks.tags.dedup();
                }
                Ok(MarkChange::AddTo(collection)) if !known.marks.collections.contains(&collection) => {
                    known.marks.collections.push(collection);
                }
                _ => {}
            },
        }
    }
}

/// The state of every image in the library.
fn stored_images(library: &Library) -> BTreeMap<ImageId, KnownImage> {
    let live = library.search().find_text("", &TimeZone::UTC).expect("it can be read").ids;
    let trashed = library.trash().list().expect("it can be read");
    let known = |id: &ImageId| {
        let bytes =
            fs::read(library.images().original_path(*id).expect("it has a path")).expect("each image has its file");
        let sidecar = library.images().sidecar(*id).expect("it can be read").expect("each image has its sidecar");
        assert_eq!(sha256(&bytes), sidecar.sha256, "an image is complete");
        let marks = library.organizer().marks(*id).expect("they can be read");
        KnownImage { sha256: sidecar.sha256, marks, deleted: !live.contains(id) }
    };
    live.iter().chain(&trashed).map(|id| (*id, known(id))).collect()
}

#[test]
fn reported_changes_survive_a_kill_at_any_step() {
    let home = TestHome::new();
    let gateway = Gateway::start(|request| {
        let body = request.json()["messages"][0]["content"].to_string();
        let number: u32 =
            body.trim_matches('"').rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap_or_default();
        let pictures = [0, 1]
            .map(|second| markdown_image("image/png", &encoded_image(48, 36, 2 * number + second, Encoding::Png)));
        Reply::new(200, "application/json", chat_response(&json!(pictures.concat()), "stop").to_string())
            .paced(10, Duration::from_millis(2))
    });
    let base = gateway.base_url();
    let mut chance = Rng(0x9E37_79B9_7F4A_7C15);
    let mut known = BTreeMap::<ImageId, KnownImage>::new();
    let mut collections = Vec::<Value>::new();
    let mut usual = BTreeMap::<Action, Duration>::new();
    let mut outcomes = BTreeMap::<(Action, &str), u32>::new();
    // The first run of each action is not killed, but measured.
    for number in 0..number_of_kills() + ACTIONS.len() as u32 {
        let action = ACTIONS[number as usize % ACTIONS.len()];
        let arguments = arguments(action, &base, number, &known, &mut chance);
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if matches!(action, Action::Delete | Action::Restore | Action::Organize)
            && steps(&arguments, &[])[0]["images"] == json!([])
        {
            continue;
        }
        let start = Instant::now();
        let mut child = home.command(&words).spawn().expect("the program starts");
        let output = read_in_background(child.stdout.take());
        if let Some(usual) = usual.get(&action) {
            thread::sleep(usual.mul_f64(f64::from(chance.next(1050)) / 1000.0));
            child.kill().expect("it can be killed");
            wait_for_exit(&mut child);
        } else {
            assert_eq!(wait_for_exit(&mut child), Some(0), "{words:?}");
            usual.insert(action, start.elapsed());
        }
        let lines = json_lines(&join_text(output));
        assert!(lines.iter().all(|line| line["event"] != "failure"), "{lines:?}");

        for line in &lines {
            match line["event"].as_str() {
                Some("image") => {
                    let id: ImageId = serde_json::from_value(line["id"].clone()).expect("an id");
                    let sha256 = line["sha256"].as_str().expect("a hash").to_owned();
                    known.insert(id, KnownImage { sha256, ..KnownImage::default() });
                }
                Some("collection") => collections.push(line["collection"]["id"].clone()),
                _ => {}
            }
        }
        let steps = steps(&arguments, &collections);
        let announced: Vec<&Value> = lines
            .iter()
            .filter(|line| matches!(line["event"].as_str(), Some("organised" | "deleted" | "restored")))
            .collect();
        for step in &announced {
            apply(step, &mut known);
        }
        // An action that was not reported may have been done, or not.
        let mut further = known.clone();
        if let Some(next) = steps.get(announced.len()) {
            apply(next, &mut further);
        }

        let library = Library::open(&home.library()).expect("it opens by itself");
        let found = stored_images(&library);
        for (id, known) in &known {
            let found = found.get(id).unwrap_or_else(|| panic!("{number} {action:?}: {id} is gone"));
            let (further, half) = (&further[id], KnownImage { deleted: found.deleted, ..known.clone() });
            let moving = matches!(action, Action::Delete | Action::Restore) && announced.is_empty();
            assert!(
                found == known || found == further || (moving && *found == half && known.deleted != further.deleted),
                "{number} {action:?}: {found:?} is neither {known:?} nor {further:?}"
            );
        }
        let stored_collections = library.organizer().collections().expect("they can be read");
        assert!(stored_collections.len() <= 1 || action == Action::Organize, "{stored_collections:?}");
        collections = stored_collections.iter().map(|collection| json!(collection.id)).collect();
        let outcome =
            if lines.is_empty() { "killed before it said anything" } else { "killed after it said something" };
        *outcomes.entry((action, outcome)).or_default() += 1;
        known = found;
    }
    let aside = fs::read_dir(home.library()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let aside: Vec<_> = aside.filter(|name| name.to_string_lossy().contains("damaged")).collect();
    assert!(aside.is_empty(), "{aside:?}");
    let checked = home.run(&["doctor", "--library", "--json"]);
    let flaws = checked.events("flaw");
    println!("{} pictures, {outcomes:?}, {flaws:?}", known.len());
    assert_eq!(checked.code, Some(0), "{checked:?}");
}
