//! Keeps the tables of marks and collections in the index equal to the journal, which is authoritative.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use crate::{
    library::{
        index::mark_numbers::{flag_of, label_of},
        io::error::LibraryError,
        journal::{
            organizing_journal::{Checkpoint, OrganizingJournal},
            organizing_state::OrganizingState,
        },
    },
    recipe::{Collection, CollectionId, ImageId, Marks},
};

use super::projection::Projector;

/// Opens a library's journal. A missing one is created from the index.
pub(in crate::library) fn open_journal(folder: &Path, index: &Connection) -> Result<OrganizingJournal, LibraryError> {
    match OrganizingJournal::open(folder)? {
        Some(journal) => Ok(journal),
        None => OrganizingJournal::create(folder, &read_state(index)?),
    }
}

/// Applies the entries of the journal that the tables lack.
pub(in crate::library) fn replay_from_checkpoint(
    index: &mut Connection,
    journal: &OrganizingJournal,
) -> Result<(), LibraryError> {
    let (known, there) = (checkpoint(index)?, journal.checkpoint());
    if known.as_ref() == Some(&there) {
        return Ok(());
    }
    let transaction = index.transaction()?;
    let mut projector = Projector::new(&transaction);
    let from = match known {
        Some(known) if known.generation == there.generation && known.taken <= there.taken => known.taken,
        // The tables were made from another generation of the journal.
        _ => {
            projector.clear()?;
            0
        }
    };
    journal.read(from, |entry| projector.apply(entry).map(drop))?;
    projector.finish()?;
    save_checkpoint(&transaction, &there)?;
    Ok(transaction.commit()?)
}

/// Saves the position in the journal up to which the tables follow it.
pub(in crate::library) fn save_checkpoint(index: &Connection, checkpoint: &Checkpoint) -> Result<(), LibraryError> {
    index
        .prepare_cached("INSERT OR REPLACE INTO journal (rowid, generation, taken) VALUES (1, ?1, ?2)")?
        .execute(params![checkpoint.generation.as_bytes(), checkpoint.taken as i64])?;
    Ok(())
}

fn checkpoint(index: &Connection) -> Result<Option<Checkpoint>, LibraryError> {
    Ok(index
        .prepare_cached("SELECT generation, taken FROM journal WHERE rowid = 1")?
        .query_row(params![], |row| {
            let generation = Uuid::from_bytes(row.get(0)?);
            Ok(Checkpoint { generation, taken: row.get::<_, i64>(1)? as u64 })
        })
        .optional()?)
}

/// The state that the tables describe.
pub(in crate::library) fn read_state(index: &Connection) -> Result<OrganizingState, LibraryError> {
    let mut state = OrganizingState::default();
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
        state.marks.insert(image(row.get(0)?), marks);
    }
    let mut statement = index.prepare("SELECT id, tag FROM tags JOIN images ON images.rowid = image ORDER BY tag")?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        state.marks.entry(image(row.get(0)?)).or_default().tags.push(row.get(1)?);
    }
    let mut statement =
        index.prepare("SELECT id, collection FROM members JOIN images ON images.rowid = image ORDER BY collection")?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        state.marks.entry(image(row.get(0)?)).or_default().collections.push(collection(row.get(1)?));
    }
    let mut statement = index.prepare("SELECT id, parent, name, query FROM collections")?;
    let mut rows = statement.query(params![])?;
    while let Some(row) = rows.next()? {
        let id = collection(row.get(0)?);
        let parent = row.get::<_, Option<[u8; 16]>>(1)?.map(collection);
        state.collections.insert(id, Collection { id, parent, name: row.get(2)?, query: row.get(3)?, count: 0 });
    }
    Ok(state)
}
