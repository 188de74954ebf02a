//! Finding pictures: full-text hits joined to the columns in memory, in a stable order, the first page before the rest.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{
    library::{
        index::columns::{Columns, Facts},
        io::error::LibraryError,
        library::Library,
        search::{
            day_groups::{Day, days},
            query::Query,
        },
    },
    recipe::{ImageId, Order, OrderKey, StackOf},
};

use super::{
    cancel::SearchError,
    context::{HITS_PER_CANCEL_CHECK, SearchContext},
    planner::Plan,
    row_set::RowSet,
    sort,
};

/// How many pictures come first when the whole answer takes longer.
pub(super) const FIRST: usize = 512;

/// An answer that is complete sooner than this comes at once.
const SOON: Duration = Duration::from_millis(3);

/// Smart collections within smart collections are followed so deep.
const DEPTH: usize = 8;

/// Pictures that were searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewData {
    /// The pictures, in the order that was wished for.
    pub ids: Vec<ImageId>,
    /// Days in the same order, if it is one of dates: date, index of the first picture, number of pictures.
    pub days: Vec<Day>,
    /// With which others each picture is shown as one, where that was wished for.
    pub stack_of: Vec<StackOf>,
    /// Whether these are all of them.
    pub complete: bool,
}

impl Library {
    /// The pictures that a query finds. Equals in what they are sorted by stand by date, the newest first, and then by
    /// id, so that the order is always the same.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn search(&self, query: &Query, order: Order, zone: &TimeZone) -> Result<ViewData, LibraryError> {
        let found = self.search_while(query, order, zone, false, &|| true, &mut |_| {})?;
        Ok(found.unwrap_or_default())
    }

    /// Like [`Self::search`], for somebody who waits: if it takes more than a moment, the first page comes before the
    /// rest, not `complete`; and there is no answer as soon as it is no longer wanted. What the pictures are `stacked` by
    /// comes with the whole.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn search_while(
        &self,
        query: &Query,
        order: Order,
        zone: &TimeZone,
        stacked: bool,
        wanted: &dyn Fn() -> bool,
        first: &mut dyn FnMut(ViewData),
    ) -> Result<Option<ViewData>, LibraryError> {
        if let Some(ids) = self.search_trash(query)? {
            return Ok(Some(ViewData { ids, complete: true, ..ViewData::default() }));
        }
        let searcher = self.searcher();
        if !wanted() {
            return Ok(None);
        }
        loop {
            let look = self.columns.look();
            let Some(columns) = look.columns() else {
                drop(look);
                if query.is_empty() && order == Order::NEWEST {
                    first(newest(&searcher, zone)?);
                }
                self.columns.read(&searcher)?;
                continue;
            };
            let search = SearchContext { connection: &searcher, columns, zone, wanted };
            let mut page = |places: &[u32]| first(view(columns, places, order, zone));
            let page: Option<Page<'_>> = if order == Order::NEWEST { Some(&mut page) } else { None };
            return match search.find(query, DEPTH, page) {
                Ok(places) => {
                    let places = sort::sorted(places, order, columns, &searcher)?;
                    let facts = || places.iter().filter_map(|place| columns.facts(*place));
                    let stack_of = if stacked { facts().map(|facts| facts.stack_of).collect() } else { Vec::new() };
                    let view = || ViewData { stack_of, complete: true, ..view(columns, &places, order, zone) };
                    Ok(wanted().then(view))
                }
                Err(SearchError::Cancelled) => Ok(None),
                Err(SearchError::Library(error)) => Err(error),
            };
        }
    }
}

/// The newest pictures straight from the index, before the columns have been read.
fn newest(connection: &Connection, zone: &TimeZone) -> Result<ViewData, LibraryError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, created FROM images INDEXED BY images_by_date WHERE trashed IS NULL
         ORDER BY created DESC, id DESC LIMIT ?1",
    )?;
    let rows = statement.query_map(params![FIRST as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let found = rows.collect::<Result<Vec<([u8; 16], i64)>, _>>()?;
    let ids = found.iter().map(|(id, _)| ImageId::from_uuid(Uuid::from_bytes(*id))).collect();
    let days = days(found.iter().map(|(_, created)| *created), zone);
    Ok(ViewData { ids, days, ..ViewData::default() })
}

fn view(columns: &Columns, places: &[u32], order: Order, zone: &TimeZone) -> ViewData {
    let facts = || places.iter().filter_map(|place| columns.facts(*place));
    let by_date = order.key == OrderKey::Date;
    let days = if by_date { days(facts().map(|facts| facts.created), zone) } else { Vec::new() };
    ViewData { ids: facts().map(|facts| facts.id).collect(), days, ..ViewData::default() }
}

/// Gets the first page.
pub(super) type Page<'a> = &'a mut dyn FnMut(&[u32]);

impl SearchContext<'_> {
    /// The places of the pictures that a query finds, the newest first.
    pub(super) fn find(&self, query: &Query, depth: usize, page: Option<Page<'_>>) -> Result<Vec<u32>, SearchError> {
        let plan = Plan::of(query, self, &|nested| {
            if depth == 0 { Ok(Vec::new()) } else { self.find(nested, depth - 1, None) }
        })?;
        if plan.finds_nothing() {
            return Ok(Vec::new());
        }
        // Pictures of an older library whose words are not in the full-text index yet.
        let unfilled = plan.asks_for_text()
            && self.connection.query_row(
                "SELECT EXISTS (SELECT 1 FROM images WHERE filled = 0)",
                params![],
                |row| row.get(0),
            )?;
        if let Some(text) = plan.text() {
            let mut hits = self.hits(text, &plan, SOON, page.filter(|_| !unfilled))?;
            if unfilled {
                let among = self.unfilled(&plan.words, &plan.words_not)?;
                hits.extend(among.into_iter().filter(|place| self.holds(&plan, *place)));
            }
            return Ok(self.newest_first(hits));
        }
        let mut without = None;
        if let Some(text) = plan.text_not() {
            let excluded = without.insert(RowSet::empty(self.columns));
            self.each_hit(text, |_, place| {
                excluded.insert(place);
                Ok(())
            })?;
            if unfilled {
                for word in &plan.words_not {
                    excluded.extend(self.unfilled(std::slice::from_ref(word), &[])?);
                }
            }
        }
        let mut found = Vec::new();
        for (count, place) in self.columns.by_date().iter().rev().enumerate() {
            if count.is_multiple_of(4 * HITS_PER_CANCEL_CHECK) {
                self.check_cancelled()?;
            }
            if !without.as_ref().is_some_and(|without| without.contains(*place)) && self.holds(&plan, *place) {
                found.push(*place);
            }
        }
        Ok(found)
    }

    /// Whether everything that is not about text holds.
    fn holds(&self, plan: &Plan, place: u32) -> bool {
        plan.tests.is_empty() || self.columns.facts(place).is_some_and(|facts| plan.holds(self.columns, place, facts))
    }

    /// The places that the full-text index finds, in no order. The first page is given away as soon as it is certain:
    /// hits come in the order in which pictures were put into the index, so what is still to come is no newer than the
    /// newest of the rows that are left.
    pub(super) fn hits(
        &self,
        text: &str,
        plan: &Plan,
        soon: Duration,
        mut page: Option<Page<'_>>,
    ) -> Result<Vec<u32>, SearchError> {
        let (mut hits, mut seen) = (Vec::new(), 0_usize);
        let (start, mut pause) = (Instant::now(), soon);
        self.each_hit(text, |row, place| {
            if self.holds(plan, place) {
                hits.push(place);
            }
            seen += 1;
            if seen.is_multiple_of(HITS_PER_CANCEL_CHECK)
                && hits.len() >= FIRST
                && let Some(show) = &mut page
                && start.elapsed() >= pause
            {
                let to_come = self.columns.newest_up_to(row - 1);
                let date = |place: &u32| self.columns.facts(*place).map(Facts::date);
                let certain = |place: &&u32| date(place).is_some_and(|(created, _)| created > to_come);
                let mut certain: Vec<u32> = hits.iter().filter(certain).copied().collect();
                if certain.len() >= FIRST {
                    let newest_first = |place: &u32| std::cmp::Reverse(date(place));
                    certain.select_nth_unstable_by_key(FIRST - 1, newest_first);
                    certain.truncate(FIRST);
                    certain.sort_unstable_by_key(newest_first);
                    show(&certain);
                    page = None;
                } else {
                    // Looking through all hits again and again would take longer than finding them.
                    pause *= 2;
                }
            }
            Ok(())
        })?;
        Ok(hits)
    }
}
