//! The open library: its parts, and how they are opened together.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::Connection;

use crate::{
    private,
    recipe::{RequestId, Spending, Vote},
};

use super::{
    images::storing::{FolderFlushes, Named},
    index::{
        columns::{Held, Writer},
        schema,
        write_batch::IndexWrites,
    },
    io::{
        atomic_file,
        error::{At as _, LibraryError},
        lock::Lock,
    },
    journal::{organizing_journal::Journal, spending_log::SpendingLog, vote_log::VoteLog},
    organize::journal_sync,
    queue_store::spool::Spools,
    recovery::{copy_detection, index_health, reindex},
    store::thumbnail_pack::Thumbnails,
};

/// An open library. Shared between threads behind an `Arc`; one program at a time has it.
#[derive(Debug)]
pub struct Library {
    pub(super) folder: PathBuf,
    /// Writes and everything that must see them at once.
    writer: Mutex<Connection>,
    /// Long reads, which must not hold up writes.
    reader: Mutex<Connection>,
    /// Searches, which take longer still.
    searcher: Mutex<Connection>,
    /// Writes that wait for the writer, to be flushed together.
    pub(super) index_writes: IndexWrites,
    pub(super) folder_flushes: FolderFlushes,
    /// Images whose files are whole and whose rows could not be written.
    pub(super) unindexed: Mutex<Vec<Named>>,
    pub(super) columns: Held,
    pub(super) thumbnails: Thumbnails,
    /// What was said about pictures. Who needs the writer as well takes that first.
    journal: Mutex<Option<Journal>>,
    pub(super) spending: SpendingLog,
    votes: VoteLog,
    pub(super) spools: Arc<Spools>,
    /// How many requests were given back to the index by the spool when the library was opened.
    restored: usize,
    /// The version of the format, where a newer program made the library: it is only read then.
    newer: Option<i64>,
    /// Held until the library is dropped.
    lock: Arc<Lock>,
}

impl Library {
    /// Opens a library, making it if it is not there, and mends what a crash has left. One that a newer version made is
    /// opened to be looked at: whatever would change it fails with [`LibraryError::Newer`].
    ///
    /// # Errors
    /// [`LibraryError::Busy`] if another program has it open, [`LibraryError::CannotWrite`] or
    /// [`LibraryError::DiskFull`] if its folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self, LibraryError> {
        make_folders(folder)?;
        let lock = Arc::new(Lock::take(folder)?);
        let database = folder.join("library.db");
        atomic_file::remove(&folder.join(reindex::UNFINISHED))?;
        if copy_detection::is_copy(&lock.file(), &database) {
            tracing::warn!("the index is a copy, or the library has moved: it is made anew");
            match reindex::renew(folder, |_, _| ()) {
                // It is looked at as it is.
                Ok(_) | Err(LibraryError::Newer { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let opened = if index_health::is_damaged(&database) {
            Err(LibraryError::Broken { reason: "its pages contradict each other".to_owned() })
        } else {
            Self::open_locked(folder, Arc::clone(&lock))
        };
        match opened {
            Err(LibraryError::Broken { reason }) => {
                tracing::error!(reason, "the index is damaged, and is rebuilt from the files");
                index_health::keep_copy(&database)?;
                match reindex::renew(folder, |_, _| ()) {
                    // A library of a newer version is looked at as it is.
                    Ok(_) | Err(LibraryError::Newer { .. }) => {}
                    Err(LibraryError::Broken { reason }) => {
                        // Not even what it says of unsent requests can be read.
                        schema::move_aside(&database, &reason)?;
                        reindex::renew(folder, |_, _| ())?;
                    }
                    Err(error) => return Err(error),
                }
                index_health::unmark(&database)?;
                Self::open_locked(folder, lock)
            }
            opened => opened,
        }
    }

    /// Opens a library whose lock is held.
    fn open_locked(folder: &Path, lock: Arc<Lock>) -> Result<Self, LibraryError> {
        let database = folder.join("library.db");
        let mut writer = match schema::open(&database) {
            Err(LibraryError::Newer { found }) => return Self::open_to_look_at(folder, found, lock),
            opened => opened?,
        };
        let columns = Held::default();
        columns.watch(&mut writer)?;
        let journal = match journal_sync::open_journal(folder, &writer) {
            Err(LibraryError::Newer { found }) => return Self::open_to_look_at(folder, found, lock),
            opened => Mutex::new(Some(opened?)),
        };
        let mut library = Self {
            folder: folder.to_owned(),
            writer: Mutex::new(writer),
            reader: Mutex::new(schema::connect(&database)?),
            searcher: Mutex::new(schema::connect(&database)?),
            index_writes: IndexWrites::default(),
            folder_flushes: FolderFlushes::default(),
            unindexed: Mutex::default(),
            columns,
            thumbnails: Thumbnails::default(),
            journal,
            spending: SpendingLog::new(folder),
            votes: VoteLog::new(folder),
            spools: Arc::new(Spools::new(folder)),
            restored: 0,
            newer: None,
            lock,
        };
        library.restored = library.mend()?;
        copy_detection::remember(&library.lock.file(), &database);
        Ok(library)
    }

    /// Opens a library that a newer version made. Nothing of it is touched.
    fn open_to_look_at(folder: &Path, found: i64, lock: Arc<Lock>) -> Result<Self, LibraryError> {
        let database = folder.join("library.db");
        let connect = || schema::connect_to_look_at(&database).map(Mutex::new);
        Ok(Self {
            folder: folder.to_owned(),
            writer: connect()?,
            reader: connect()?,
            searcher: connect()?,
            index_writes: IndexWrites::default(),
            folder_flushes: FolderFlushes::default(),
            unindexed: Mutex::default(),
            columns: Held::default(),
            thumbnails: Thumbnails::default(),
            journal: Mutex::new(None),
            spending: SpendingLog::new(folder),
            votes: VoteLog::new(folder),
            spools: Arc::new(Spools::new(folder)),
            restored: 0,
            newer: Some(found),
            lock,
        })
    }

    /// Whether it may only be looked at, because a newer version made it.
    pub fn is_newer(&self) -> bool {
        self.newer.is_some()
    }

    /// How many requests the index had lost and got back from their spool files when the library was opened.
    pub fn restored_requests(&self) -> usize {
        self.restored
    }

    /// Takes in that the index was found damaged while it was used: the next start rebuilds it.
    pub fn mark_damaged(&self) {
        index_health::mark(&self.folder.join("library.db"));
    }

    /// To be asked before anything is written.
    pub(super) fn writable(&self) -> Result<(), LibraryError> {
        self.newer.map_or(Ok(()), |found| Err(LibraryError::Newer { found }))
    }

    /// Makes sure that no other program can have the library open, before a request is sent.
    pub(super) fn ensure_lock(&self) -> Result<(), LibraryError> {
        if self.lock.ensure()? {
            copy_detection::remember(&self.lock.file(), &self.folder.join("library.db"));
        }
        Ok(())
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Records the cost of a request, once; durable when it returns. Returns whether it was not recorded before.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn write_spending(&self, spending: &Spending) -> Result<bool, LibraryError> {
        self.writable()?;
        self.spending.record(spending)
    }

    /// Calls `each` with the recorded costs, from the first on. A line that cannot be read is skipped.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read_spending(&self, each: impl FnMut(Spending)) -> Result<(), LibraryError> {
        self.spending.read(each)
    }

    /// Adds requests whose costs are known to be recorded, so that they are not recorded a second time.
    pub fn spending_is_written(&self, requests: BTreeSet<RequestId>) {
        self.spending.mark_recorded(requests);
    }

    /// Every decision of blind comparisons, oldest first, one for each comparison.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn votes(&self) -> Result<Vec<Vote>, LibraryError> {
        self.votes.read()
    }

    /// Records a decision of a blind comparison; durable when it returns.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn vote(&self, vote: &Vote) -> Result<(), LibraryError> {
        self.writable()?;
        self.votes.record(vote)
    }

    pub(super) fn writer(&self) -> Writer<'_> {
        // A thread that broke down in the midst of a transaction has rolled it back.
        Writer::new(self.writer.lock().unwrap_or_else(PoisonError::into_inner), &self.columns)
    }

    /// The journal; `None` where nothing may be written.
    pub(super) fn journal(&self) -> MutexGuard<'_, Option<Journal>> {
        // A line that was added by half is cut off before the next one.
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn searcher(&self) -> MutexGuard<'_, Connection> {
        self.searcher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Folders and files beside the originals that hold what was asked and what came.
const OPEN_ONCE: [&str; 10] = [
    "exchanges",
    "lost+found",
    "sheets",
    "library.db",
    "library.db-wal",
    "library.db-shm",
    "library.lock",
    "organising.jsonl",
    "spending.jsonl",
    "votes.jsonl",
];

/// Makes the folders, and closes to others what an earlier version left open. The files within the folders keep their
/// rights: there can be a million of them, and nobody else reaches them through a closed folder.
pub(super) fn make_folders(folder: &Path) -> Result<(), LibraryError> {
    let is_library = folder.join("library.lock").exists();
    private::make_folder(folder).at(folder)?;
    if is_library {
        // A folder that holds other things as well is only closed once it is a library.
        private::close_to_others(folder);
        for name in OPEN_ONCE {
            private::close_to_others(&folder.join(name));
        }
    }
    for name in ["originals", "references", "spool", "thumbnails", "trash"] {
        let path = folder.join(name);
        private::keep_folder(&path).at(&path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_library_is_open_once_and_free_again_when_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert!(matches!(Library::open(folder.path()), Err(LibraryError::Busy { .. })));
        drop(library);
        assert!(Library::open(folder.path()).is_ok());
    }

    #[test]
    fn a_folder_that_cannot_be_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let refused = Library::open(&file.join("library"));
        assert!(matches!(refused, Err(LibraryError::CannotWrite { .. })), "{refused:?}");
    }
}
