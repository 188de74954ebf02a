//! The values of every image in view, in memory: about 120 bytes for each, in the order of their dates.

use rusqlite::{Connection, params};

use crate::{
    library::{index::palette::IndexedPalette, io::error::LibraryError},
    recipe::ImageId,
};

use super::column_row::{COLUMN_NAMES, ChangedRow, ColumnRow, read_row};

/// With more changes than this at once, all dates are sorted again instead of inserted one by one.
pub(super) const MAX_SINGLE_INSERTS: usize = 32;

/// The values of every image in view. A place is the index of an image in these columns; it never changes.
#[derive(Debug, Default)]
pub(in crate::library) struct Columns {
    facts: Vec<ColumnRow>,
    palettes: Vec<IndexedPalette>,
    /// Whether the image of a place is in view.
    live: Vec<bool>,
    /// Places in view, the oldest first.
    by_date: Vec<u32>,
    /// The place of each row of the index, plus one.
    places: Vec<u32>,
    /// For each row, the newest date among the rows up to it.
    newest: Vec<i64>,
    bytes: u64,
    mismatched: usize,
    /// The number of images in view of each model, by the models' numbers.
    models: Vec<usize>,
}

impl Columns {
    /// The number of images in view.
    pub(in crate::library) fn len(&self) -> usize {
        self.by_date.len()
    }

    /// The number of places, including those of images that are not in view any more.
    pub(in crate::library) fn places(&self) -> usize {
        self.facts.len()
    }

    /// The size of all originals in view.
    pub(in crate::library) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The number of images in view that differ from their requests.
    pub(in crate::library) fn mismatched(&self) -> usize {
        self.mismatched
    }

    /// The number of images in view by model number.
    pub(in crate::library) fn models(&self) -> &[usize] {
        &self.models
    }

    /// Places in view, the oldest first.
    pub(in crate::library) fn by_date(&self) -> &[u32] {
        &self.by_date
    }

    /// The image of a place; `None` beyond the last.
    pub(in crate::library) fn facts(&self, place: u32) -> Option<&ColumnRow> {
        self.facts.get(place as usize)
    }

    /// The colors of a place.
    pub(in crate::library) fn palette(&self, place: u32) -> Option<&IndexedPalette> {
        self.palettes.get(place as usize)
    }

    /// The place of a row, if its image is in view.
    pub(in crate::library) fn place(&self, row: i64) -> Option<u32> {
        let place = self.known(row)?;
        self.live.get(place as usize).is_some_and(|live| *live).then_some(place)
    }

    /// The newest date among this row and those that were inserted before it.
    pub(in crate::library) fn newest_up_to(&self, row: i64) -> i64 {
        let last = self.newest.len().saturating_sub(1);
        let row = usize::try_from(row).unwrap_or_default().min(last);
        self.newest.get(row).copied().unwrap_or(i64::MIN)
    }

    /// The place of a row whose image is or was in view.
    fn known(&self, row: i64) -> Option<u32> {
        self.places.get(usize::try_from(row).ok()?)?.checked_sub(1)
    }

    fn count(&mut self, place: u32, in_view: bool) {
        let Some(facts) = self.facts.get(place as usize) else { return };
        let (bytes, mismatched, model) = (facts.bytes, usize::from(facts.mismatched), facts.model as usize);
        if self.models.len() <= model {
            self.models.resize(model + 1, 0);
        }
        if in_view {
            self.bytes += bytes;
            self.mismatched += mismatched;
            self.models[model] += 1;
        } else {
            self.bytes -= bytes;
            self.mismatched -= mismatched;
            self.models[model] -= 1;
        }
        if let Some(live) = self.live.get_mut(place as usize) {
            *live = in_view;
        }
    }

    /// The position of a date among those in view, or where it would be inserted.
    fn find(&self, date: (i64, ImageId)) -> Result<usize, usize> {
        self.by_date.binary_search_by(|place| match self.facts(*place) {
            Some(facts) => facts.date().cmp(&date),
            None => std::cmp::Ordering::Less,
        })
    }

    /// Applies changes of the index.
    pub(super) fn apply(&mut self, changes: Vec<ChangedRow>) {
        let many = changes.len() > MAX_SINGLE_INSERTS;
        let mut added = Vec::new();
        for (row, facts) in changes {
            let known = self.known(row);
            let before = self.place(row);
            if let Some(place) = before {
                let date = self.facts(place).map(ColumnRow::date);
                let moved = facts.as_ref().map(|(facts, _)| facts.date()) != date;
                self.count(place, false);
                if moved
                    && !many
                    && let Some(Ok(at)) = date.map(|date| self.find(date))
                {
                    self.by_date.remove(at);
                }
                if !moved && let Some((facts, palette)) = facts {
                    self.put(row, Some(place), facts, palette);
                    continue;
                }
            }
            if let Some((facts, palette)) = facts {
                let place = self.put(row, known, facts, palette);
                if many {
                    added.push(place);
                } else if let Err(at) = self.find(facts.date()) {
                    self.by_date.insert(at, place);
                }
            }
        }
        if many {
            let (live, facts) = (&self.live, &self.facts);
            let mut seen = vec![false; facts.len()];
            self.by_date.extend(added);
            // An image that was removed and inserted again has two entries.
            self.by_date.retain(|place| {
                let at = *place as usize;
                live.get(at) == Some(&true) && seen.get_mut(at).is_some_and(|seen| !std::mem::replace(seen, true))
            });
            self.by_date.sort_by_key(|place| facts.get(*place as usize).map(ColumnRow::date));
        }
    }

    /// Stores the values of an image at its place, or at a new one, and counts it. The caller inserts its date.
    fn put(&mut self, row: i64, place: Option<u32>, facts: ColumnRow, palette: IndexedPalette) -> u32 {
        let place = place.unwrap_or(self.facts.len() as u32);
        let at = place as usize;
        if at < self.facts.len() {
            self.facts[at] = facts;
            self.palettes[at] = palette;
        } else {
            self.facts.push(facts);
            self.palettes.push(palette);
            self.live.push(true);
        }
        let row = usize::try_from(row).unwrap_or_default();
        let last = self.newest.last().copied().unwrap_or(i64::MIN);
        if self.places.len() <= row {
            self.places.resize(row + 1, 0);
            self.newest.resize(row + 1, last);
        }
        self.places[row] = place + 1;
        // Dates of earlier rows hardly ever change.
        for newest in self.newest.iter_mut().skip(row).take_while(|newest| **newest < facts.created) {
            *newest = facts.created;
        }
        self.count(place, true);
        place
    }

    /// Reads every image in view, the oldest first.
    pub(super) fn read(connection: &Connection) -> Result<Self, LibraryError> {
        let rows: i64 =
            connection.query_row("SELECT coalesce(max(rowid), 0) FROM images", params![], |row| row.get(0))?;
        let rows = usize::try_from(rows).unwrap_or_default() + 1;
        let mut columns = Self { places: vec![0; rows], newest: vec![i64::MIN; rows], ..Self::default() };
        let query = format!(
            "SELECT {COLUMN_NAMES} FROM images INDEXED BY images_by_date WHERE trashed IS NULL ORDER BY created, id"
        );
        let mut statement = connection.prepare_cached(&query)?;
        let mut found = statement.query(params![])?;
        while let Some(row) = found.next()? {
            let (number, facts, palette) = read_row(row)?;
            let place = columns.facts.len() as u32;
            columns.by_date.push(place);
            let number = usize::try_from(number).unwrap_or_default();
            if columns.places.len() <= number {
                columns.places.resize(number + 1, 0);
                columns.newest.resize(number + 1, i64::MIN);
            }
            columns.places[number] = place + 1;
            columns.newest[number] = facts.created;
            columns.facts.push(facts);
            columns.palettes.push(palette);
            columns.live.push(true);
            columns.count(place, true);
        }
        let mut newest = i64::MIN;
        for date in &mut columns.newest {
            newest = newest.max(*date);
            *date = newest;
        }
        Ok(columns)
    }
}
