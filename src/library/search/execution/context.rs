//! The context that every step of a search reads: the index, the columns, and whether the result is still wanted.

use jiff::tz::TimeZone;
use rusqlite::{Connection, params, params_from_iter};

use crate::library::index::columns::{ColumnRow, Columns};

use super::{
    cancel::{Cancelled, SearchError},
    row_set::RowSet,
};

/// The number of hits or images after which a search checks whether it was canceled.
pub(super) const HITS_PER_CANCEL_CHECK: usize = 1024;

/// The context that every step of a search reads.
pub(super) struct SearchContext<'a> {
    pub(super) connection: &'a Connection,
    pub(super) columns: &'a Columns,
    pub(super) zone: &'a TimeZone,
    /// Whether the result is still wanted.
    pub(super) wanted: &'a dyn Fn() -> bool,
}

impl SearchContext<'_> {
    /// Ends the search if it was canceled.
    pub(super) fn check_cancelled(&self) -> Result<(), Cancelled> {
        if (self.wanted)() { Ok(()) } else { Err(Cancelled) }
    }

    /// Calls `each` with every row in view that the full-text index finds, and its place. Rows that were inserted last
    /// come first.
    pub(super) fn each_hit(
        &self,
        text: &str,
        mut hit: impl FnMut(i64, u32) -> Result<(), SearchError>,
    ) -> Result<(), SearchError> {
        let mut statement =
            self.connection.prepare_cached("SELECT rowid FROM texts WHERE texts MATCH ?1 ORDER BY rowid DESC")?;
        let mut rows = statement.query(params![text])?;
        let mut count = 0_usize;
        while let Some(row) = rows.next()? {
            if count.is_multiple_of(HITS_PER_CANCEL_CHECK) {
                self.check_cancelled()?;
            }
            count += 1;
            let row = row.get(0)?;
            if let Some(place) = self.columns.place(row) {
                hit(row, place)?;
            }
        }
        Ok(())
    }

    /// The places of rows that are not filled yet whose texts contain all texts of `with` and none of `without`.
    pub(super) fn unfilled(&self, with: &[String], without: &[String]) -> Result<Vec<u32>, SearchError> {
        let mut query = "SELECT rowid FROM images WHERE filled = 0".to_owned();
        query.extend(std::iter::repeat_n(" AND instr(words, ?)", with.len()));
        query.extend(std::iter::repeat_n(" AND NOT instr(words, ?)", without.len()));
        self.places(&query, params_from_iter(with.iter().chain(without)))
    }

    /// The places of the rows that a query of the index gives.
    pub(super) fn places(&self, query: &str, parameters: impl rusqlite::Params) -> Result<Vec<u32>, SearchError> {
        let mut statement = self.connection.prepare_cached(query)?;
        let mut rows = statement.query(parameters)?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            places.extend(self.columns.place(row.get(0)?));
        }
        Ok(places)
    }

    /// Sorts positions, the newest image first.
    pub(super) fn newest_first(&self, mut places: Vec<u32>) -> Vec<u32> {
        // Few places are sorted; for many it is faster to scan all images in order.
        if places.len() < self.columns.len() / 16 {
            places.sort_unstable_by_key(|place| std::cmp::Reverse(self.columns.facts(*place).map(ColumnRow::date)));
            return places;
        }
        let mut among = RowSet::empty(self.columns);
        among.extend(places.drain(..));
        places.extend(self.columns.by_date().iter().rev().filter(|place| among.contains(**place)));
        places
    }
}
