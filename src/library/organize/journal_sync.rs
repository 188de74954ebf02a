//! Keeps the index's tables of what was said about pictures equal to the journal, which is the truth.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use crate::{
    library::{
        index::mark_numbers::{flag_of, label_of},
        io::error::LibraryError,
        journal::{
            organizing_journal::{Journal, Position},
            organizing_state::Said,
        },
        library::Library,
    },
    recipe::{Collection, CollectionId, ImageId, Marks},
};

use super::projection::Applying;

impl Library {
    /// Brings the tables up to the end of the journal, and writes the journal anew if it has become long. With pictures
    /// that were not in the index before, everything is said again, for something may have been said of them.
    pub(in crate::library) fn take_in_journal(&self, new_pictures: bool) -> Result<(), LibraryError> {
        let mut writer = self.writer();
        let mut journal = self.journal();
        let Some(journal) = journal.as_mut() else { return self.writable() };
        if new_pictures {
            writer.execute("DELETE FROM journal", params![])?;
        }
        catch_up(&mut writer, journal)?;
        match journal.compacted(&self.folder) {
            Ok(Some(compacted)) => {
                *journal = compacted;
                // It says the same.
                keep_position(&writer, &journal.position())
            }
            Ok(None) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "the journal could not be written anew, and stays as long as it is");
                Ok(())
            }
        }
    }
}

/// Opens a library's journal. One that is missing is made of what the index says.
pub(in crate::library) fn open_journal(folder: &Path, index: &Connection) -> Result<Journal, LibraryError> {
    match Journal::open(folder)? {
        Some(journal) => Ok(journal),
        None => Journal::make(folder, &said(index)?),
    }
}

/// Applies what the journal says and the tables do not.
pub(in crate::library) fn catch_up(index: &mut Connection, journal: &Journal) -> Result<(), LibraryError> {
    let (known, there) = (position(index)?, journal.position());
    if known.as_ref() == Some(&there) {
        return Ok(());
    }
    let transaction = index.transaction()?;
    let mut applying = Applying::new(&transaction);
    let from = match known {
        Some(known) if known.generation == there.generation && known.taken <= there.taken => known.taken,
        // It says something else than the journal that the tables were made of.
        _ => {
            applying.clear()?;
            0
        }
    };
    journal.read(from, |entry| applying.apply(entry).map(drop))?;
    applying.finish()?;
    keep_position(&transaction, &there)?;
    Ok(transaction.commit()?)
}

/// Writes down how far the tables have come.
pub(in crate::library) fn keep_position(index: &Connection, position: &Position) -> Result<(), LibraryError> {
    index
        .prepare_cached("INSERT OR REPLACE INTO journal (rowid, generation, taken) VALUES (1, ?1, ?2)")?
        .execute(params![position.generation.as_bytes(), position.taken as i64])?;
    Ok(())
}

fn position(index: &Connection) -> Result<Option<Position>, LibraryError> {
    Ok(index
        .prepare_cached("SELECT generation, taken FROM journal WHERE rowid = 1")?
        .query_row(params![], |row| {
            let generation = Uuid::from_bytes(row.get(0)?);
            Ok(Position { generation, taken: row.get::<_, i64>(1)? as u64 })
        })
        .optional()?)
}

/// Everything that the tables say.
pub(in crate::library) fn said(index: &Connection) -> Result<Said, LibraryError> {
    let mut said = Said::default();
    let image = |bytes: [u8; 16]| ImageId::from_uuid(Uuid::from_bytes(bytes));
    let collection = |bytes: [u8; 16]| CollectionId::from_uuid(Uuid::from_bytes(bytes));
    let mut statement = index.prepare(
        "SELECT id, rating, flag, label, note FROM images
         WHERE rating <> 0 OR flag <> 0 OR label <> 0 OR note <> ''",
    )?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        let marks = Marks {
            rating: row.get(1)?,
            flag: flag_of(row.get(2)?),
            label: label_of(row.get(3)?),
            note: row.get(4)?,
            ..Marks::default()
        };
        said.marks.insert(image(row.get(0)?), marks);
    }
    let mut statement = index.prepare("SELECT id, tag FROM tags JOIN images ON images.rowid = image ORDER BY tag")?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        said.marks.entry(image(row.get(0)?)).or_default().tags.push(row.get(1)?);
    }
    let mut statement =
        index.prepare("SELECT id, collection FROM members JOIN images ON images.rowid = image ORDER BY collection")?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        said.marks.entry(image(row.get(0)?)).or_default().collections.push(collection(row.get(1)?));
    }
    let mut statement = index.prepare("SELECT id, parent, name, query FROM collections")?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        let id = collection(row.get(0)?);
        let parent = row.get::<_, Option<[u8; 16]>>(1)?.map(collection);
        said.collections.insert(id, Collection { id, parent, name: row.get(2)?, query: row.get(3)?, count: 0 });
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, sync::Arc};

    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::{
        library::images::originals::tests::{facts, store},
        recipe::{Change, CollectionEdit, Flag, Label},
    };

    fn image(number: u128) -> ImageId {
        ImageId::from_uuid(Uuid::from_u128(number))
    }

    fn place(number: u128) -> CollectionId {
        CollectionId::from_uuid(Uuid::from_u128(number))
    }

    /// Something that a person may say.
    #[derive(Clone, Debug)]
    enum Wish {
        Change(Vec<ImageId>, Change),
        Edit(CollectionEdit),
        /// Takes back the last thing that was said.
        Undo,
    }

    fn wish() -> impl Strategy<Value = Wish> {
        let places = || (100_u128..104).prop_map(place);
        let text = || select(vec!["", "a", "濕玻璃", "x \"y\"\n{"]).prop_map(str::to_owned);
        let change = prop_oneof![
            (0_u8..=5).prop_map(Change::Rate),
            select(vec![Flag::None, Flag::Picked, Flag::Rejected]).prop_map(Change::Flag),
            select(vec![None, Some(Label::Red), Some(Label::Purple)]).prop_map(Change::Label),
            text().prop_map(Change::Tag),
            text().prop_map(Change::Untag),
            text().prop_map(Change::Note),
            places().prop_map(Change::AddTo),
            places().prop_map(Change::RemoveFrom),
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

    /// A library of four pictures; a fifth is talked of and was never there.
    fn library(folder: &Path) -> Arc<Library> {
        let library = Arc::new(Library::open(folder).unwrap());
        for number in 1..=4 {
            store(&library, facts(number, "sea"), &number.to_be_bytes());
        }
        library
    }

    fn said_in(library: &Library) -> Said {
        said(&library.writer()).unwrap()
    }

    fn lose_index(folder: &Path) {
        for name in ["library.db", "library.db-wal", "library.db-shm"] {
            fs::remove_file(folder.join(name)).ok();
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn wherever_the_journal_breaks_off_the_index_says_what_its_whole_lines_say(
            wishes in vec(wish(), 1..12), cut in 0.0..1.0_f64, index_is_lost: bool,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let journal = folder.path().join("organising.jsonl");
            let library = library(folder.path());
            // What holds after so many bytes.
            let mut states = vec![(fs::metadata(&journal).unwrap().len(), said_in(&library))];
            let mut undo = Vec::new();
            for wish in wishes {
                let before = said_in(&library);
                undo = match wish {
                    Wish::Change(images, change) => library.organise(&images, &change).unwrap(),
                    Wish::Edit(edit) => library.edit_collections(&edit).unwrap(),
                    Wish::Undo => library.take_back(undo).unwrap(),
                };
                let now = said_in(&library);
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
            let found = said_in(&library);
            let mut replayed = Said::default();
            library.journal().as_ref().unwrap().read(0, |entry| { replayed.apply(entry); Ok(()) }).unwrap();
            let known: BTreeSet<ImageId> = (1..=4).map(image).collect();
            prop_assert_eq!(&replayed.clone().only(&known), &found);
            // An undo of several steps may be several lines, between which nothing was announced.
            if let Some((_, expected)) = states.iter().rev().find(|(length, _)| *length == whole) {
                prop_assert_eq!(&found, expected);
            }
            // Written anew it says the same.
            let mut again = Said::default();
            replayed.entries().into_iter().for_each(|entry| again.apply(entry));
            prop_assert_eq!(again, replayed);
        }

        #[test]
        fn taking_back_gives_what_was_before(first in vec(wish(), 0..8), last in wish()) {
            let folder = tempfile::tempdir().unwrap();
            let library = library(folder.path());
            let say = |wish: &Wish| match wish {
                Wish::Change(images, change) => library.organise(images, change).unwrap(),
                Wish::Edit(edit) => library.edit_collections(edit).unwrap(),
                Wish::Undo => Vec::new(),
            };
            for wish in &first {
                say(wish);
            }
            let before = said_in(&library);
            let undo = say(&last);
            let after = said_in(&library);
            let again = library.take_back(undo).unwrap();
            prop_assert_eq!(said_in(&library), before);
            library.take_back(again).unwrap();
            prop_assert_eq!(said_in(&library), after);
        }
    }

    #[test]
    fn what_the_index_missed_is_applied_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        library.organise(&[image(1)], &Change::Rate(3)).unwrap();
        // As if the program had died between the journal and the index.
        let late =
            |change| vec![crate::library::journal::entry::Entry::Change { images: vec![image(1), image(2)], change }];
        library.journal().as_mut().unwrap().append(&late(Change::Tag("濕玻璃".to_owned()))).unwrap();
        drop(library);
        let library = Library::open(folder.path()).unwrap();
        let marks = |number| library.marks(image(number)).unwrap();
        assert_eq!((marks(1).rating, marks(1).tags), (3, vec!["濕玻璃".to_owned()]));
        assert_eq!(library.view("玻璃", &jiff::tz::TimeZone::UTC).unwrap().ids, [image(2), image(1)]);
        // Or between two changes of a session.
        library.journal().as_mut().unwrap().append(&late(Change::Note("late".to_owned()))).unwrap();
        library.organise(&[image(1)], &Change::Rate(5)).unwrap();
        assert_eq!((marks(1).rating, marks(2).note), (5, "late".to_owned()));
    }

    #[test]
    fn a_journal_that_is_lost_is_made_of_the_index() {
        let folder = tempfile::tempdir().unwrap();
        let before = {
            let library = library(folder.path());
            library.organise(&[image(1), image(2)], &Change::Tag("wet glass".to_owned())).unwrap();
            said_in(&library)
        };
        fs::remove_file(folder.path().join("organising.jsonl")).unwrap();
        drop(Library::open(folder.path()).unwrap());
        lose_index(folder.path());
        assert_eq!(said_in(&Library::open(folder.path()).unwrap()), before);
    }

    #[test]
    fn lines_that_are_not_understood_and_marks_of_absent_pictures_are_kept() {
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
        assert_eq!(library.marks(image(1)).unwrap().rating, 4);
        library.organise(&[image(1)], &Change::Rate(5)).unwrap();
        let now = fs::read_to_string(&journal).unwrap();
        assert!(now.starts_with(&text) && now.lines().count() == text.lines().count() + 1, "{now}");
        // The picture comes back, as out of a backup.
        store(&library, facts(9, "sea"), b"nine");
        drop(library);
        lose_index(folder.path());
        assert_eq!(Library::open(folder.path()).unwrap().marks(image(9)).unwrap().tags, ["away"]);
    }

    #[test]
    fn a_journal_that_has_grown_long_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("organising.jsonl");
        let before = {
            let library = library(folder.path());
            let long = |number: usize| Change::Note(format!("{number}{}", "x".repeat(30_000)));
            (0..40).for_each(|number| drop(library.organise(&[image(1)], &long(number)).unwrap()));
            library.organise(&[image(2)], &Change::Rate(5)).unwrap();
            said_in(&library)
        };
        assert!(fs::metadata(&journal).unwrap().len() > 1_000_000);
        let library = Library::open(folder.path()).unwrap();
        assert!(fs::metadata(&journal).unwrap().len() < 100_000);
        assert_eq!(said_in(&library), before);
        library.organise(&[image(3)], &Change::Rate(1)).unwrap();
        let before = said_in(&library);
        drop(library);
        lose_index(folder.path());
        assert_eq!(said_in(&Library::open(folder.path()).unwrap()), before);
    }

    #[test]
    fn a_file_that_is_no_journal_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        drop(library(folder.path()));
        fs::write(folder.path().join("organising.jsonl"), "what is this?\n").unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.organise(&[image(1)], &Change::Rate(2)).unwrap();
        let aside = folder.path().join("organising.jsonl.damaged-1");
        assert_eq!(fs::read_to_string(aside).unwrap(), "what is this?\n");
    }
}
