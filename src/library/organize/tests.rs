//! Tests of the journal and the index after crashes, losses and undone changes.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use proptest::{collection::vec, prelude::*, sample::select};
use uuid::Uuid;

use crate::{
    library::{
        Library,
        images::fixtures::{facts, store},
        journal::{entry::Entry, organizing_state::OrganizingState},
    },
    recipe::{Collection, CollectionEdit, CollectionId, Flag, ImageId, Label, MarkChange},
};

use super::journal_sync::read_state;

fn image(number: u128) -> ImageId {
    ImageId::from_uuid(Uuid::from_u128(number))
}

fn place(number: u128) -> CollectionId {
    CollectionId::from_uuid(Uuid::from_u128(number))
}

/// An action of a person.
#[derive(Clone, Debug)]
enum Wish {
    Change(Vec<ImageId>, MarkChange),
    Edit(CollectionEdit),
    /// Undoes the last action.
    Undo,
}

fn wish() -> impl Strategy<Value = Wish> {
    let places = || (100_u128..104).prop_map(place);
    let text = || select(vec!["", "a", "濕玻璃", "x \"y\"\n{"]).prop_map(str::to_owned);
    let change = prop_oneof![
        (0_u8..=5).prop_map(MarkChange::Rate),
        select(vec![Flag::None, Flag::Picked, Flag::Rejected]).prop_map(MarkChange::Flag),
        select(vec![None, Some(Label::Red), Some(Label::Purple)]).prop_map(MarkChange::Label),
        text().prop_map(MarkChange::Tag),
        text().prop_map(MarkChange::Untag),
        text().prop_map(MarkChange::Note),
        places().prop_map(MarkChange::AddTo),
        places().prop_map(MarkChange::RemoveFrom),
    ];
    let images = || vec((1_u128..=5).prop_map(image), 0..5);
    let parent = || proptest::option::of((100_u128..104).prop_map(place));
    let create = (places(), text(), parent(), proptest::option::weighted(0.2, text()), images()).prop_map(
        |(id, name, parent, query, images)| CollectionEdit::Create {
            collection: Collection { id, name, parent, query, count: 0 },
            images,
        },
    );
    let edit = prop_oneof![
        3 => create,
        1 => (places(), text()).prop_map(|(id, name)| CollectionEdit::Rename(id, name)),
        2 => (places(), parent()).prop_map(|(id, parent)| CollectionEdit::Move(id, parent)),
        1 => (places(), text()).prop_map(|(id, query)| CollectionEdit::Search(id, query)),
        1 => places().prop_map(CollectionEdit::Remove),
    ];
    prop_oneof![
        5 => (images(), change).prop_map(|(images, change)| Wish::Change(images, change)),
        3 => edit.prop_map(Wish::Edit),
        1 => Just(Wish::Undo),
    ]
}

/// A library of four images. A fifth image appears in changes and never exists.
fn library(folder: &Path) -> Arc<Library> {
    let library = Arc::new(Library::open(folder).unwrap());
    for number in 1..=4 {
        store(&library, facts(number, "sea"), &number.to_be_bytes());
    }
    library
}

fn state_of(library: &Library) -> OrganizingState {
    read_state(&library.index().writer()).unwrap()
}

fn lose_index(folder: &Path) {
    for name in ["library.db", "library.db-wal", "library.db-shm"] {
        fs::remove_file(folder.join(name)).ok();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn index_equals_the_complete_lines_of_a_torn_journal(
        wishes in vec(wish(), 1..12), cut in 0.0..1.0_f64, index_is_lost: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("organising.jsonl");
        let library = library(folder.path());
        // The expected state for each length of the journal.
        let mut states = vec![(fs::metadata(&journal).unwrap().len(), state_of(&library))];
        let mut undo = Vec::new();
        for wish in wishes {
            let before = state_of(&library);
            undo = match wish {
                Wish::Change(images, change) => library.organizer().change(&images, &change).unwrap(),
                Wish::Edit(edit) => library.organizer().edit_collections(&edit).unwrap(),
                Wish::Undo => library.organizer().undo(undo).unwrap(),
            };
            let now = state_of(&library);
            prop_assert_eq!(before != now, !undo.is_empty(), "what changes can be taken back");
            states.push((fs::metadata(&journal).unwrap().len(), now));
        }
        // The index is that of the end, of the start, or lost.
        drop(library);
        if index_is_lost {
            lose_index(folder.path());
        }
        let (start, end) = (states[0].0, states[states.len() - 1].0);
        let at = start + ((end - start) as f64 * cut) as u64;
        let text = fs::read(&journal).unwrap();
        fs::write(&journal, &text[..at as usize]).unwrap();
        let whole = text[..at as usize].iter().rposition(|byte| *byte == b'\n').unwrap() as u64 + 1;

        let library = Library::open(folder.path()).unwrap();
        prop_assert_eq!(fs::metadata(&journal).unwrap().len(), whole, "half a line is cut off");
        let found = state_of(&library);
        let mut replayed = OrganizingState::default();
        library.organizer().journal().as_ref().unwrap().read(0, |entry| { replayed.apply(entry); Ok(()) }).unwrap();
        let known: BTreeSet<ImageId> = (1..=4).map(image).collect();
        prop_assert_eq!(&replayed.clone().only(&known), &found);
        // An undo of several changes may be several lines, between which no state was reported.
        if let Some((_, expected)) = states.iter().rev().find(|(length, _)| *length == whole) {
            prop_assert_eq!(&found, expected);
        }
        // The compacted journal describes the same state.
        let mut again = OrganizingState::default();
        replayed.entries().into_iter().for_each(|entry| again.apply(entry));
        prop_assert_eq!(again, replayed);
    }

    #[test]
    fn undo_restores_the_previous_state(first in vec(wish(), 0..8), last in wish()) {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let say = |wish: &Wish| match wish {
            Wish::Change(images, change) => library.organizer().change(images, change).unwrap(),
            Wish::Edit(edit) => library.organizer().edit_collections(edit).unwrap(),
            Wish::Undo => Vec::new(),
        };
        for wish in &first {
            say(wish);
        }
        let before = state_of(&library);
        let undo = say(&last);
        let after = state_of(&library);
        let again = library.organizer().undo(undo).unwrap();
        prop_assert_eq!(state_of(&library), before);
        library.organizer().undo(again).unwrap();
        prop_assert_eq!(state_of(&library), after);
    }
}

#[test]
fn journal_lines_missing_in_the_index_are_applied_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path());
    library.organizer().change(&[image(1)], &MarkChange::Rate(3)).unwrap();
    // Simulates a crash between the writes of the journal and the index.
    let late = |change| vec![Entry::Change { images: vec![image(1), image(2)], change }];
    library.organizer().journal().as_mut().unwrap().append(&late(MarkChange::Tag("濕玻璃".to_owned()))).unwrap();
    drop(library);
    let library = Library::open(folder.path()).unwrap();
    let marks = |number| library.organizer().marks(image(number)).unwrap();
    assert_eq!((marks(1).rating, marks(1).tags), (3, vec!["濕玻璃".to_owned()]));
    assert_eq!(library.search().find_text("玻璃", &jiff::tz::TimeZone::UTC).unwrap().ids, [image(2), image(1)]);
    // The same between two changes of one run.
    library.organizer().journal().as_mut().unwrap().append(&late(MarkChange::Note("late".to_owned()))).unwrap();
    library.organizer().change(&[image(1)], &MarkChange::Rate(5)).unwrap();
    assert_eq!((marks(1).rating, marks(2).note), (5, "late".to_owned()));
}

#[test]
fn lost_journal_is_rebuilt_from_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let before = {
        let library = library(folder.path());
        library.organizer().change(&[image(1), image(2)], &MarkChange::Tag("wet glass".to_owned())).unwrap();
        state_of(&library)
    };
    fs::remove_file(folder.path().join("organising.jsonl")).unwrap();
    drop(Library::open(folder.path()).unwrap());
    lose_index(folder.path());
    assert_eq!(state_of(&Library::open(folder.path()).unwrap()), before);
}

#[test]
fn unknown_lines_and_marks_of_missing_images_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    drop(library(folder.path()));
    let journal = folder.path().join("organising.jsonl");
    let mut text = fs::read_to_string(&journal).unwrap();
    let lines = [
        r#"{"at":"2026-11-23T10:00:00Z","images":["00000000-0000-0000-0000-000000000001"],"rate":4,"by":"me"}"#,
        r#"{"at":"2026-11-23T10:00:00Z","stack":["00000000-0000-0000-0000-000000000001"]}"#,
        "no JSON at all",
        r#"{"at":"2026-11-23T10:00:00Z","images":["00000000-0000-0000-0000-000000000009"],"tag":"away"}"#,
    ];
    text.push_str(&lines.join("\n"));
    text.push('\n');
    fs::write(&journal, &text).unwrap();
    let library = Arc::new(Library::open(folder.path()).unwrap());
    assert_eq!(library.organizer().marks(image(1)).unwrap().rating, 4);
    library.organizer().change(&[image(1)], &MarkChange::Rate(5)).unwrap();
    let now = fs::read_to_string(&journal).unwrap();
    assert!(now.starts_with(&text) && now.lines().count() == text.lines().count() + 1, "{now}");
    // The image returns, as from a backup.
    store(&library, facts(9, "sea"), b"nine");
    drop(library);
    lose_index(folder.path());
    assert_eq!(Library::open(folder.path()).unwrap().organizer().marks(image(9)).unwrap().tags, ["away"]);
}

#[test]
fn long_journal_is_compacted() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("organising.jsonl");
    let before = {
        let library = library(folder.path());
        let long = |number: usize| MarkChange::Note(format!("{number}{}", "x".repeat(30_000)));
        (0..40).for_each(|number| drop(library.organizer().change(&[image(1)], &long(number)).unwrap()));
        library.organizer().change(&[image(2)], &MarkChange::Rate(5)).unwrap();
        state_of(&library)
    };
    assert!(fs::metadata(&journal).unwrap().len() > 1_000_000);
    let library = Library::open(folder.path()).unwrap();
    assert!(fs::metadata(&journal).unwrap().len() < 100_000);
    assert_eq!(state_of(&library), before);
    library.organizer().change(&[image(3)], &MarkChange::Rate(1)).unwrap();
    let before = state_of(&library);
    drop(library);
    lose_index(folder.path());
    assert_eq!(state_of(&Library::open(folder.path()).unwrap()), before);
}

#[test]
fn file_that_is_not_a_journal_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    drop(library(folder.path()));
    fs::write(folder.path().join("organising.jsonl"), "what is this?\n").unwrap();
    let library = Library::open(folder.path()).unwrap();
    library.organizer().change(&[image(1)], &MarkChange::Rate(2)).unwrap();
    let aside = folder.path().join("organising.jsonl.damaged-1");
    assert_eq!(fs::read_to_string(aside).unwrap(), "what is this?\n");
}
