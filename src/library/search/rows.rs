//! What the gallery asks: which pictures, in which order, and a few facts of each.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use rusqlite::{ToSql, params, params_from_iter};
use uuid::Uuid;

use crate::{
    library::{
        index::mark_numbers::{flag_of, label_of},
        io::error::LibraryError,
        library::Library,
    },
    recipe::{Flag, ImageId, Label, Mismatch, Order, RequestId},
};

use super::{execution::executor::ViewData, query::Query};

/// How much of a prompt goes with a row.
const PROMPT: i64 = 160;

/// The word of a search that finds only pictures of another shape or size than was asked for.
pub const MISMATCHED: &str = "is:mismatched";

/// How many rows are asked of the index at once; it takes more variables than this.
const AT_ONCE: usize = 500;

/// A few facts of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowData {
    /// Which picture.
    pub id: ImageId,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Average colour.
    pub colour: [u8; 3],
    /// The start of its prompt.
    pub prompt: String,
    /// How it differs from what was asked for.
    pub mismatch: Option<Mismatch>,
    /// The request that it came from.
    pub request: RequestId,
    /// Stars; 0 is "not rated".
    pub rating: u8,
    /// Chosen, turned down, or neither.
    pub flag: Flag,
    /// Colour label.
    pub label: Option<Label>,
}

impl Library {
    /// The pictures that a search finds, as a person writes it, the newest first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn view(&self, search: &str, zone: &TimeZone) -> Result<ViewData, LibraryError> {
        self.search(&Query::parse(search), Order::NEWEST, zone)
    }

    /// How many pictures there are, and the size of their originals in bytes.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn totals(&self) -> Result<(usize, u64), LibraryError> {
        if let Some(columns) = self.columns.look().columns() {
            return Ok((columns.len(), columns.bytes()));
        }
        Ok(self
            .reader()
            .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM images WHERE trashed IS NULL")?
            .query_row(params![], |row| Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as u64)))?)
    }

    /// How many pictures differ from what was asked for.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn mismatched(&self) -> Result<usize, LibraryError> {
        if let Some(columns) = self.columns.look().columns() {
            return Ok(columns.mismatched());
        }
        Ok(self
            .reader()
            .prepare_cached("SELECT count(*) FROM images WHERE trashed IS NULL AND mismatch <> ''")?
            .query_row(params![], |row| Ok(row.get::<_, i64>(0)? as usize))?)
    }

    /// A few facts of pictures, in the order in which they were asked for; those that are gone are left out.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn rows(&self, ids: &[ImageId]) -> Result<Vec<RowData>, LibraryError> {
        let reader = self.reader();
        let mut found = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(AT_ONCE) {
            let marks = vec!["?"; ids.len()].join(",");
            let query = format!(
                "SELECT id, width, height, colour, substr(prompt, 1, {PROMPT}), mismatch, request, rating, flag, label
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
                let colour = [r, g, b];
                found.insert(id, RowData { id, width, height, colour, prompt, mismatch, request, rating, flag, label });
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::library::images::originals::{
        SidecarFacts,
        tests::{facts, store},
    };

    fn library(folder: &std::path::Path) -> Arc<Library> {
        let library = Arc::new(Library::open(folder).unwrap());
        for (number, prompt, created) in [
            (1, "A Lighthouse at dusk", "2026-11-21T23:30:00Z"),
            (2, "細節豐富，電影感光線", "2026-11-22T01:00:00Z"),
            (3, "lighthouse in snow 雪", "2026-11-22T15:00:00Z"),
        ] {
            let created = created.parse().unwrap();
            store(&library, SidecarFacts { created, ..facts(number, prompt) }, &number.to_be_bytes());
        }
        library
    }

    fn found(library: &Library, search: &str) -> Vec<u128> {
        library.view(search, &TimeZone::UTC).unwrap().ids.iter().map(|id| id.uuid().as_u128()).collect()
    }

    #[test]
    fn words_match_in_any_case_and_script() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        assert_eq!(found(&library, ""), [3, 2, 1]);
        assert_eq!(found(&library, "LIGHT"), [3, 1]);
        assert_eq!(found(&library, "dusk light"), [1]);
        assert_eq!(found(&library, "電影"), [2]);
        assert_eq!(found(&library, "雪"), [3]);
        assert_eq!(found(&library, "gemini"), [3, 2, 1]);
        assert_eq!(found(&library, "house"), []);
        assert_eq!(found(&library, "%"), [3, 2, 1], "there is nothing to look for yet");
    }

    #[test]
    fn days_begin_where_they_begin_for_the_person() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let days = |zone: TimeZone| -> Vec<(i8, usize, usize)> {
            let view = library.view("", &zone).unwrap();
            view.days.iter().map(|(date, first, count)| (date.day(), *first, *count)).collect()
        };
        assert_eq!(days(TimeZone::UTC), [(22, 0, 2), (21, 2, 1)]);
        // In Taipei it was the 22nd already.
        assert_eq!(days(TimeZone::fixed(jiff::tz::offset(8))), [(22, 0, 3)]);
    }

    #[test]
    fn rows_come_in_the_order_in_which_they_were_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let id = |number| ImageId::from_uuid(Uuid::from_u128(number));
        let rows = library.rows(&[id(2), id(99), id(1)]).unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id(2), id(1)]);
        assert_eq!((rows[1].width, rows[1].height, rows[1].colour), (640, 480, [1, 2, 3]));
        assert_eq!(library.totals().unwrap(), (3, 48));
    }
}
