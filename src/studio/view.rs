//! The open view of the library: read on a thread that may block, answered by range.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use jiff::tz::TimeZone;

use crate::{
    library::{Library, LibraryError, Query, ViewData},
    recipe::{ImageId, Order, RequestId},
};

use super::{Day, Event, EventSender, Listing, Row, View, stacks::stack};

/// How many rows are sent at most for one wish; more are never on screen.
const ROWS: usize = 2000;

/// What is known of the open view.
#[derive(Default)]
pub(super) struct OpenView {
    revision: u64,
    search: String,
    order: Order,
    ids: Listing,
    /// The requests whose stacks are open.
    open: HashSet<RequestId>,
    reading: bool,
    /// Something has changed since the reading began.
    stale: bool,
}

impl OpenView {
    /// Opens a search, or the same one anew. The revision to read, unless one is being read.
    pub(super) fn wish(&mut self, wish: Option<(String, Order)>) -> Option<(u64, String, Order)> {
        if let Some((search, order)) = wish {
            self.search = search;
            self.order = order;
        }
        if self.reading {
            self.stale = true;
            return None;
        }
        self.reading = true;
        self.revision += 1;
        Some((self.revision, self.search.clone(), self.order))
    }

    /// Opens or closes a stack.
    pub(super) fn open_stack(&mut self, request: RequestId, open: bool) {
        if open {
            self.open.insert(request);
        } else {
            self.open.remove(&request);
        }
    }

    /// The requests whose stacks are open.
    pub(super) fn open_stacks(&self) -> HashSet<RequestId> {
        self.open.clone()
    }

    /// Takes in what was read. Returns whether it must be read again.
    pub(super) fn take(&mut self, view: Option<&View>) -> bool {
        self.reading = false;
        if let Some(view) = view {
            self.ids = view.ids.clone();
        }
        std::mem::take(&mut self.stale)
    }

    /// The pictures of a range, with the revision that they belong to.
    pub(super) fn range(&self, range: Range<usize>) -> (u64, usize, Vec<ImageId>) {
        let first = range.start.min(self.ids.len());
        let end = range.end.clamp(first, (first + ROWS).min(self.ids.len()));
        (self.revision, first, self.ids[first..end].to_vec())
    }
}

/// The search that shows what is in the trash.
pub const IN_TRASH: &str = "in:trash";

/// Whether a search is for what is in the trash.
pub fn is_trash(search: &str) -> bool {
    search.trim().eq_ignore_ascii_case(IN_TRASH)
}

/// Reads a view. Where pictures are stacked, `stacked` are the requests whose stacks are open. Blocks.
pub(super) fn read(
    library: &Library,
    revision: u64,
    search: String,
    order: Order,
    stacked: Option<&HashSet<RequestId>>,
) -> Result<View, LibraryError> {
    let data = if is_trash(&search) {
        ViewData { ids: library.in_trash()?, ..ViewData::default() }
    } else {
        library.search(&Query::parse(&search), order, &TimeZone::system())?
    };
    let (data, stacks) = match stacked {
        Some(open) if !is_trash(&search) => stack(&data, &library.requests()?, open),
        _ => (data, HashMap::new()),
    };
    let (library_trashed, _) = library.trash_totals()?;
    let (library_total, library_bytes) = library.totals()?;
    let days = data.days.iter().map(|&(date, first, count)| Day { date, first, count }).collect();
    let library_mismatched = library.mismatched()?;
    let library_models = library.models()?;
    let (total, ids) = (data.ids.len(), data.ids.into());
    Ok(View {
        revision,
        search,
        order,
        total,
        library_total,
        library_bytes,
        library_mismatched,
        library_trashed,
        library_models,
        days,
        stacks: stacks.into(),
        ids,
    })
}

/// Sends rows. Blocks.
pub(super) fn send_rows(library: &Library, events: &EventSender, revision: u64, first: usize, ids: &[ImageId]) {
    match library.rows(ids) {
        Ok(rows) => {
            let rows = rows
                .into_iter()
                .map(|row| Row {
                    id: row.id,
                    width: row.width,
                    height: row.height,
                    colour: row.colour,
                    prompt: row.prompt,
                    mismatch: row.mismatch,
                    request: row.request,
                    rating: row.rating,
                    flag: row.flag,
                    label: row.label,
                })
                .collect();
            events.send(Event::Rows { revision, first, rows });
        }
        Err(error) => tracing::warn!(%error, "rows could not be read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_while_a_view_is_read_cause_one_more_reading() {
        let mut view = OpenView::default();
        assert_eq!(view.wish(Some(("sea".to_owned(), Order::NEWEST))), Some((1, "sea".to_owned(), Order::NEWEST)));
        assert_eq!(view.wish(None), None);
        assert_eq!(view.wish(Some(("sky".to_owned(), Order::NEWEST))), None);
        assert!(view.take(None));
        assert_eq!(view.wish(None), Some((2, "sky".to_owned(), Order::NEWEST)));
        assert!(!view.take(None));
    }

    #[test]
    fn a_range_beyond_the_end_is_cut() {
        let view = OpenView::default();
        assert_eq!(view.range(5..9), (0, 0, Vec::new()));
    }
}
