//! Searches and reads of the images of a library.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::{
    library::{
        index::{
            database::IndexDb,
            lineage::{Lineage, lineage_of},
            sheet_images::{SheetImage, sheet_images},
        },
        io::{error::LibraryError, library_folder::LibraryFolder},
        store::sidecar::Sidecar,
    },
    recipe::{BatchId, ImageId, SheetId, SortOrder},
};

use super::{
    batch_query::{self, BatchMember},
    execution::executor,
    facets,
    query::Query,
    rows::{self, ImageRow},
    search_results::SearchResults,
};

/// Searches the images of a library.
#[derive(Debug)]
pub struct ImageSearch {
    folder: Arc<LibraryFolder>,
    index: Arc<IndexDb>,
}

impl ImageSearch {
    /// Searches in an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>, index: Arc<IndexDb>) -> Self {
        Self { folder, index }
    }

    /// The images that a query finds, from the text of the query, the newest first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn find_text(&self, query: &str, zone: &TimeZone) -> Result<SearchResults, LibraryError> {
        self.find(&Query::parse(query), SortOrder::NEWEST, zone)
    }

    /// The images that a query finds. Images with the same sort key are sorted by date, the newest first, and then by ID,
    /// so that the order is always the same.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn find(&self, query: &Query, order: SortOrder, zone: &TimeZone) -> Result<SearchResults, LibraryError> {
        let found = self.find_cancellable(query, order, zone, false, &|| true, &mut |_| {})?;
        Ok(found.unwrap_or_default())
    }

    /// Like [`Self::find`], for a caller that waits: if it takes long, `first` receives the first page, which is not
    /// `complete`. The search ends with `None` as soon as `wanted` returns `false`. With `stacked`, the complete
    /// results include the stacks of the images.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn find_cancellable(
        &self,
        query: &Query,
        order: SortOrder,
        zone: &TimeZone,
        stacked: bool,
        wanted: &dyn Fn() -> bool,
        first: &mut dyn FnMut(SearchResults),
    ) -> Result<Option<SearchResults>, LibraryError> {
        executor::search(&self.index, query, order, zone, stacked, wanted, first)
    }

    /// The rows of images, in the order of the IDs. Images that do not exist any more are left out.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn rows(&self, ids: &[ImageId]) -> Result<Vec<ImageRow>, LibraryError> {
        rows::rows(&self.index, ids)
    }

    /// The number of images in view, and the size of their originals in bytes.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn totals(&self) -> Result<(usize, u64), LibraryError> {
        rows::totals(&self.index)
    }

    /// The number of images that differ from their requests.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn mismatch_count(&self) -> Result<usize, LibraryError> {
        rows::mismatch_count(&self.index)
    }

    /// The models of the images in view with the number of their images: the most used first, then by name.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn model_counts(&self) -> Result<Vec<(String, usize)>, LibraryError> {
        facets::model_counts(&self.index)
    }

    /// The images of a batch that are not in the trash, in the order in which they were received.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn batch(&self, batch: BatchId) -> Result<Vec<BatchMember>, LibraryError> {
        batch_query::batch_members(&self.index, batch)
    }

    /// The images that were made for the rows of a prompt sheet and are not in the trash, the oldest first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn sheet_images(&self, sheet: SheetId) -> Result<Vec<SheetImage>, LibraryError> {
        if self.folder.is_read_only() {
            return Ok(Vec::new());
        }
        sheet_images(&self.index.reader(), sheet)
    }

    /// The images that an image was made from and those that were made from it, as far as they are in view.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn lineage(&self, sidecar: &Sidecar) -> Result<Lineage, LibraryError> {
        lineage_of(&self.index.reader(), sidecar)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::library::{
        Library,
        images::fixtures::{facts, store},
    };
    use crate::recipe::ImageFacts;
    use uuid::Uuid;

    fn library(folder: &std::path::Path) -> Arc<Library> {
        let library = Arc::new(Library::open(folder).unwrap());
        for (number, prompt, created) in [
            (1, "A Lighthouse at dusk", "2026-11-21T23:30:00Z"),
            (2, "細節豐富，電影感光線", "2026-11-22T01:00:00Z"),
            (3, "lighthouse in snow 雪", "2026-11-22T15:00:00Z"),
        ] {
            let created = created.parse().unwrap();
            store(&library, ImageFacts { created, ..facts(number, prompt) }, &number.to_be_bytes());
        }
        library
    }

    fn found(library: &Library, search: &str) -> Vec<u128> {
        library.search().find_text(search, &TimeZone::UTC).unwrap().ids.iter().map(|id| id.uuid().as_u128()).collect()
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
    fn days_begin_at_local_midnight() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let days = |zone: TimeZone| -> Vec<(i8, usize, usize)> {
            let view = library.search().find_text("", &zone).unwrap();
            view.days.iter().map(|(date, first, count)| (date.day(), *first, *count)).collect()
        };
        assert_eq!(days(TimeZone::UTC), [(22, 0, 2), (21, 2, 1)]);
        // In Taipei it was already the 22nd.
        assert_eq!(days(TimeZone::fixed(jiff::tz::offset(8))), [(22, 0, 3)]);
    }

    #[test]
    fn rows_are_returned_in_the_requested_order() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let id = |number| ImageId::from_uuid(Uuid::from_u128(number));
        let rows = library.search().rows(&[id(2), id(99), id(1)]).unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id(2), id(1)]);
        assert_eq!((rows[1].width, rows[1].height, rows[1].color), (640, 480, [1, 2, 3]));
        assert_eq!(library.search().totals().unwrap(), (3, 48));
    }
}
