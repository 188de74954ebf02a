//! The journal: everything that was said about pictures, one JSON object a line, in the order in which it was said.
//!
//! ```text
//! {"journal":1,"generation":"019ab1…","live":0}
//! {"at":"2026-11-23T10:00:00Z","images":["019ab1…","019ab2…"],"rate":4}
//! {"at":"2026-11-23T10:00:01Z","create":{"collection":{"id":"019ab3…","name":"Client A"},"images":[]}}
//! {"at":"2026-11-23T10:00:02Z","forget":["019ab1…"]}
//! ```
//!
//! It is only ever added to, and flushed before anybody hears of a change. A last line without its end was being
//! written when the power went, and is cut off. What has become much longer than what it still says is written anew,
//! as another generation, when the library is opened.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    durable,
    entry::Entry,
    error::{At as _, LibraryError},
    replay::Said,
};

/// Name of its file.
const NAME: &str = "organising.jsonl";

/// The version of its format that is written.
const VERSION: u32 = 1;

/// A journal shorter than this is never written anew.
const SHORT: u64 = 1 << 20;

/// How many times as long as when it was last written anew it may become.
const GROWTH: u64 = 4;

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
    /// Another one whenever it is written anew.
    generation: Uuid,
    /// How long it was then.
    live: u64,
}

/// The open journal.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    generation: Uuid,
    live: u64,
    /// Up to where its lines are whole and flushed.
    length: u64,
}

impl Journal {
    /// Opens a library's journal and cuts off a line that was never whole; `None` if there is no journal.
    ///
    /// # Errors
    /// It cannot be read or written, or a newer version made it.
    pub(super) fn open(folder: &Path) -> Result<Option<Self>, LibraryError> {
        let path = folder.join(NAME);
        let file = match File::options().read(true).write(true).open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.at(&path)?,
        };
        let mut reader = BufReader::new(File::open(&path).at(&path)?);
        let mut first = Vec::new();
        reader.read_until(b'\n', &mut first).at(&path)?;
        let Ok(header) = serde_json::from_slice::<Header>(&first) else {
            // It gets its name with its first line in it, so this is none of ours; what it says is kept.
            let aside = durable::aside(&path);
            tracing::error!(path = %path.display(), aside = %aside.display(), "the journal cannot be read");
            fs::rename(&path, &aside).at(&aside)?;
            return Ok(None);
        };
        if header.journal > VERSION {
            return Err(LibraryError::Newer { found: i64::from(header.journal) });
        }
        let length = whole(&mut reader, first.len() as u64).at(&path)?;
        let Header { generation, live, .. } = header;
        let journal = Self { path, file, generation, live, length };
        journal.trim()?;
        Ok(Some(journal))
    }

    /// Writes a journal that says all this, in place of the one that is there. A crash leaves either.
    ///
    /// # Errors
    /// The disk is full or cannot be written. The one that was there is still there.
    pub(super) fn make(folder: &Path, said: &Said) -> Result<Self, LibraryError> {
        let path = folder.join(NAME);
        let entries = lines(&said.entries())?;
        let generation = Uuid::now_v7();
        let header = Header { journal: VERSION, generation, live: entries.len() as u64 };
        let mut text = serde_json::to_vec(&header)?;
        text.push(b'\n');
        text.extend(entries);
        durable::write(&path, &text)?;
        durable::sync_folder(folder)?;
        let file = File::options().read(true).write(true).open(&path).at(&path)?;
        Ok(Self { path, file, generation, live: header.live, length: text.len() as u64 })
    }

    /// Which one it is, and how much of it there is.
    pub(super) fn position(&self) -> Position {
        Position { generation: self.generation, taken: self.length }
    }

    /// Adds entries, all or none; durable when it returns.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub(super) fn append(&mut self, entries: &[Entry]) -> Result<(), LibraryError> {
        let text = lines(entries)?;
        self.trim()?;
        let added = self.file.seek(SeekFrom::Start(self.length));
        let added = added.and_then(|_| self.file.write_all(&text)).and_then(|()| self.file.sync_data()).at(&self.path);
        if added.is_err() {
            // Should this fail as well, it is done before anything else is added, or at the next start.
            self.trim().ok();
        } else {
            self.length += text.len() as u64;
        }
        added
    }

    /// Takes back what was added since.
    ///
    /// # Errors
    /// The disk cannot be written; it is cut off before anything else is added.
    pub(super) fn cut_back(&mut self, before: &Position) -> Result<(), LibraryError> {
        self.length = self.length.min(before.taken);
        self.trim()
    }

    /// Tells what it says from a position on, which must be at the start of a line; 0 is the start. Returns how many
    /// lines were not understood.
    ///
    /// # Errors
    /// It cannot be read, or `each` failed.
    pub(super) fn read(
        &self,
        from: u64,
        mut each: impl FnMut(Entry) -> Result<(), LibraryError>,
    ) -> Result<usize, LibraryError> {
        let mut file = File::open(&self.path).at(&self.path)?;
        file.seek(SeekFrom::Start(from)).at(&self.path)?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let (mut at, mut line, mut strange) = (from, Vec::new(), 0);
        while at < self.length {
            line.clear();
            let count = reader.read_until(b'\n', &mut line).at(&self.path)?;
            if count == 0 {
                break;
            }
            if at > 0 {
                match serde_json::from_slice::<Line<Entry>>(&line) {
                    Ok(line) => each(line.entry)?,
                    Err(error) => {
                        tracing::warn!(at, %error, "a line of the journal is not understood, and is kept");
                        strange += 1;
                    }
                }
            }
            at += count as u64;
        }
        Ok(strange)
    }

    /// The same journal, written anew if it has become much longer than what it still says; `None` if it has not, or
    /// has lines that are not understood.
    ///
    /// # Errors
    /// The disk is full or cannot be written. It is as it was.
    pub(super) fn compacted(&self) -> Result<Option<Self>, LibraryError> {
        if self.length < SHORT.max(self.live.saturating_mul(GROWTH)) {
            return Ok(None);
        }
        let mut said = Said::default();
        let strange = self.read(0, |entry| {
            said.apply(entry);
            Ok(())
        })?;
        if strange > 0 {
            return Ok(None);
        }
        Self::make(&self.path.with_file_name(""), &said).map(Some)
    }

    /// Cuts off what lies beyond its last whole line.
    fn trim(&self) -> Result<(), LibraryError> {
        if self.file.metadata().at(&self.path)?.len() > self.length {
            self.file.set_len(self.length).and_then(|()| self.file.sync_data()).at(&self.path)?;
        }
        Ok(())
    }
}

/// A place in a journal: how many bytes of which generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) generation: Uuid,
    pub(super) taken: u64,
}

fn lines(entries: &[Entry]) -> Result<Vec<u8>, LibraryError> {
    let at = Timestamp::now();
    let mut text = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut text, &Line { at, entry })?;
        text.push(b'\n');
    }
    Ok(text)
}

/// Where the last whole line ends.
fn whole(reader: &mut BufReader<File>, start: u64) -> std::io::Result<u64> {
    let (mut at, mut whole) = (start, start);
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            return Ok(whole);
        }
        if let Some(end) = memchr::memrchr(b'\n', piece) {
            whole = at + end as u64 + 1;
        }
        let count = piece.len();
        at += count as u64;
        reader.consume(count);
    }
}
