//! The rows of images that the gallery shows, and totals.

use std::collections::HashMap;

use rusqlite::{ToSql, params, params_from_iter};
use uuid::Uuid;

use crate::{
    library::{
        index::{
            database::IndexDb,
            mark_numbers::{flag_of, label_of},
        },
        io::error::LibraryError,
    },
    recipe::{Flag, ImageId, Label, Mismatch, RequestId},
};

/// The characters of a prompt that come with a row.
const PROMPT_PREVIEW_LEN: i64 = 160;

/// The query term for images whose aspect ratio or size differs from the request.
pub const MISMATCHED: &str = "is:mismatched";

/// The number of rows that one statement reads, which is below `SQLite`'s limit of variables.
const ROWS_PER_STATEMENT: usize = 500;

/// The values of an image that the gallery needs before its thumbnail is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRow {
    /// The image.
    pub id: ImageId,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The average color, for the placeholder.
    pub color: [u8; 3],
    /// The start of the prompt, for the accessible name.
    pub prompt: String,
    /// The difference from its request, if there is one.
    pub mismatch: Option<Mismatch>,
    /// The request that it came from.
    pub request: RequestId,
    /// Stars; 0 means not rated.
    pub rating: u8,
    /// Picked, rejected, or neither.
    pub flag: Flag,
    /// Color label.
    pub label: Option<Label>,
}

impl ImageRow {
    /// An image of which nothing else is known.
    pub fn new(id: ImageId, width: u32, height: u32) -> Self {
        Self {
            id,
            width,
            height,
            color: [0; 3],
            prompt: String::new(),
            mismatch: None,
            request: RequestId::from_uuid(id.uuid()),
            rating: 0,
            flag: Flag::None,
            label: None,
        }
    }
}

/// The number of images in view, and the size of their originals in bytes.
///
/// # Errors
/// The index cannot be read.
pub(super) fn totals(index: &IndexDb) -> Result<(usize, u64), LibraryError> {
    if let Some(columns) = index.columns().lock().columns() {
        return Ok((columns.len(), columns.bytes()));
    }
    Ok(index
        .reader()
        .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM images WHERE trashed IS NULL")?
        .query_row(params![], |row| Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as u64)))?)
}

/// The number of images that differ from their requests.
///
/// # Errors
/// The index cannot be read.
pub(super) fn mismatch_count(index: &IndexDb) -> Result<usize, LibraryError> {
    if let Some(columns) = index.columns().lock().columns() {
        return Ok(columns.mismatched());
    }
    Ok(index
        .reader()
        .prepare_cached("SELECT count(*) FROM images WHERE trashed IS NULL AND mismatch <> ''")?
        .query_row(params![], |row| Ok(row.get::<_, i64>(0)? as usize))?)
}

/// The rows of images, in the order of the IDs. Images that do not exist any more are left out.
///
/// # Errors
/// The index cannot be read.
pub(super) fn rows(index: &IndexDb, ids: &[ImageId]) -> Result<Vec<ImageRow>, LibraryError> {
    let reader = index.reader();
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(ROWS_PER_STATEMENT) {
        let marks = vec!["?"; ids.len()].join(",");
        let query = format!(
            "SELECT id, width, height, colour, substr(prompt, 1, {PROMPT_PREVIEW_LEN}), mismatch, request, rating, flag, label
             FROM images WHERE id IN ({marks})"
        );
        let bytes: Vec<[u8; 16]> = ids.iter().map(|id| id.uuid().into_bytes()).collect();
        let parameters = bytes.iter().map(|bytes| bytes as &dyn ToSql);
        let mut statement = reader.prepare(&query)?;
        let mut rows = statement.query(params_from_iter(parameters))?;
        while let Some(row) = rows.next()? {
            let id = ImageId::from_uuid(Uuid::from_bytes(row.get(0)?));
            let [_, r, g, b] = row.get::<_, u32>(3)?.to_be_bytes();
            let prompt = row.get(4)?;
            let (width, height) = (row.get(1)?, row.get(2)?);
            let mismatch = row.get::<_, Option<String>>(5)?.filter(|asked| !asked.is_empty());
            let mismatch = mismatch.and_then(|asked| Mismatch::read(&asked, width, height));
            let request = RequestId::from_uuid(Uuid::from_bytes(row.get(6)?));
            let (rating, flag, label) = (row.get(7)?, flag_of(row.get(8)?), label_of(row.get(9)?));
            let color = [r, g, b];
            found.insert(id, ImageRow { id, width, height, color, prompt, mismatch, request, rating, flag, label });
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
