//! What pictures are chosen, sorted and stacked by, in memory: about 120 bytes for each picture in view, in the order of
//! their dates. Read once from the index; changes of the index are followed as they are made.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use crate::{
    library::io::error::LibraryError,
    recipe::{ImageId, RequestId, StackOf},
};

use super::palette::{self, Palette};

/// What the columns are made of, in the order in which [`facts`] reads them.
const FACTS: &str = "rowid, id, created, bytes, width, height, rating, flag, label, model, cost, seed, has_reference,
    source <> '', coalesce(mismatch, '') <> '', likeness, palette, request, batch_of";

/// More changes than this at once, and dates are sorted anew instead of one by one.
const FEW: usize = 32;

/// One picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) struct Facts {
    pub(in crate::library) id: ImageId,
    /// Milliseconds since 1970.
    pub(in crate::library) created: i64,
    pub(in crate::library) bytes: u64,
    /// Millionths of a dollar.
    pub(in crate::library) cost: Option<i64>,
    pub(in crate::library) seed: Option<i64>,
    pub(in crate::library) likeness: Option<u64>,
    pub(in crate::library) width: u32,
    pub(in crate::library) height: u32,
    pub(in crate::library) model: u32,
    pub(in crate::library) rating: u8,
    pub(in crate::library) flag: u8,
    pub(in crate::library) label: u8,
    pub(in crate::library) has_reference: bool,
    pub(in crate::library) imported: bool,
    pub(in crate::library) mismatched: bool,
    /// With which others it is shown as one.
    pub(in crate::library) stack_of: StackOf,
}

impl Facts {
    /// What dates are sorted by: the id decides between pictures of the same moment.
    pub(in crate::library) fn date(&self) -> (i64, ImageId) {
        (self.created, self.id)
    }
}

/// Every picture that is in view. A place is a picture's number in here, which it keeps.
#[derive(Debug, Default)]
pub(in crate::library) struct Columns {
    facts: Vec<Facts>,
    palettes: Vec<Palette>,
    /// Whether the picture of a place is in view.
    live: Vec<bool>,
    /// Places in view, the oldest first.
    by_date: Vec<u32>,
    /// The place of each row of the index, plus one.
    places: Vec<u32>,
    /// For each row, the newest date among the rows up to it.
    newest: Vec<i64>,
    bytes: u64,
    mismatched: usize,
    /// Pictures in view of each model, by the models' numbers.
    models: Vec<usize>,
}

/// A row of the index: its facts if it is in view.
type Change = (i64, Option<(Facts, Palette)>);

impl Columns {
    /// How many pictures are in view.
    pub(in crate::library) fn len(&self) -> usize {
        self.by_date.len()
    }

    /// How many places there are, those of pictures that are no longer in view among them.
    pub(in crate::library) fn places(&self) -> usize {
        self.facts.len()
    }

    /// Size of all originals in view.
    pub(in crate::library) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many pictures in view differ from what was asked for.
    pub(in crate::library) fn mismatched(&self) -> usize {
        self.mismatched
    }

    /// How many pictures in view each model has made, by the models' numbers.
    pub(in crate::library) fn models(&self) -> &[usize] {
        &self.models
    }

    /// Places in view, the oldest first.
    pub(in crate::library) fn by_date(&self) -> &[u32] {
        &self.by_date
    }

    /// The picture of a place; `None` beyond the last.
    pub(in crate::library) fn facts(&self, place: u32) -> Option<&Facts> {
        self.facts.get(place as usize)
    }

    /// The colours of a place.
    pub(in crate::library) fn palette(&self, place: u32) -> Option<&Palette> {
        self.palettes.get(place as usize)
    }

    /// The place of a row, if its picture is in view.
    pub(in crate::library) fn place(&self, row: i64) -> Option<u32> {
        let place = self.known(row)?;
        self.live.get(place as usize).is_some_and(|live| *live).then_some(place)
    }

    /// The newest date among a row and those that were put into the index before it.
    pub(in crate::library) fn newest_up_to(&self, row: i64) -> i64 {
        let last = self.newest.len().saturating_sub(1);
        let row = usize::try_from(row).unwrap_or_default().min(last);
        self.newest.get(row).copied().unwrap_or(i64::MIN)
    }

    /// The place of a row, whether its picture is in view or was once.
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

    /// Where a date stands or would stand among those in view.
    fn find(&self, date: (i64, ImageId)) -> Result<usize, usize> {
        self.by_date.binary_search_by(|place| match self.facts(*place) {
            Some(facts) => facts.date().cmp(&date),
            None => std::cmp::Ordering::Less,
        })
    }

    /// Takes in what has changed.
    fn apply(&mut self, changes: Vec<Change>) {
        let many = changes.len() > FEW;
        let mut added = Vec::new();
        for (row, facts) in changes {
            let known = self.known(row);
            let before = self.place(row);
            if let Some(place) = before {
                let date = self.facts(place).map(Facts::date);
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
            // A picture that was taken out and put in again stands there twice.
            self.by_date.retain(|place| {
                let at = *place as usize;
                live.get(at) == Some(&true) && seen.get_mut(at).is_some_and(|seen| !std::mem::replace(seen, true))
            });
            self.by_date.sort_by_key(|place| facts.get(*place as usize).map(Facts::date));
        }
    }

    /// Puts the facts of a picture at its place, or at a new one, and counts it. Its date is left to the caller.
    fn put(&mut self, row: i64, place: Option<u32>, facts: Facts, palette: Palette) -> u32 {
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

    /// Reads every picture in view, the oldest first.
    fn read(connection: &Connection) -> Result<Self, LibraryError> {
        let rows: i64 =
            connection.query_row("SELECT coalesce(max(rowid), 0) FROM images", params![], |row| row.get(0))?;
        let rows = usize::try_from(rows).unwrap_or_default() + 1;
        let mut columns = Self { places: vec![0; rows], newest: vec![i64::MIN; rows], ..Self::default() };
        let query =
            format!("SELECT {FACTS} FROM images INDEXED BY images_by_date WHERE trashed IS NULL ORDER BY created, id");
        let mut statement = connection.prepare_cached(&query)?;
        let mut found = statement.query(params![])?;
        while let Some(row) = found.next()? {
            let (number, facts, palette) = facts(row)?;
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

/// Reads what [`FACTS`] names.
fn facts(row: &Row<'_>) -> rusqlite::Result<(i64, Facts, Palette)> {
    let facts = Facts {
        id: ImageId::from_uuid(Uuid::from_bytes(row.get(1)?)),
        created: row.get(2)?,
        bytes: row.get::<_, i64>(3)?.unsigned_abs(),
        width: row.get(4)?,
        height: row.get(5)?,
        rating: row.get(6)?,
        flag: row.get(7)?,
        label: row.get(8)?,
        model: row.get(9)?,
        cost: row.get(10)?,
        seed: row.get(11)?,
        has_reference: row.get(12)?,
        imported: row.get(13)?,
        mismatched: row.get(14)?,
        likeness: row.get::<_, Option<i64>>(15)?.map(i64::cast_unsigned),
        stack_of: match row.get::<_, Option<[u8; 16]>>(18)? {
            Some(id) => StackOf::Picture(ImageId::from_uuid(Uuid::from_bytes(id))),
            None => StackOf::Request(RequestId::from_uuid(Uuid::from_bytes(row.get(17)?))),
        },
    };
    let palette = row.get_ref(16)?.as_blob_or_null()?.map(palette::palette);
    Ok((row.get(0)?, facts, palette.unwrap_or_default()))
}

fn changes(connection: &Connection, rows: &[i64]) -> Result<Vec<Change>, LibraryError> {
    let query = format!("SELECT {FACTS} FROM images WHERE rowid = ?1 AND trashed IS NULL");
    let mut statement = connection.prepare_cached(&query)?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let found = statement.query_row(params![row], facts).optional()?;
        changes.push((*row, found.map(|(_, facts, palette)| (facts, palette))));
    }
    Ok(changes)
}

/// The columns, as far as they are there.
#[derive(Debug, Default)]
enum State {
    /// Nobody has needed them yet.
    #[default]
    Unread,
    /// They are being read; these rows have changed in the meantime.
    Reading(Vec<i64>),
    /// They are there and follow the index.
    Read(Columns),
}

/// The columns of a library, read when they are first needed.
#[derive(Debug, Default)]
pub(in crate::library) struct Held {
    state: RwLock<State>,
    /// Held by whoever reads them.
    reading: Mutex<()>,
    /// Rows of `images` that the open transaction has changed.
    changed: std::sync::Arc<Mutex<Vec<i64>>>,
}

/// The columns, as long as somebody looks at them.
pub(in crate::library) struct Look<'a>(RwLockReadGuard<'a, State>);

impl Look<'_> {
    /// The columns; `None` if they have not been read.
    pub(in crate::library) fn columns(&self) -> Option<&Columns> {
        match &*self.0 {
            State::Read(columns) => Some(columns),
            _ => None,
        }
    }
}

impl Held {
    /// Notes every row of `images` that a connection changes from now on.
    pub(in crate::library) fn watch(&self, connection: &mut Connection) -> Result<(), LibraryError> {
        let changed = std::sync::Arc::clone(&self.changed);
        let note = move |_action, _database: &str, table: &str, row| {
            if table == "images" {
                let mut changed = changed.lock().unwrap_or_else(PoisonError::into_inner);
                if changed.last() != Some(&row) {
                    changed.push(row);
                }
            }
        };
        Ok(connection.update_hook(Some(note))?)
    }

    /// Takes in what the watched connection has changed. To be called when its transaction has ended.
    pub(in crate::library) fn follow(&self, connection: &Connection) {
        let mut rows = std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner));
        if rows.is_empty() {
            return;
        }
        rows.sort_unstable();
        rows.dedup();
        let few = match &*self.look().0 {
            State::Unread => return,
            State::Reading(_) => true,
            State::Read(columns) => rows.len() <= FEW || rows.len() * 4 <= columns.len(),
        };
        let changes = if few { changes(connection, &rows) } else { Ok(Vec::new()) };
        let mut state = self.state();
        match (&mut *state, changes) {
            (State::Reading(pending), _) => pending.append(&mut rows),
            (State::Read(columns), Ok(changes)) if few => columns.apply(changes),
            (State::Read(_), changes) => {
                if let Err(error) = changes {
                    tracing::warn!(%error, "what has changed cannot be read; everything is read anew");
                }
                *state = State::Unread;
            }
            (State::Unread, _) => {}
        }
    }

    /// Reads the columns if nobody has done so yet.
    pub(in crate::library) fn read(&self, connection: &Connection) -> Result<(), LibraryError> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if self.look().columns().is_some() {
            return Ok(());
        }
        *self.state() = State::Reading(Vec::new());
        let read = self.read_all(connection);
        if read.is_err() {
            *self.state() = State::Unread;
        }
        read
    }

    fn read_all(&self, connection: &Connection) -> Result<(), LibraryError> {
        let mut columns = Columns::read(connection)?;
        loop {
            let rows = {
                let mut state = self.state();
                match &mut *state {
                    State::Reading(pending) if !pending.is_empty() => std::mem::take(pending),
                    _ => {
                        *state = State::Read(columns);
                        return Ok(());
                    }
                }
            };
            columns.apply(changes(connection, &rows)?);
        }
    }

    /// Looks at the columns. Changes of the index wait for the look to end.
    pub(in crate::library) fn look(&self) -> Look<'_> {
        Look(self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn state(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection that writes. When it is let go, the columns have followed what it has changed.
pub(in crate::library) struct Writer<'a> {
    connection: MutexGuard<'a, Connection>,
    columns: &'a Held,
}

impl<'a> Writer<'a> {
    pub(in crate::library) fn new(connection: MutexGuard<'a, Connection>, columns: &'a Held) -> Self {
        Self { connection, columns }
    }
}

impl std::ops::Deref for Writer<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl std::ops::DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        self.columns.follow(&self.connection);
    }
}
