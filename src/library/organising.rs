//! What a person says about pictures, and the collections that they put them into.

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use crate::recipe::{Change, Collection, CollectionEdit, CollectionId, Flag, ImageId, Label, Marks};

use super::{Library, LibraryError};

/// What takes a change back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// These pictures had this before.
    Change(Vec<ImageId>, Change),
    /// The collections were like this before.
    Collections(CollectionEdit),
}

impl Library {
    /// Changes what is said about pictures, all of them or none. Returns what takes it back, each picture to what it
    /// had before; nothing for pictures that had it already.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn organise(&self, images: &[ImageId], change: &Change) -> Result<Vec<Undo>, LibraryError> {
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        let mut undo = Vec::new();
        for id in images {
            if let Some(before) = apply(&transaction, *id, change)? {
                match undo.iter_mut().find(|(_, known)| *known == before) {
                    Some((ids, _)) => Vec::push(ids, *id),
                    None => undo.push((vec![*id], before)),
                }
            }
        }
        transaction.commit()?;
        Ok(undo.into_iter().map(|(ids, change)| Undo::Change(ids, change)).collect())
    }

    /// Changes the collections. Returns what takes it back.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn edit_collections(&self, edit: &CollectionEdit) -> Result<Vec<Undo>, LibraryError> {
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        let undo = edit_collections(&transaction, edit)?;
        transaction.commit()?;
        Ok(undo.into_iter().map(Undo::Collections).collect())
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

/// How a flag stands in the index.
pub(super) fn flag_number(flag: Flag) -> i64 {
    match flag {
        Flag::None => 0,
        Flag::Picked => 1,
        Flag::Rejected => 2,
    }
}

/// What a number in the index says.
pub(super) fn flag_of(number: i64) -> Flag {
    match number {
        1 => Flag::Picked,
        2 => Flag::Rejected,
        _ => Flag::None,
    }
}

/// How a label stands in the index; 0 is none.
pub(super) fn label_number(label: Option<Label>) -> i64 {
    label.and_then(|label| Label::ALL.iter().position(|other| *other == label)).map_or(0, |place| place as i64 + 1)
}

/// What a number in the index says.
pub(super) fn label_of(number: i64) -> Option<Label> {
    usize::try_from(number).ok()?.checked_sub(1).and_then(|place| Label::ALL.get(place).copied())
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

/// Changes one picture. Returns what takes it back; nothing if nothing changed.
fn apply(index: &Connection, id: ImageId, change: &Change) -> rusqlite::Result<Option<Change>> {
    let key = id.uuid().into_bytes();
    let said = |column: &str| -> rusqlite::Result<Option<i64>> {
        index
            .prepare_cached(&format!("SELECT {column} FROM images WHERE id = ?1"))?
            .query_row(params![key], |row| row.get(0))
            .optional()
    };
    let say = |column: &str, value: i64| {
        index.prepare_cached(&format!("UPDATE images SET {column} = ?2 WHERE id = ?1"))?.execute(params![key, value])
    };
    let one = |statement: &str, value: &dyn rusqlite::ToSql| -> rusqlite::Result<bool> {
        Ok(index.prepare_cached(statement)?.execute(params![key, value])? > 0)
    };
    Ok(match change {
        Change::Rate(stars) => {
            let before = said("rating")?.filter(|before| *before != i64::from(*stars));
            if before.is_some() {
                say("rating", i64::from(*stars))?;
            }
            before.map(|before| Change::Rate(before as u8))
        }
        Change::Flag(flag) => {
            let before = said("flag")?.filter(|before| *before != flag_number(*flag));
            if before.is_some() {
                say("flag", flag_number(*flag))?;
            }
            before.map(|before| Change::Flag(flag_of(before)))
        }
        Change::Label(label) => {
            let before = said("label")?.filter(|before| *before != label_number(*label));
            if before.is_some() {
                say("label", label_number(*label))?;
            }
            before.map(|before| Change::Label(label_of(before)))
        }
        Change::Note(note) => {
            let before: Option<String> = index
                .prepare_cached("SELECT note FROM images WHERE id = ?1 AND note <> ?2")?
                .query_row(params![key, note], |row| row.get(0))
                .optional()?;
            if before.is_some() {
                one("UPDATE images SET note = ?2 WHERE id = ?1", note)?;
            }
            before.map(Change::Note)
        }
        Change::Tag(tag) => {
            let new = one("INSERT OR IGNORE INTO tags (image, tag) SELECT rowid, ?2 FROM images WHERE id = ?1", tag)?;
            new.then(|| Change::Untag(tag.clone()))
        }
        Change::Untag(tag) => {
            one("DELETE FROM tags WHERE image = (SELECT rowid FROM images WHERE id = ?1) AND tag = ?2", tag)?
                .then(|| Change::Tag(tag.clone()))
        }
        Change::AddTo(collection) => {
            let statement = "INSERT OR IGNORE INTO members (image, collection) SELECT images.rowid, collections.id
                 FROM images, collections WHERE images.id = ?1 AND collections.id = ?2 AND collections.query IS NULL";
            one(statement, collection.uuid().as_bytes())?.then_some(Change::RemoveFrom(*collection))
        }
        Change::RemoveFrom(collection) => {
            let statement = "DELETE FROM members
                 WHERE image = (SELECT rowid FROM images WHERE id = ?1) AND collection = ?2";
            one(statement, collection.uuid().as_bytes())?.then_some(Change::AddTo(*collection))
        }
    })
}

fn edit_collections(index: &Connection, edit: &CollectionEdit) -> rusqlite::Result<Vec<CollectionEdit>> {
    let parent_key = |parent: &Option<CollectionId>| parent.map(|id| id.uuid().into_bytes());
    Ok(match edit {
        CollectionEdit::Create { collection, images } => {
            let key = collection.id.uuid().into_bytes();
            let Collection { name, parent, query, .. } = collection;
            let made = index.execute(
                "INSERT OR IGNORE INTO collections (id, parent, name, query) VALUES (?1, ?2, ?3, ?4)",
                params![key, parent_key(parent), name, query],
            )?;
            for image in images {
                apply(index, *image, &Change::AddTo(collection.id))?;
            }
            if made > 0 { vec![CollectionEdit::Remove(collection.id)] } else { Vec::new() }
        }
        CollectionEdit::Rename(id, name) => {
            let Some(before) = collection(index, *id)? else { return Ok(Vec::new()) };
            index.execute("UPDATE collections SET name = ?2 WHERE id = ?1", params![id.uuid().as_bytes(), name])?;
            vec![CollectionEdit::Rename(*id, before.name)]
        }
        CollectionEdit::Search(id, query) => {
            let Some(before) = collection(index, *id)? else { return Ok(Vec::new()) };
            let Some(query_before) = before.query else { return Ok(Vec::new()) };
            index.execute("UPDATE collections SET query = ?2 WHERE id = ?1", params![id.uuid().as_bytes(), query])?;
            vec![CollectionEdit::Search(*id, query_before)]
        }
        CollectionEdit::Move(id, parent) => {
            let Some(before) = collection(index, *id)? else { return Ok(Vec::new()) };
            if within(index, *parent, *id)? {
                return Ok(Vec::new());
            }
            index.execute(
                "UPDATE collections SET parent = ?2 WHERE id = ?1",
                params![id.uuid().as_bytes(), parent_key(parent)],
            )?;
            vec![CollectionEdit::Move(*id, before.parent)]
        }
        CollectionEdit::Remove(id) => {
            let Some(before) = collection(index, *id)? else { return Ok(Vec::new()) };
            let key = id.uuid().into_bytes();
            let ids = |statement: &str| -> rusqlite::Result<Vec<Uuid>> {
                let mut statement = index.prepare_cached(statement)?;
                let rows = statement.query_map(params![key], |row| Ok(Uuid::from_bytes(row.get(0)?)))?;
                rows.collect()
            };
            let images = ids("SELECT images.id FROM members JOIN images ON images.rowid = members.image
                 WHERE collection = ?1 ORDER BY images.id")?;
            let children = ids("SELECT id FROM collections WHERE parent = ?1 ORDER BY id")?;
            index.execute("DELETE FROM members WHERE collection = ?1", params![key])?;
            index.execute(
                "UPDATE collections SET parent = ?2 WHERE parent = ?1",
                params![key, parent_key(&before.parent)],
            )?;
            index.execute("DELETE FROM collections WHERE id = ?1", params![key])?;
            let images = images.into_iter().map(ImageId::from_uuid).collect();
            let back = CollectionEdit::Create { collection: before, images };
            let moves =
                children.into_iter().map(|child| CollectionEdit::Move(CollectionId::from_uuid(child), Some(*id)));
            std::iter::once(back).chain(moves).collect()
        }
    })
}

fn collection(index: &Connection, id: CollectionId) -> rusqlite::Result<Option<Collection>> {
    index
        .prepare_cached("SELECT parent, name, query FROM collections WHERE id = ?1")?
        .query_row(params![id.uuid().as_bytes()], |row| {
            let parent = row.get::<_, Option<[u8; 16]>>(0)?.map(|id| CollectionId::from_uuid(Uuid::from_bytes(id)));
            Ok(Collection { id, parent, name: row.get(1)?, query: row.get(2)?, count: 0 })
        })
        .optional()
}

/// Whether a collection is another one, or somewhere in it. Nothing may be put into itself.
fn within(index: &Connection, inner: Option<CollectionId>, outer: CollectionId) -> rusqlite::Result<bool> {
    let mut at = inner;
    while let Some(id) = at {
        if id == outer {
            return Ok(true);
        }
        at = collection(index, id)?.and_then(|collection| collection.parent);
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::library::originals::tests::{facts, store};

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

    fn take_back(library: &Library, undo: Vec<Undo>) {
        for undo in undo {
            match undo {
                Undo::Change(images, change) => drop(library.organise(&images, &change).unwrap()),
                Undo::Collections(edit) => drop(library.edit_collections(&edit).unwrap()),
            }
        }
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
        take_back(&library, undo);
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
        take_back(&library, undo);
        assert_eq!(library.collections().unwrap(), before);
    }
}
