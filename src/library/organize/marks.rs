//! Reads marks, tags and collections from the index.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use crate::{
    library::{
        index::mark_numbers::{flag_of, label_of},
        io::error::LibraryError,
    },
    recipe::{Collection, CollectionId, ImageId, Marks, RequestId},
};

/// The collections, by name.
///
/// # Errors
/// The index cannot be read.
pub(super) fn collections(reader: &Connection) -> Result<Vec<Collection>, LibraryError> {
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

/// The collections that contain images of requests, without those in the trash.
///
/// # Errors
/// The index cannot be read.
pub(super) fn collections_of_requests(
    reader: &Connection,
    requests: impl IntoIterator<Item = RequestId>,
) -> Result<HashMap<RequestId, Vec<CollectionId>>, LibraryError> {
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

/// At most `most` tags that begin with a text, in any case, the most used first.
///
/// # Errors
/// The index cannot be read.
pub(super) fn tags(reader: &Connection, beginning: &str, most: usize) -> Result<Vec<(String, usize)>, LibraryError> {
    let mut statement =
        reader.prepare_cached("SELECT tag, count(*) AS uses FROM tags GROUP BY tag ORDER BY uses DESC, tag")?;
    let rows = statement.query_map(params![], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let beginning = beginning.to_lowercase();
    rows.filter(|row| row.as_ref().is_ok_and(|(tag, _)| tag.to_lowercase().starts_with(&beginning)))
        .take(most)
        .map(|row| row.map(|(tag, uses)| (tag, uses as usize)).map_err(LibraryError::from))
        .collect()
}

/// The marks of an image.
///
/// # Errors
/// The index cannot be read.
pub(super) fn marks(index: &Connection, id: ImageId) -> rusqlite::Result<Marks> {
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
