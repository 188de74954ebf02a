//! Runs a query: full-text hits are joined to the columns in memory, in a stable order; the first page comes before the
//! rest.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{
    library::{
        index::{
            columns::{ColumnRow, Columns},
            database::IndexDb,
        },
        io::error::LibraryError,
        search::{day_groups::days, query::Query, search_results::SearchResults},
    },
    recipe::{ImageId, SortField, SortOrder},
};

use super::{
    cancel::SearchError,
    context::{HITS_PER_CANCEL_CHECK, SearchContext},
    planner::QueryPlan,
    row_set::RowSet,
    sort,
    trash_search::search_trash,
};

/// The number of images of the first page, which comes first when all results take longer.
pub(super) const FIRST_PAGE_LEN: usize = 512;

/// The time within which complete results are returned without a first page.
const FIRST_PAGE_DELAY: Duration = Duration::from_millis(3);

/// The depth to which smart collections within smart collections are followed.
const MAX_COLLECTION_DEPTH: usize = 8;

/// The images that a query finds, in an order. If this takes longer than [`FIRST_PAGE_DELAY`], `first` receives the
/// first page, which is not `complete`. The search ends with `None` as soon as `wanted` returns `false`. With
/// `stacked`, the complete results include the stacks of the images.
///
/// # Errors
/// The index cannot be read.
pub(in crate::library) fn search(
    index: &IndexDb,
    query: &Query,
    order: SortOrder,
    zone: &TimeZone,
    stacked: bool,
    wanted: &dyn Fn() -> bool,
    first: &mut dyn FnMut(SearchResults),
) -> Result<Option<SearchResults>, LibraryError> {
    if let Some(ids) = search_trash(index, query)? {
        return Ok(Some(SearchResults { ids, complete: true, ..SearchResults::default() }));
    }
    let searcher = index.searcher();
    if !wanted() {
        return Ok(None);
    }
    loop {
        let guard = index.columns().lock();
        let Some(columns) = guard.columns() else {
            drop(guard);
            if query.is_empty() && order == SortOrder::NEWEST {
                first(newest(&searcher, zone)?);
            }
            index.columns().read(&searcher)?;
            continue;
        };
        let search = SearchContext { connection: &searcher, columns, zone, wanted };
        let mut page = |places: &[u32]| first(view(columns, places, order, zone));
        let page: Option<FirstPage<'_>> = if order == SortOrder::NEWEST { Some(&mut page) } else { None };
        return match find(&search, query, MAX_COLLECTION_DEPTH, page) {
            Ok(places) => {
                let places = sort::sorted(places, order, columns, &searcher)?;
                let facts = || places.iter().filter_map(|place| columns.facts(*place));
                let stack_keys = if stacked { facts().map(|facts| facts.stack_key).collect() } else { Vec::new() };
                let view = || SearchResults { stack_keys, complete: true, ..view(columns, &places, order, zone) };
                Ok(wanted().then(view))
            }
            Err(SearchError::Cancelled) => Ok(None),
            Err(SearchError::Library(error)) => Err(error),
        };
    }
}

/// The newest images, read from the index before the columns have been read.
fn newest(connection: &Connection, zone: &TimeZone) -> Result<SearchResults, LibraryError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, created FROM images INDEXED BY images_by_date WHERE trashed IS NULL
         ORDER BY created DESC, id DESC LIMIT ?1",
    )?;
    let rows = statement.query_map(params![FIRST_PAGE_LEN as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let found = rows.collect::<Result<Vec<([u8; 16], i64)>, _>>()?;
    let ids = found.iter().map(|(id, _)| ImageId::from_uuid(Uuid::from_bytes(*id))).collect();
    let days = days(found.iter().map(|(_, created)| *created), zone);
    Ok(SearchResults { ids, days, ..SearchResults::default() })
}

fn view(columns: &Columns, places: &[u32], order: SortOrder, zone: &TimeZone) -> SearchResults {
    let facts = || places.iter().filter_map(|place| columns.facts(*place));
    let by_date = order.key == SortField::Date;
    let days = if by_date { days(facts().map(|facts| facts.created), zone) } else { Vec::new() };
    SearchResults { ids: facts().map(|facts| facts.id).collect(), days, ..SearchResults::default() }
}

/// Receives the first page.
pub(super) type FirstPage<'a> = &'a mut dyn FnMut(&[u32]);

/// The places of the images that a query finds, the newest first.
pub(super) fn find(
    context: &SearchContext<'_>,
    query: &Query,
    depth: usize,
    page: Option<FirstPage<'_>>,
) -> Result<Vec<u32>, SearchError> {
    let plan = QueryPlan::of(query, context, &|nested| {
        if depth == 0 { Ok(Vec::new()) } else { find(context, nested, depth - 1, None) }
    })?;
    if plan.finds_nothing() {
        return Ok(Vec::new());
    }
    // Images of an older library whose texts are not in the full-text index yet.
    let unfilled = plan.asks_for_text()
        && context
            .connection
            .query_row("SELECT EXISTS (SELECT 1 FROM images WHERE filled = 0)", params![], |row| row.get(0))?;
    if let Some(text) = plan.text() {
        let mut hits = hits(context, text, &plan, FIRST_PAGE_DELAY, page.filter(|_| !unfilled))?;
        if unfilled {
            let among = context.unfilled(&plan.words, &plan.words_not)?;
            hits.extend(among.into_iter().filter(|place| holds(context, &plan, *place)));
        }
        return Ok(context.newest_first(hits));
    }
    let mut without = None;
    if let Some(text) = plan.text_not() {
        let excluded = without.insert(RowSet::empty(context.columns));
        context.each_hit(text, |_, place| {
            excluded.insert(place);
            Ok(())
        })?;
        if unfilled {
            for word in &plan.words_not {
                excluded.extend(context.unfilled(std::slice::from_ref(word), &[])?);
            }
        }
    }
    let mut found = Vec::new();
    for (count, place) in context.columns.by_date().iter().rev().enumerate() {
        if count.is_multiple_of(4 * HITS_PER_CANCEL_CHECK) {
            context.check_cancelled()?;
        }
        if !without.as_ref().is_some_and(|without| without.contains(*place)) && holds(context, &plan, *place) {
            found.push(*place);
        }
    }
    Ok(found)
}

/// Whether all predicates hold that are not about text.
fn holds(context: &SearchContext<'_>, plan: &QueryPlan, place: u32) -> bool {
    plan.predicates.is_empty()
        || context.columns.facts(place).is_some_and(|facts| plan.holds(context.columns, place, facts))
}

/// The places that the full-text index finds, in no order. The first page is passed on as soon as it is certain: hits
/// come in the order in which images were inserted, so a hit that is still to come is no newer than the newest of the
/// remaining rows.
pub(super) fn hits(
    context: &SearchContext<'_>,
    text: &str,
    plan: &QueryPlan,
    soon: Duration,
    mut page: Option<FirstPage<'_>>,
) -> Result<Vec<u32>, SearchError> {
    let (mut hits, mut seen) = (Vec::new(), 0_usize);
    let (start, mut pause) = (Instant::now(), soon);
    context.each_hit(text, |row, place| {
        if holds(context, plan, place) {
            hits.push(place);
        }
        seen += 1;
        if seen.is_multiple_of(HITS_PER_CANCEL_CHECK)
            && hits.len() >= FIRST_PAGE_LEN
            && let Some(show) = &mut page
            && start.elapsed() >= pause
        {
            let to_come = context.columns.newest_up_to(row - 1);
            let date = |place: &u32| context.columns.facts(*place).map(ColumnRow::date);
            let certain = |place: &&u32| date(place).is_some_and(|(created, _)| created > to_come);
            let mut certain: Vec<u32> = hits.iter().filter(certain).copied().collect();
            if certain.len() >= FIRST_PAGE_LEN {
                let newest_first = |place: &u32| std::cmp::Reverse(date(place));
                certain.select_nth_unstable_by_key(FIRST_PAGE_LEN - 1, newest_first);
                certain.truncate(FIRST_PAGE_LEN);
                certain.sort_unstable_by_key(newest_first);
                show(&certain);
                page = None;
            } else {
                // Scanning all hits again and again would take longer than finding them.
                pause *= 2;
            }
        }
        Ok(())
    })?;
    Ok(hits)
}
