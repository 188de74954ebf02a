//! Images that were made for rows of prompt sheets.

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{
    library::{io::error::LibraryError, store::sidecar::Sidecar},
    recipe::{BatchRole, ImageId, RequestId, RowId, SheetId},
};

/// An image that was made for a row of a prompt sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetImage {
    /// The row.
    pub row: RowId,
    /// The image.
    pub image: ImageId,
    /// The request that it came from.
    pub request: RequestId,
    /// A fingerprint of what the row requested at the time.
    pub asked: String,
}

/// Records the row for which an image was made, in a transaction of the caller's.
pub(in crate::library) fn insert_sheet_image(
    connection: &Connection,
    image: i64,
    sidecar: &Sidecar,
) -> Result<(), LibraryError> {
    if let BatchRole::Row { sheet, row, asked } = &sidecar.facts.recipe.role {
        connection
            .prepare_cached("INSERT OR REPLACE INTO sheet_pictures (sheet, row, image, asked) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![sheet.uuid().as_bytes(), row.uuid().as_bytes(), image, asked])?;
    }
    Ok(())
}

/// The images that were made for the rows of a sheet and are not in the trash, the oldest first.
///
/// # Errors
/// The index cannot be read.
pub(in crate::library) fn sheet_images(
    connection: &Connection,
    sheet: SheetId,
) -> Result<Vec<SheetImage>, LibraryError> {
    let mut statement = connection.prepare_cached(
        "SELECT sheet_pictures.row, images.id, images.request, asked
         FROM sheet_pictures JOIN images ON images.rowid = image
         WHERE sheet = ?1 AND trashed IS NULL ORDER BY images.created, images.id",
    )?;
    let rows = statement.query_map(params![sheet.uuid().as_bytes()], |row| {
        let uuid = |place| Ok::<_, rusqlite::Error>(Uuid::from_bytes(row.get(place)?));
        Ok(SheetImage {
            row: RowId::from_uuid(uuid(0)?),
            image: ImageId::from_uuid(uuid(1)?),
            request: RequestId::from_uuid(uuid(2)?),
            asked: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
