//! What a person says about pictures, and the collections that they put them into.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use crate::{
    library::{
        index::mark_numbers::{flag_of, label_of},
        io::error::LibraryError,
        journal::entry::Entry,
        library::Library,
    },
    recipe::{Change, Collection, CollectionEdit, CollectionId, ImageId, Marks, RequestId},
};

use super::{
    inverse_change::Undo,
    journal_sync::{catch_up, keep_position},
    projection::Applying,
};

impl Library {
    /// Changes what is said about pictures, all of them or none; durable when it returns. Returns what takes it back,
    /// each picture to what it had before; nothing for pictures that had it already.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn organise(&self, images: &[ImageId], change: &Change) -> Result<Vec<Undo>, LibraryError> {
        self.say(vec![Entry::Change { images: images.to_vec(), change: change.clone() }])
    }

    /// Changes the collections; durable when it returns. Returns what takes it back.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn edit_collections(&self, edit: &CollectionEdit) -> Result<Vec<Undo>, LibraryError> {
        self.say(vec![Entry::Collections(edit.clone())])
    }

    /// Takes back what was changed, all of it or nothing. Returns what makes the change again.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn take_back(&self, undo: Vec<Undo>) -> Result<Vec<Undo>, LibraryError> {
        let entry = |undo| match undo {
            Undo::Change(images, change) => Entry::Change { images, change },
            Undo::Collections(edit) => Entry::Collections(edit),
        };
        self.say(undo.into_iter().map(entry).collect())
    }

    /// Says something: to the journal first, which is the truth, then to the index. Returns what takes it back.
    pub(in crate::library) fn say(&self, entries: Vec<Entry>) -> Result<Vec<Undo>, LibraryError> {
        let mut writer = self.writer();
        let mut journal = self.journal();
        let Some(journal) = journal.as_mut() else { return self.writable().map(|()| Vec::new()) };
        // It lags only after an error.
        catch_up(&mut writer, journal)?;
        let transaction = writer.transaction()?;
        let mut applying = Applying::new(&transaction);
        let (mut said, mut undo) = (Vec::new(), Vec::new());
        for entry in entries {
            if let Some((changed, back)) = applying.apply(entry)? {
                said.push(changed);
                undo.push(back);
            }
        }
        if said.is_empty() {
            return Ok(Vec::new());
        }
        applying.finish()?;
        let before = journal.position();
        journal.append(&said)?;
        let kept = keep_position(&transaction, &journal.position()).and_then(|()| Ok(transaction.commit()?));
        if let Err(error) = kept {
            // Who hears of an error does not expect the change to be there at the next start.
            if let Err(error) = journal.cut_back(&before) {
                tracing::error!(%error, "what was not done stays in the journal");
            }
            return Err(error);
        }
        Ok(undo.into_iter().rev().flatten().collect())
    }

    /// The collections, by name.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn collections(&self) -> Result<Vec<Collection>, LibraryError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT id, parent, name, query, (SELECT count(*) FROM members JOIN images ON images.rowid = members.image
             WHERE members.collection = collections.id AND trashed IS NULL)
             FROM collections ORDER BY name COLLATE NOCASE, id",
        )?;
        let rows = statement.query_map(params![], |row| {
            Ok(Collection {
                id: CollectionId::from_uuid(Uuid::from_bytes(row.get(0)?)),
                parent: row.get::<_, Option<[u8; 16]>>(1)?.map(|id| CollectionId::from_uuid(Uuid::from_bytes(id))),
                name: row.get(2)?,
                query: row.get(3)?,
                count: row.get::<_, i64>(4)? as usize,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The collections in which requests have pictures, but for those in the trash.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn collections_of_requests(
        &self,
        requests: impl IntoIterator<Item = RequestId>,
    ) -> Result<HashMap<RequestId, Vec<CollectionId>>, LibraryError> {
        let reader = self.reader();
        let mut found = HashMap::new();
        let any: bool = reader.query_row("SELECT EXISTS (SELECT 1 FROM members)", [], |row| row.get(0))?;
        if !any {
            return Ok(found);
        }
        let mut statement = reader.prepare_cached(
            "SELECT DISTINCT collection FROM images JOIN members ON members.image = images.rowid
             WHERE request = ?1 AND trashed IS NULL",
        )?;
        for request in requests {
            let rows = statement.query_map(params![request.uuid().as_bytes()], |row| row.get::<_, [u8; 16]>(0))?;
            let of: Vec<CollectionId> =
                rows.map(|id| id.map(|id| CollectionId::from_uuid(Uuid::from_bytes(id)))).collect::<Result<_, _>>()?;
            if !of.is_empty() {
                found.insert(request, of);
            }
        }
        Ok(found)
    }

    /// Everything that is said about a picture.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn marks(&self, id: ImageId) -> Result<Marks, LibraryError> {
        Ok(marks(&self.reader(), id)?)
    }

    /// At most so many tags that begin like this, in any case, the most used first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn tags(&self, beginning: &str, most: usize) -> Result<Vec<(String, usize)>, LibraryError> {
        let reader = self.reader();
        let mut statement =
            reader.prepare_cached("SELECT tag, count(*) AS uses FROM tags GROUP BY tag ORDER BY uses DESC, tag")?;
        let rows = statement.query_map(params![], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        let beginning = beginning.to_lowercase();
        rows.filter(|row| row.as_ref().is_ok_and(|(tag, _)| tag.to_lowercase().starts_with(&beginning)))
            .take(most)
            .map(|row| row.map(|(tag, uses)| (tag, uses as usize)).map_err(LibraryError::from))
            .collect()
    }
}

fn marks(index: &Connection, id: ImageId) -> rusqlite::Result<Marks> {
    let id = id.uuid().into_bytes();
    let found = index
        .prepare_cached("SELECT rating, flag, label, note FROM images WHERE id = ?1")?
        .query_row(params![id], |row| {
            Ok(Marks {
                rating: row.get(0)?,
                flag: flag_of(row.get(1)?),
                label: label_of(row.get(2)?),
                note: row.get(3)?,
                ..Marks::default()
            })
        })
        .optional()?;
    let Some(mut marks) = found else { return Ok(Marks::default()) };
    marks.tags = index
        .prepare_cached("SELECT tag FROM tags WHERE image = (SELECT rowid FROM images WHERE id = ?1) ORDER BY tag")?
        .query_map(params![id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    marks.collections = index
        .prepare_cached(
            "SELECT collection FROM members WHERE image = (SELECT rowid FROM images WHERE id = ?1) ORDER BY collection",
        )?
        .query_map(params![id], |row| Ok(CollectionId::from_uuid(Uuid::from_bytes(row.get(0)?))))?
        .collect::<Result<_, _>>()?;
    Ok(marks)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        library::images::originals::tests::{facts, store},
        recipe::{Flag, Label},
    };

    fn id(number: u128) -> ImageId {
        ImageId::from_uuid(Uuid::from_u128(number))
    }

    fn library(folder: &std::path::Path) -> Arc<Library> {
        let library = Arc::new(Library::open(folder).unwrap());
        for number in 1..=3 {
            store(&library, facts(number, "sea"), &number.to_be_bytes());
        }
        library
    }

    #[test]
    fn a_line_that_is_cut_within_a_character_leaves_the_others_readable() {
        let folder = tempfile::tempdir().unwrap();
        let note = |text: &str| Change::Note(text.to_owned());
        drop(library(folder.path()).organise(&[id(1)], &note("濕")).unwrap());
        let path = folder.path().join("organising.jsonl");
        let mut text = std::fs::read(&path).unwrap();
        text.extend("{\"note\":\"濕".as_bytes().split_last().unwrap().1);
        std::fs::write(&path, &text).unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.marks(id(1)).unwrap().note, "濕");
        library.organise(&[id(2)], &note("乾")).unwrap();
        drop(library);
        // A line in the midst that is no text is passed over, and kept.
        let mut text = std::fs::read(&path).unwrap();
        text.extend(b"{\"note\":\"\xff\"}\n");
        std::fs::write(&path, &text).unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.organise(&[id(3)], &note("風")).unwrap();
        assert_eq!([1, 2, 3].map(|number| library.marks(id(number)).unwrap().note), ["濕", "乾", "風"]);
    }

    #[test]
    fn one_undo_gives_each_picture_its_own_former_value() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        library.organise(&[id(1)], &Change::Rate(2)).unwrap();
        library.organise(&[id(2)], &Change::Rate(5)).unwrap();
        let undo = library.organise(&[id(1), id(2), id(3)], &Change::Rate(5)).unwrap();
        let rating = |number| library.marks(id(number)).unwrap().rating;
        assert_eq!([1, 2, 3].map(rating), [5, 5, 5]);
        library.take_back(undo).unwrap();
        assert_eq!([1, 2, 3].map(rating), [2, 5, 0]);
    }

    #[test]
    fn everything_that_is_said_is_told_again() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let place = Collection {
            id: CollectionId::from_uuid(Uuid::from_u128(9)),
            name: "客戶 A".to_owned(),
            parent: None,
            query: None,
            count: 1,
        };
        library.edit_collections(&CollectionEdit::Create { collection: place.clone(), images: Vec::new() }).unwrap();
        for change in [
            Change::Flag(Flag::Rejected),
            Change::Label(Some(Label::Blue)),
            Change::Tag("wet glass".to_owned()),
            Change::Tag("abend".to_owned()),
            Change::Note("for Monday".to_owned()),
            Change::AddTo(place.id),
        ] {
            assert_eq!(library.organise(&[id(1)], &change).unwrap().len(), 1, "{change:?}");
            assert_eq!(library.organise(&[id(1)], &change).unwrap(), [], "{change:?} was said already");
        }
        let marks = Marks {
            rating: 0,
            flag: Flag::Rejected,
            label: Some(Label::Blue),
            tags: vec!["abend".to_owned(), "wet glass".to_owned()],
            note: "for Monday".to_owned(),
            collections: vec![place.id],
        };
        assert_eq!(library.marks(id(1)).unwrap(), marks);
        assert_eq!(library.collections().unwrap(), [place]);
        assert_eq!(library.tags("WET", 5).unwrap(), [("wet glass".to_owned(), 1)]);
    }

    #[test]
    fn a_removed_collection_comes_back_with_what_was_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let make = |number: u128, parent: Option<CollectionId>| {
            let name = number.to_string();
            let collection = Collection {
                id: CollectionId::from_uuid(Uuid::from_u128(number)),
                name,
                parent,
                query: None,
                count: 0,
            };
            library
                .edit_collections(&CollectionEdit::Create { collection: collection.clone(), images: vec![id(2)] })
                .unwrap();
            collection.id
        };
        let outer = make(10, None);
        let middle = make(11, Some(outer));
        let inner = make(12, Some(middle));
        assert_eq!(library.edit_collections(&CollectionEdit::Move(outer, Some(inner))).unwrap(), [], "into itself");
        let before = library.collections().unwrap();
        let undo = library.edit_collections(&CollectionEdit::Remove(middle)).unwrap();
        assert_eq!(library.collections().unwrap()[1].parent, Some(outer), "what was in it moves up");
        library.take_back(undo).unwrap();
        assert_eq!(library.collections().unwrap(), before);
    }
}
