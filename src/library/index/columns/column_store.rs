//! The columns of a library. They are read from the index when they are first needed, and then follow its changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::Connection;

use crate::{error_chain::chain, library::io::error::LibraryError};

use super::{
    column_row::read_changes,
    snapshot::{Columns, MAX_SINGLE_INSERTS},
};

/// How far the columns have been read.
#[derive(Debug, Default)]
enum State {
    /// They have not been read.
    #[default]
    Unread,
    /// They are being read; these rows have changed in the meantime.
    Reading(Vec<i64>),
    /// They have been read and follow the index.
    Read(Columns),
}

/// The columns of a library, read when they are first needed.
#[derive(Debug, Default)]
pub(in crate::library) struct ColumnStore {
    state: RwLock<State>,
    /// Locked by the thread that reads the columns.
    reading: Mutex<()>,
    /// Rows of `images` that the open transaction has changed.
    changed: Arc<Mutex<Vec<i64>>>,
}

/// Read access to the columns.
pub(in crate::library) struct ColumnsGuard<'a>(RwLockReadGuard<'a, State>);

impl ColumnsGuard<'_> {
    /// The columns; `None` if they have not been read.
    pub(in crate::library) fn columns(&self) -> Option<&Columns> {
        match &*self.0 {
            State::Read(columns) => Some(columns),
            _ => None,
        }
    }
}

impl ColumnStore {
    /// Records every row of `images` that a connection changes from now on.
    pub(in crate::library) fn watch(&self, connection: &mut Connection) -> Result<(), LibraryError> {
        let changed = Arc::clone(&self.changed);
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

    /// Applies the changes of the watched connection. Called when its transaction has ended.
    pub(in crate::library) fn follow(&self, connection: &Connection) {
        let mut rows = std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner));
        if rows.is_empty() {
            return;
        }
        rows.sort_unstable();
        rows.dedup();
        let few = match &*self.lock().0 {
            State::Unread => return,
            State::Reading(_) => true,
            State::Read(columns) => rows.len() <= MAX_SINGLE_INSERTS || rows.len() * 4 <= columns.len(),
        };
        let changes = if few { read_changes(connection, &rows) } else { Ok(Vec::new()) };
        let mut state = self.state();
        match (&mut *state, changes) {
            (State::Reading(pending), _) => pending.append(&mut rows),
            (State::Read(columns), Ok(changes)) if few => columns.apply(changes),
            (State::Read(_), changes) => {
                if let Err(error) = changes {
                    tracing::warn!(error = %chain(&error), "changed rows cannot be read; all columns are read again");
                }
                *state = State::Unread;
            }
            (State::Unread, _) => {}
        }
    }

    /// Reads the columns if they have not been read yet.
    pub(in crate::library) fn read(&self, connection: &Connection) -> Result<(), LibraryError> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lock().columns().is_some() {
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
            columns.apply(read_changes(connection, &rows)?);
        }
    }

    /// Locks the columns for reading. Changes of the index wait until the guard is dropped.
    pub(in crate::library) fn lock(&self) -> ColumnsGuard<'_> {
        ColumnsGuard(self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn state(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection that writes. When it is dropped, its changes are applied to the columns.
pub(in crate::library) struct TrackedConnection<'a> {
    connection: MutexGuard<'a, Connection>,
    columns: &'a ColumnStore,
}

impl<'a> TrackedConnection<'a> {
    pub(in crate::library) fn new(connection: MutexGuard<'a, Connection>, columns: &'a ColumnStore) -> Self {
        Self { connection, columns }
    }
}

impl std::ops::Deref for TrackedConnection<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl std::ops::DerefMut for TrackedConnection<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Drop for TrackedConnection<'_> {
    fn drop(&mut self) {
        self.columns.follow(&self.connection);
    }
}
