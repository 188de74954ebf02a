//! The database of the index: its connections, and the columns in memory that follow its changes.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use rusqlite::Connection;

use crate::{error_chain::Cause, library::io::error::LibraryError};

use super::{
    columns::{ColumnStore, TrackedConnection},
    schema,
    write_batch::{IndexWrite, WriteGroups, write_group},
};

/// An open index. The columns follow every change, because only [`IndexDb::writer`] lends the connection that writes.
#[derive(Debug)]
pub(in crate::library) struct IndexDb {
    path: PathBuf,
    /// For writes, and for reads that must see them at once.
    writer: Mutex<Connection>,
    /// For long reads, which must not delay writes.
    reader: Mutex<Connection>,
    /// For searches, which take longer still.
    searcher: Mutex<Connection>,
    /// Writes that wait for the writer, to be flushed together.
    writes: WriteGroups,
    columns: ColumnStore,
}

impl IndexDb {
    /// Opens an index, and migrates it to the newest version.
    ///
    /// # Errors
    /// [`LibraryError::Newer`] if a newer version made it; otherwise it is damaged, or cannot be read or written.
    pub(in crate::library) fn open(path: &Path) -> Result<Self, LibraryError> {
        let mut writer = schema::open(path)?;
        let columns = ColumnStore::default();
        columns.watch(&mut writer)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            reader: Mutex::new(schema::connect(path)?),
            searcher: Mutex::new(schema::connect(path)?),
            writes: WriteGroups::default(),
            columns,
        })
    }

    /// Opens an index that a newer version made, without writing to it.
    ///
    /// # Errors
    /// It is damaged or cannot be read.
    pub(in crate::library) fn open_read_only(path: &Path) -> Result<Self, LibraryError> {
        let connect = || schema::connect_read_only(path).map(Mutex::new);
        Ok(Self {
            path: path.to_owned(),
            writer: connect()?,
            reader: connect()?,
            searcher: connect()?,
            writes: WriteGroups::default(),
            columns: ColumnStore::default(),
        })
    }

    /// Locks the connection that writes.
    pub(in crate::library) fn writer(&self) -> TrackedConnection<'_> {
        // A thread that panicked within a transaction has rolled it back.
        TrackedConnection::new(self.writer.lock().unwrap_or_else(PoisonError::into_inner), &self.columns)
    }

    /// Locks the connection for long reads.
    pub(in crate::library) fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the connection for searches.
    pub(in crate::library) fn searcher(&self) -> MutexGuard<'_, Connection> {
        self.searcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The columns in memory.
    pub(in crate::library) fn columns(&self) -> &ColumnStore {
        &self.columns
    }

    /// Executes writes, all or none; durable when it returns. Writes of several threads share a flush.
    ///
    /// # Errors
    /// The index cannot be written, or one of the writes is refused. A refusal does not affect the writes of other
    /// threads.
    pub(in crate::library) fn write(&self, writes: Vec<IndexWrite>) -> Result<(), LibraryError> {
        let result = self.writes.submit(writes, |take| {
            // Writes that arrive while this waits for the connection are part of the same group.
            let mut writer = self.writer();
            let group = take();
            let count = group.len();
            write_group(&mut writer, group).unwrap_or_else(|error| vec![Err(error); count])
        });
        result.unwrap_or_else(|| {
            let reason = Cause::from("the thread that wrote it panicked");
            Err(LibraryError::CannotWrite { path: self.path.clone(), reason })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, thread};

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        library::{Library, RequestStatus, queue_store::request_record::RequestRecord},
        recipe::{Recipe, RequestId},
    };

    fn request(number: u128) -> RequestId {
        RequestId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn rejected_write_does_not_affect_others() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let intent = |number| RequestRecord {
            request: request(number),
            recipe: Recipe::default(),
            created: Timestamp::UNIX_EPOCH,
        };
        library.requests().record(&(0..24).map(intent).collect::<Vec<_>>()).unwrap();
        let begin = Barrier::new(24);
        thread::scope(|scope| {
            for number in 0..24 {
                let (library, begin) = (&library, &begin);
                scope.spawn(move || {
                    begin.wait();
                    // Every third thread submits a write that is refused, after one that is not.
                    let back = number % 3 == 0;
                    let sending = |number| IndexWrite::Status {
                        request: request(number),
                        rank: RequestStatus::Sending.rank(),
                        status: serde_json::to_string(&RequestStatus::Sending).unwrap(),
                    };
                    let (forward, unknown) = (sending(number), sending(99));
                    let writes = if back { vec![forward, unknown] } else { vec![forward] };
                    let expected = if back { Err(LibraryError::Backward(request(99))) } else { Ok(()) };
                    assert_eq!(library.index().write(writes), expected);
                });
            }
        });
        for number in 0..24 {
            let expected = if number % 3 == 0 { RequestStatus::Queued } else { RequestStatus::Sending };
            assert_eq!(
                library.requests().status(request(number)).unwrap(),
                Some(expected),
                "all or nothing of {number}"
            );
        }
    }
}
