//! Projects the entries of the journal into the tables of the index.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension as _, ToSql, params};
use uuid::Uuid;

use crate::{
    library::{
        index::{
            fulltext::index_text,
            mark_numbers::{flag_number, flag_of, label_number, label_of},
        },
        io::error::LibraryError,
        journal::entry::Entry,
    },
    recipe::{Collection, CollectionEdit, CollectionId, ImageId, MAX_STARS, MarkChange},
};

use super::inverse_change::InverseChange;

/// Applies entries to the tables, within a transaction of the caller's.
pub(in crate::library) struct Projector<'a> {
    index: &'a Connection,
    /// Rows whose searchable texts have changed.
    reworded: BTreeSet<i64>,
}

impl<'a> Projector<'a> {
    pub(in crate::library) fn new(index: &'a Connection) -> Self {
        Self { index, reworded: BTreeSet::new() }
    }

    /// Applies an entry. Returns the part of it that changed something, and the inverse changes; `None` if nothing
    /// changed.
    pub(in crate::library) fn apply(
        &mut self,
        entry: Entry,
    ) -> Result<Option<(Entry, Vec<InverseChange>)>, LibraryError> {
        match entry {
            Entry::Change { images, change } => self.change(&images, change),
            Entry::Forget { forget } => {
                for id in &forget {
                    if let Some(row) = self.row(*id)? {
                        self.forget(row)?;
                    }
                }
                Ok(Some((Entry::Forget { forget }, Vec::new())))
            }
            Entry::Collections(edit) => {
                let undo = self.edit(&edit)?;
                let undo: Vec<InverseChange> = undo.into_iter().map(InverseChange::Collections).collect();
                Ok((!undo.is_empty()).then_some((Entry::Collections(edit), undo)))
            }
        }
    }

    /// Removes all marks and collections from the tables.
    pub(in crate::library) fn clear(&mut self) -> Result<(), LibraryError> {
        let reworded: Vec<i64> = self
            .index
            .prepare("SELECT rowid FROM images WHERE note <> '' UNION SELECT image FROM tags")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        self.reworded.extend(reworded);
        self.index.execute_batch(
            "UPDATE images SET rating = 0, flag = 0, label = 0, note = ''
                 WHERE rating <> 0 OR flag <> 0 OR label <> 0 OR note <> '';
             DELETE FROM tags; DELETE FROM members; DELETE FROM collections;",
        )?;
        Ok(())
    }

    /// Indexes the changed texts. Called when all entries were applied.
    pub(in crate::library) fn finish(self) -> Result<(), LibraryError> {
        self.reworded.into_iter().try_for_each(|row| index_text(self.index, row))
    }

    fn row(&self, id: ImageId) -> rusqlite::Result<Option<i64>> {
        self.index
            .prepare_cached("SELECT rowid FROM images WHERE id = ?1")?
            .query_row(params![id.uuid().as_bytes()], |row| row.get(0))
            .optional()
    }

    fn change(
        &mut self,
        images: &[ImageId],
        change: MarkChange,
    ) -> Result<Option<(Entry, Vec<InverseChange>)>, LibraryError> {
        let mut changed = Vec::new();
        let mut groups = Vec::<(Vec<ImageId>, MarkChange)>::new();
        let mut places = HashMap::<MarkChange, usize>::new();
        for id in images {
            let Some(row) = self.row(*id)? else { continue };
            let Some(before) = self.change_row(row, &change)? else { continue };
            changed.push(*id);
            if let Some(place) = places.get(&before) {
                groups[*place].0.push(*id);
            } else {
                places.insert(before.clone(), groups.len());
                groups.push((vec![*id], before));
            }
        }
        let undo = groups.into_iter().map(|(images, change)| InverseChange::Change(images, change)).collect();
        Ok((!changed.is_empty()).then_some((Entry::Change { images: changed, change }, undo)))
    }

    /// Changes one image. Returns the inverse change; `None` if nothing changed.
    fn change_row(&mut self, row: i64, change: &MarkChange) -> rusqlite::Result<Option<MarkChange>> {
        let before = match change {
            MarkChange::Rate(stars) => self
                .set("rating", row, &i64::from(*stars.min(&MAX_STARS)))?
                .map(|before| MarkChange::Rate(before as u8)),
            MarkChange::Flag(flag) => {
                self.set("flag", row, &flag_number(*flag))?.map(|before| MarkChange::Flag(flag_of(before)))
            }
            MarkChange::Label(label) => {
                self.set("label", row, &label_number(*label))?.map(|before| MarkChange::Label(label_of(before)))
            }
            MarkChange::Note(note) => self.set("note", row, note)?.map(MarkChange::Note),
            MarkChange::Tag(tag) => self
                .execute("INSERT OR IGNORE INTO tags (image, tag) VALUES (?1, ?2)", row, tag)?
                .then(|| MarkChange::Untag(tag.clone())),
            MarkChange::Untag(tag) => self
                .execute("DELETE FROM tags WHERE image = ?1 AND tag = ?2", row, tag)?
                .then(|| MarkChange::Tag(tag.clone())),
            MarkChange::AddTo(collection) => {
                let statement = "INSERT OR IGNORE INTO members (image, collection)
                    SELECT ?1, id FROM collections WHERE id = ?2 AND query IS NULL";
                self.execute(statement, row, collection.uuid().as_bytes())?
                    .then_some(MarkChange::RemoveFrom(*collection))
            }
            MarkChange::RemoveFrom(collection) => self
                .execute("DELETE FROM members WHERE image = ?1 AND collection = ?2", row, collection.uuid().as_bytes())?
                .then_some(MarkChange::AddTo(*collection)),
        };
        if before.is_some() && matches!(change, MarkChange::Note(_) | MarkChange::Tag(_) | MarkChange::Untag(_)) {
            self.reworded.insert(row);
        }
        Ok(before)
    }

    /// Sets a column, and returns its former value; `None` if it had the value already.
    fn set<T>(&self, column: &str, row: i64, value: &T) -> rusqlite::Result<Option<T>>
    where
        T: ToSql + rusqlite::types::FromSql + PartialEq,
    {
        let before: T = self
            .index
            .prepare_cached(&format!("SELECT {column} FROM images WHERE rowid = ?1"))?
            .query_row(params![row], |row| row.get(0))?;
        if before == *value {
            return Ok(None);
        }
        self.execute(&format!("UPDATE images SET {column} = ?2 WHERE rowid = ?1"), row, value)?;
        Ok(Some(before))
    }

    fn execute(&self, statement: &str, row: i64, value: impl ToSql) -> rusqlite::Result<bool> {
        Ok(self.index.prepare_cached(statement)?.execute(params![row, value])? > 0)
    }

    fn forget(&mut self, row: i64) -> rusqlite::Result<()> {
        let forget = "UPDATE images SET rating = 0, flag = 0, label = 0, note = '' WHERE rowid = ?1";
        for statement in [forget, "DELETE FROM tags WHERE image = ?1", "DELETE FROM members WHERE image = ?1"] {
            self.index.prepare_cached(statement)?.execute(params![row])?;
        }
        self.reworded.insert(row);
        Ok(())
    }

    /// Changes the collections. Returns the inverse changes; none if nothing changed.
    fn edit(&mut self, edit: &CollectionEdit) -> rusqlite::Result<Vec<CollectionEdit>> {
        let key = |id: &CollectionId| id.uuid().into_bytes();
        let set = |id: &CollectionId, column: &str, value: &dyn ToSql| {
            let statement = format!("UPDATE collections SET {column} = ?2 WHERE id = ?1");
            self.index.execute(&statement, params![key(id), value])
        };
        Ok(match edit {
            CollectionEdit::Create { collection, images } => {
                if self.collection(collection.id)?.is_some() {
                    return Ok(Vec::new());
                }
                let Collection { id, name, query, .. } = collection;
                let parent = match collection.parent {
                    Some(parent) if self.may_hold(parent, *id)? => Some(key(&parent)),
                    _ => None,
                };
                self.index.execute(
                    "INSERT INTO collections (id, parent, name, query) VALUES (?1, ?2, ?3, ?4)",
                    params![key(id), parent, name, query],
                )?;
                for image in images {
                    if let Some(row) = self.row(*image)? {
                        self.change_row(row, &MarkChange::AddTo(*id))?;
                    }
                }
                vec![CollectionEdit::Remove(*id)]
            }
            CollectionEdit::Rename(id, name) => {
                let before = self.collection(*id)?.filter(|before| before.name != *name);
                let Some(before) = before else { return Ok(Vec::new()) };
                set(id, "name", name)?;
                vec![CollectionEdit::Rename(*id, before.name)]
            }
            CollectionEdit::Search(id, query) => {
                let before = self.collection(*id)?.and_then(|before| before.query);
                let Some(before) = before.filter(|before| before != query) else { return Ok(Vec::new()) };
                set(id, "query", query)?;
                vec![CollectionEdit::Search(*id, before)]
            }
            CollectionEdit::Move(id, parent) => {
                let before = self.collection(*id)?.filter(|before| before.parent != *parent);
                let Some(before) = before else { return Ok(Vec::new()) };
                if let Some(parent) = parent
                    && !self.may_hold(*parent, *id)?
                {
                    return Ok(Vec::new());
                }
                set(id, "parent", &parent.as_ref().map(key))?;
                vec![CollectionEdit::Move(*id, before.parent)]
            }
            CollectionEdit::Remove(id) => {
                let Some(before) = self.collection(*id)? else { return Ok(Vec::new()) };
                let ids = |statement: &str| -> rusqlite::Result<Vec<Uuid>> {
                    let mut statement = self.index.prepare_cached(statement)?;
                    let rows = statement.query_map(params![key(id)], |row| Ok(Uuid::from_bytes(row.get(0)?)))?;
                    rows.collect()
                };
                let images = ids("SELECT images.id FROM members JOIN images ON images.rowid = members.image
                     WHERE collection = ?1 ORDER BY images.id")?;
                let children = ids("SELECT id FROM collections WHERE parent = ?1 ORDER BY id")?;
                self.index.execute("DELETE FROM members WHERE collection = ?1", params![key(id)])?;
                self.index.execute(
                    "UPDATE collections SET parent = ?2 WHERE parent = ?1",
                    params![key(id), before.parent.as_ref().map(key)],
                )?;
                self.index.execute("DELETE FROM collections WHERE id = ?1", params![key(id)])?;
                let images = images.into_iter().map(ImageId::from_uuid).collect();
                let back = CollectionEdit::Create { collection: before, images };
                let moves =
                    children.into_iter().map(|child| CollectionEdit::Move(CollectionId::from_uuid(child), Some(*id)));
                std::iter::once(back).chain(moves).collect()
            }
        })
    }

    fn collection(&self, id: CollectionId) -> rusqlite::Result<Option<Collection>> {
        self.index
            .prepare_cached("SELECT parent, name, query FROM collections WHERE id = ?1")?
            .query_row(params![id.uuid().as_bytes()], |row| {
                let parent = row.get::<_, Option<[u8; 16]>>(0)?.map(|id| CollectionId::from_uuid(Uuid::from_bytes(id)));
                Ok(Collection { id, parent, name: row.get(1)?, query: row.get(2)?, count: 0 })
            })
            .optional()
    }

    /// Whether a collection exists and may contain another one. No collection may contain itself.
    fn may_hold(&self, outer: CollectionId, inner: CollectionId) -> rusqlite::Result<bool> {
        let Some(collection) = self.collection(outer)? else { return Ok(false) };
        let mut at = Some(collection);
        while let Some(collection) = at {
            if collection.id == inner {
                return Ok(false);
            }
            at = collection.parent.map(|parent| self.collection(parent)).transpose()?.flatten();
        }
        Ok(true)
    }
}
