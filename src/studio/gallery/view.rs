//! The open view of the library: read on a blocking thread, served by range.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::tz::TimeZone;

use crate::{
    error_chain::chain,
    library::{Library, LibraryError, Query, SearchResults},
    recipe::{ImageId, SortOrder, StackKey},
    studio::{
        gallery::stacks::stack,
        protocol::{DayGroup, Event, GalleryEvent, ImageList, View, channel::EventSender},
    },
};

/// Maximum number of rows that are sent for one request; more are never on screen.
const MAX_ROWS_PER_REQUEST: usize = 2000;

/// State of the open view.
#[derive(Default)]
pub(in crate::studio) struct OpenView {
    revision: u64,
    search: String,
    order: SortOrder,
    ids: ImageList,
    /// Stacks that are open.
    open: HashSet<StackKey>,
    reading: bool,
    /// Whether the library has changed since the view is being read.
    stale: bool,
    /// Whether the search or order changed and no result of it was sent yet.
    fresh: bool,
    /// Counts the requested searches and orders.
    request_count: Arc<AtomicU64>,
}

/// A request to read a view.
pub(in crate::studio) struct ViewRequest {
    revision: u64,
    search: String,
    order: SortOrder,
    /// Whether its first images are sent early, because nothing of it is on screen yet.
    fresh: bool,
    request: u64,
    request_count: Arc<AtomicU64>,
}

impl OpenView {
    /// Opens a search, or reads the current one again. Returns the request to read, unless one is running.
    pub(in crate::studio) fn request(&mut self, search: Option<(String, SortOrder)>) -> Option<ViewRequest> {
        if let Some((search, order)) = search {
            // Cancels the reading of another search.
            if self.revision == 0 || (&search, order) != (&self.search, self.order) {
                self.request_count.fetch_add(1, Ordering::Relaxed);
                self.fresh = true;
            }
            self.search = search;
            self.order = order;
        }
        if self.reading {
            self.stale = true;
            return None;
        }
        self.reading = true;
        // One revision for the first images, one for the complete view.
        self.revision += 2;
        Some(ViewRequest {
            revision: self.revision,
            search: self.search.clone(),
            order: self.order,
            fresh: self.fresh,
            request: self.request_count.load(Ordering::Relaxed),
            request_count: Arc::clone(&self.request_count),
        })
    }

    /// Whether a view was opened.
    pub(in crate::studio) fn is_open(&self) -> bool {
        self.revision > 0
    }

    /// Stores the first images of a view that is being read. Returns whether it is still the requested one.
    pub(in crate::studio) fn accept_preview(&mut self, view: &View) -> bool {
        let is_current = (&view.search, view.order) == (&self.search, self.order);
        if is_current {
            self.ids = view.ids.clone();
        }
        is_current
    }

    /// Opens or closes a stack.
    pub(in crate::studio) fn set_stack_open(&mut self, of: StackKey, open: bool) {
        if open {
            self.open.insert(of);
        } else {
            self.open.remove(&of);
        }
    }

    /// Stacks that are open.
    pub(in crate::studio) fn open_stacks(&self) -> HashSet<StackKey> {
        self.open.clone()
    }

    /// Stores a view that was read. Returns whether it must be read again.
    pub(in crate::studio) fn accept(&mut self, view: Option<&View>) -> bool {
        self.reading = false;
        if let Some(view) = view {
            self.ids = view.ids.clone();
            self.fresh &= (&view.search, view.order) != (&self.search, self.order);
        }
        std::mem::take(&mut self.stale)
    }

    /// The images of a range, with their revision and first index.
    pub(in crate::studio) fn range(&self, range: Range<usize>) -> (u64, usize, Vec<ImageId>) {
        let first = range.start.min(self.ids.len());
        let end = range.end.clamp(first, (first + MAX_ROWS_PER_REQUEST).min(self.ids.len()));
        (self.revision, first, self.ids[first..end].to_vec())
    }
}

/// The search for images in the trash.
pub const TRASH_SEARCH: &str = "in:trash";

/// Whether a search is for images in the trash.
pub fn is_trash_search(search: &str) -> bool {
    search.trim().eq_ignore_ascii_case(TRASH_SEARCH)
}

/// Reads a view; `None` if another one is requested meanwhile. `show` receives the first images early if the rest takes
/// longer. `stacked` contains the open stacks if images are stacked; then nothing is sent early, because only a
/// complete view can be stacked. Blocks.
pub(in crate::studio) fn read(
    library: &Library,
    request: &ViewRequest,
    stacked: Option<&HashSet<StackKey>>,
    show: impl Fn(View),
) -> Result<Option<View>, LibraryError> {
    let ViewRequest { revision, search, order, .. } = request;
    let view = |data: SearchResults| View {
        revision: *revision,
        search: search.clone(),
        order: *order,
        total: data.ids.len(),
        days: data.days.iter().map(|&(date, first, count)| DayGroup { date, first, count }).collect(),
        ids: data.ids.into(),
        ..View::default()
    };
    let wanted = || request.request_count.load(Ordering::Relaxed) == request.request;
    let mut first = |data: SearchResults| {
        if request.fresh && stacked.is_none() && !data.ids.is_empty() {
            show(View { revision: revision - 1, is_preview: true, library_total: data.ids.len(), ..view(data) });
        }
    };
    let found = if is_trash_search(search) {
        Some(SearchResults { ids: library.trash().list()?, ..SearchResults::default() })
    } else {
        library.search().find_cancellable(
            &Query::parse(search),
            *order,
            &TimeZone::system(),
            stacked.is_some(),
            &wanted,
            &mut first,
        )?
    };
    let Some(data) = found else { return Ok(None) };
    let (data, stacks) = match stacked {
        // Images in the trash are not stacked.
        Some(open) if data.stack_keys.len() == data.ids.len() => stack(data, open),
        _ => (data, HashMap::new()),
    };
    let (library_trashed, _) = library.trash().totals()?;
    let (library_total, library_bytes) = library.search().totals()?;
    let (library_mismatched, library_models) = (library.search().mismatch_count()?, library.search().model_counts()?);
    Ok(Some(View {
        library_total,
        library_bytes,
        library_mismatched,
        library_trashed,
        library_models,
        stacks: stacks.into(),
        ..view(data)
    }))
}

/// Sends rows. Blocks.
pub(in crate::studio) fn send_rows(
    library: &Library,
    events: &EventSender,
    revision: u64,
    first: usize,
    ids: &[ImageId],
) {
    match library.search().rows(ids) {
        Ok(rows) => {
            events.send(Event::Gallery(GalleryEvent::Rows { revision, first, rows }));
        }
        Err(error) => tracing::warn!(error = %chain(&error), "rows could not be read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> (String, SortOrder) {
        (text.to_owned(), SortOrder::NEWEST)
    }

    fn read_as(request: &ViewRequest) -> View {
        View { search: request.search.clone(), ..View::default() }
    }

    #[test]
    fn changes_during_reading_cause_one_more_reading() {
        let mut view = OpenView::default();
        let first = view.request(Some(named("sea"))).unwrap();
        assert!(view.request(None).is_none());
        assert!(view.request(Some(named("sky"))).is_none());
        assert!(view.accept(None));
        let second = view.request(None).unwrap();
        assert_eq!((first.search.as_str(), second.search.as_str()), ("sea", "sky"));
        assert!(second.revision > first.revision + 1, "there is one between for its beginning");
        assert!(!view.accept(None));
    }

    #[test]
    fn only_another_search_cancels_a_reading_and_is_sent_early() {
        let mut view = OpenView::default();
        let wanted = |request: &ViewRequest| request.request_count.load(Ordering::Relaxed) == request.request;
        let first = view.request(Some(named("sea"))).unwrap();
        view.request(None);
        view.request(Some(named("sea")));
        assert!(first.fresh && wanted(&first));
        view.request(Some(named("sky")));
        assert!(!wanted(&first));
        assert!(!view.accept_preview(&read_as(&first)), "its beginning comes too late");
        view.accept(None);
        let second = view.request(None).unwrap();
        assert!(second.fresh && wanted(&second), "nothing of it has been shown");
        assert!(view.accept_preview(&read_as(&second)));
        view.accept(Some(&read_as(&second)));
        assert!(!view.request(None).unwrap().fresh, "the shown images stay while the query runs again");
    }

    #[test]
    fn an_outdated_view_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let mut view = OpenView::default();
        let first = view.request(Some(named("sea"))).unwrap();
        assert!(read(&library, &first, None, |_| {}).unwrap().is_some());
        view.request(Some(named("sky")));
        assert!(read(&library, &first, None, |_| {}).unwrap().is_none());
    }

    #[test]
    fn ranges_are_clamped_to_the_view() {
        let view = OpenView::default();
        assert_eq!(view.range(5..9), (0, 0, Vec::new()));
    }
}
