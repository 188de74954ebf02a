//! One row of the columns, and how it is read from the index.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use crate::{
    library::{
        index::palette::{self, IndexedPalette},
        io::error::LibraryError,
    },
    recipe::{ImageId, RequestId, StackKey},
};

/// The columns of the index that are held in memory, in the order in which [`read_row`] reads them.
pub(super) const COLUMN_NAMES: &str =
    "rowid, id, created, bytes, width, height, rating, flag, label, model, cost, seed, has_reference,
    source <> '', coalesce(mismatch, '') <> '', likeness, palette, request, batch_of";

/// The values of one image that are held in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) struct ColumnRow {
    pub(in crate::library) id: ImageId,
    /// Milliseconds since 1970.
    pub(in crate::library) created: i64,
    pub(in crate::library) bytes: u64,
    /// Millionths of a dollar.
    pub(in crate::library) cost: Option<i64>,
    pub(in crate::library) seed: Option<i64>,
    pub(in crate::library) perceptual_hash: Option<u64>,
    pub(in crate::library) width: u32,
    pub(in crate::library) height: u32,
    pub(in crate::library) model: u32,
    pub(in crate::library) rating: u8,
    pub(in crate::library) flag: u8,
    pub(in crate::library) label: u8,
    pub(in crate::library) has_reference: bool,
    pub(in crate::library) imported: bool,
    pub(in crate::library) mismatched: bool,
    /// The stack in which it is shown.
    pub(in crate::library) stack_key: StackKey,
}

impl ColumnRow {
    /// The key by which images are sorted by date. The ID orders images of the same moment.
    pub(in crate::library) fn date(&self) -> (i64, ImageId) {
        (self.created, self.id)
    }
}

/// A changed row of the index, with its values if it is in view.
pub(super) type ChangedRow = (i64, Option<(ColumnRow, IndexedPalette)>);

/// Reads the columns that [`COLUMN_NAMES`] names.
pub(super) fn read_row(row: &Row<'_>) -> rusqlite::Result<(i64, ColumnRow, IndexedPalette)> {
    let facts = ColumnRow {
        id: ImageId::from_uuid(Uuid::from_bytes(row.get(1)?)),
        created: row.get(2)?,
        bytes: row.get::<_, i64>(3)?.unsigned_abs(),
        width: row.get(4)?,
        height: row.get(5)?,
        rating: row.get(6)?,
        flag: row.get(7)?,
        label: row.get(8)?,
        model: row.get(9)?,
        cost: row.get(10)?,
        seed: row.get(11)?,
        has_reference: row.get(12)?,
        imported: row.get(13)?,
        mismatched: row.get(14)?,
        perceptual_hash: row.get::<_, Option<i64>>(15)?.map(i64::cast_unsigned),
        stack_key: match row.get::<_, Option<[u8; 16]>>(18)? {
            Some(id) => StackKey::Image(ImageId::from_uuid(Uuid::from_bytes(id))),
            None => StackKey::Request(RequestId::from_uuid(Uuid::from_bytes(row.get(17)?))),
        },
    };
    let palette = row.get_ref(16)?.as_blob_or_null()?.map(palette::palette);
    Ok((row.get(0)?, facts, palette.unwrap_or_default()))
}

/// Reads rows that have changed.
pub(super) fn read_changes(connection: &Connection, rows: &[i64]) -> Result<Vec<ChangedRow>, LibraryError> {
    let query = format!("SELECT {COLUMN_NAMES} FROM images WHERE rowid = ?1 AND trashed IS NULL");
    let mut statement = connection.prepare_cached(&query)?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let found = statement.query_row(params![row], read_row).optional()?;
        changes.push((*row, found.map(|(_, facts, palette)| (facts, palette))));
    }
    Ok(changes)
}
