//! The journal of ratings, flags, labels, tags, notes and collections: one JSON object per line, in the order of the
//! changes.
//!
//! ```text
//! {"journal":1,"generation":"019ab1…","live":0}
//! {"at":"2026-11-23T10:00:00Z","images":["019ab1…","019ab2…"],"rate":4}
//! {"at":"2026-11-23T10:00:01Z","create":{"collection":{"id":"019ab3…","name":"Client A"},"images":[]}}
//! {"at":"2026-11-23T10:00:02Z","forget":["019ab1…"]}
//! ```
//!
//! Lines are only appended, and flushed before a change is reported. An unterminated last line was being written when the
//! power failed, and is cut off. A journal that has become much longer than the state that it describes is rewritten as
//! another generation when the library is opened.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error_chain::chain,
    library::io::{
        atomic_file,
        error::{LibraryError, WithPath as _},
    },
};

use super::{
    append_log::{AppendLog, UnterminatedTail, to_lines},
    entry::Entry,
    organizing_state::OrganizingState,
};

/// The name of its file.
const JOURNAL_NAME: &str = "organising.jsonl";

/// The version of the format that is written.
const FORMAT_VERSION: u32 = 1;

/// The least length of a journal that is rewritten, in bytes.
const MIN_COMPACT_BYTES: u64 = 1 << 20;

/// A journal is rewritten when it has become longer than its compacted form by this factor.
const COMPACT_RATIO: u64 = 4;

#[derive(Serialize, Deserialize)]
struct Line<E> {
    at: Timestamp,
    #[serde(flatten)]
    entry: E,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    journal: u32,
    /// Changes whenever the journal is rewritten.
    generation: Uuid,
    /// Its length in bytes when it was last rewritten.
    live: u64,
}

/// The open journal.
#[derive(Debug)]
pub(in crate::library) struct OrganizingJournal {
    log: AppendLog,
    generation: Uuid,
    live: u64,
}

impl OrganizingJournal {
    /// Opens a library's journal and cuts off an unterminated line; `None` if there is no journal.
    ///
    /// # Errors
    /// It cannot be read or written, or a newer version made it.
    pub(in crate::library) fn open(folder: &Path) -> Result<Option<Self>, LibraryError> {
        let path = folder.join(JOURNAL_NAME);
        let Some(log) = AppendLog::open(&path, UnterminatedTail::Cut)? else { return Ok(None) };
        let mut first = Vec::new();
        BufReader::new(File::open(&path).at(&path)?).read_until(b'\n', &mut first).at(&path)?;
        let header = serde_json::from_slice::<Header>(&first).ok().filter(|_| first.ends_with(b"\n"));
        let Some(header) = header else {
            // A journal is renamed into place with its header in it, so a file without one is not a journal; it is
            // kept.
            let aside = atomic_file::quarantine_path(&path);
            tracing::error!(path = %path.display(), aside = %aside.display(), "the journal cannot be read");
            fs::rename(&path, &aside).at(&aside)?;
            return Ok(None);
        };
        if header.journal > FORMAT_VERSION {
            return Err(LibraryError::Newer { found: i64::from(header.journal) });
        }
        log.cut_tail()?;
        let Header { generation, live, .. } = header;
        Ok(Some(Self { log, generation, live }))
    }

    /// Writes a journal of these entries in place of the existing one. A crash leaves one or the other.
    ///
    /// # Errors
    /// The disk is full or cannot be written. The existing journal is unchanged.
    pub(in crate::library) fn create(folder: &Path, state: &OrganizingState) -> Result<Self, LibraryError> {
        let path = folder.join(JOURNAL_NAME);
        let entries = lines(&state.entries())?;
        let generation = Uuid::now_v7();
        let header = Header { journal: FORMAT_VERSION, generation, live: entries.len() as u64 };
        let mut text = to_lines([&header])?;
        text.extend(entries);
        atomic_file::write_atomic(&path, &text)?;
        atomic_file::sync_dir(folder)?;
        let opened = AppendLog::open(&path, UnterminatedTail::Cut)?;
        let log = opened.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound)).at(&path)?;
        Ok(Self { log, generation, live: header.live })
    }

    /// Its generation and its length.
    pub(in crate::library) fn checkpoint(&self) -> Checkpoint {
        Checkpoint { generation: self.generation, taken: self.log.length() }
    }

    /// Appends entries, all or none; durable when it returns.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub(in crate::library) fn append(&mut self, entries: &[Entry]) -> Result<(), LibraryError> {
        self.log.append(&lines(entries)?)
    }

    /// Removes the entries that were appended after a position.
    ///
    /// # Errors
    /// The disk cannot be written; they are cut off before the next entry is appended.
    pub(in crate::library) fn truncate(&mut self, before: &Checkpoint) -> Result<(), LibraryError> {
        self.log.truncate(before.taken)
    }

    /// Calls `each` with the entries from an offset on, which must be the start of a line; 0 is the start. Returns the
    /// number of lines that could not be parsed.
    ///
    /// # Errors
    /// It cannot be read, or `each` failed.
    pub(in crate::library) fn read(
        &self,
        from: u64,
        mut each: impl FnMut(Entry) -> Result<(), LibraryError>,
    ) -> Result<usize, LibraryError> {
        let mut unknown = 0;
        self.log.read(from, |offset, line| {
            if offset == 0 {
                // Skips the header.
                return Ok(());
            }
            match serde_json::from_slice::<Line<Entry>>(line) {
                Ok(line) => each(line.entry),
                Err(error) => {
                    tracing::warn!(at = offset, error = %chain(&error), "a line of the journal is not understood, and is kept");
                    unknown += 1;
                    Ok(())
                }
            }
        })?;
        Ok(unknown)
    }

    /// A compacted copy of this journal, if it has become much longer than the state that it describes; `None` if it
    /// has not, or has lines that cannot be parsed.
    ///
    /// # Errors
    /// The disk is full or cannot be written. The journal is unchanged.
    pub(in crate::library) fn compacted(&self, folder: &Path) -> Result<Option<Self>, LibraryError> {
        if self.log.length() < MIN_COMPACT_BYTES.max(self.live.saturating_mul(COMPACT_RATIO)) {
            return Ok(None);
        }
        let mut state = OrganizingState::default();
        let unknown = self.read(0, |entry| {
            state.apply(entry);
            Ok(())
        })?;
        if unknown > 0 {
            return Ok(None);
        }
        Self::create(folder, &state).map(Some)
    }
}

/// A position in a journal: the length up to which a generation was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::library) struct Checkpoint {
    pub(in crate::library) generation: Uuid,
    pub(in crate::library) taken: u64,
}

fn lines(entries: &[Entry]) -> Result<Vec<u8>, LibraryError> {
    let at = Timestamp::now();
    to_lines(entries.iter().map(|entry| Line { at, entry }))
}
