//! An append-only file of JSON lines.
//!
//! A line counts once it is flushed to the disk. A power cut can leave an unterminated tail after the last complete
//! line; it is cut off before the next line is appended. Lines are read as bytes, so that a line that is damaged or cut
//! within a character does not make other lines unreadable.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::IgnoredAny};

use crate::{
    library::io::{
        atomic_file,
        error::{LibraryError, WithPath as _},
    },
    private,
};

/// The number of bytes that are read at once.
const READ_BUFFER_BYTES: usize = 1 << 16;

/// What happens to the bytes after the last complete line when the log is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) enum UnterminatedTail {
    /// They are cut off, because their write was never confirmed.
    Cut,
    /// They are kept and terminated if they are a complete JSON value, which lacks only its line feed, and are cut off
    /// otherwise.
    KeepIfComplete,
}

/// An open log.
#[derive(Debug)]
pub(in crate::library) struct AppendLog {
    path: PathBuf,
    file: File,
    /// The length up to which the lines are complete and flushed.
    length: u64,
    /// Whether the last line lacks only its line feed.
    lacks_line_feed: bool,
}

impl AppendLog {
    /// Opens a log that exists; `None` if it does not.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(in crate::library) fn open(path: &Path, tail: UnterminatedTail) -> Result<Option<Self>, LibraryError> {
        match File::options().read(true).write(true).open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            opened => Self::from_file(path, opened.at(path)?, tail).map(Some),
        }
    }

    /// Opens a log, and creates it if it does not exist.
    ///
    /// # Errors
    /// The file cannot be created, read or written.
    pub(in crate::library) fn open_or_create(path: &Path, tail: UnterminatedTail) -> Result<Self, LibraryError> {
        let is_new = !path.exists();
        let file = private::options().create(true).truncate(false).read(true).write(true).open(path).at(path)?;
        if is_new && let Some(folder) = path.parent() {
            atomic_file::sync_dir(folder)?;
        }
        Self::from_file(path, file, tail)
    }

    fn from_file(path: &Path, mut file: File, tail: UnterminatedTail) -> Result<Self, LibraryError> {
        let (length, rest) = unterminated_tail(&mut file).at(path)?;
        let is_complete = tail == UnterminatedTail::KeepIfComplete
            && !rest.is_empty()
            && serde_json::from_slice::<IgnoredAny>(&rest).is_ok();
        let length = if is_complete { length + rest.len() as u64 } else { length };
        Ok(Self { path: path.to_owned(), file, length, lacks_line_feed: is_complete })
    }

    /// The length up to which the lines are complete.
    pub(in crate::library) fn length(&self) -> u64 {
        self.length
    }

    /// Appends lines, all or none; durable when it returns.
    ///
    /// # Errors
    /// The disk is full or cannot be written. None of the lines counts then.
    pub(in crate::library) fn append(&mut self, lines: &[u8]) -> Result<(), LibraryError> {
        self.cut_tail()?;
        let mut added = if self.lacks_line_feed { b"\n".to_vec() } else { Vec::new() };
        added.extend_from_slice(lines);
        let written = self.file.seek(SeekFrom::Start(self.length));
        let written = written.and_then(|_| self.file.write_all(&added)).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // If this fails as well, the tail is cut off before the next append, or when the log is opened again.
            self.cut_tail().ok();
            return Err(error).at(&self.path);
        }
        self.length += added.len() as u64;
        self.lacks_line_feed = false;
        Ok(())
    }

    /// Removes the lines after an earlier length of the log.
    ///
    /// # Errors
    /// The disk cannot be written; the lines are cut off before the next append.
    pub(in crate::library) fn truncate(&mut self, length: u64) -> Result<(), LibraryError> {
        self.length = self.length.min(length);
        self.cut_tail()
    }

    /// Cuts off the bytes after the last complete line.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub(in crate::library) fn cut_tail(&self) -> Result<(), LibraryError> {
        if self.file.metadata().at(&self.path)?.len() > self.length {
            self.file.set_len(self.length).and_then(|()| self.file.sync_data()).at(&self.path)?;
        }
        Ok(())
    }

    /// Calls `each` with the complete lines from an offset on, which must be the start of a line, and their offsets.
    ///
    /// # Errors
    /// The file cannot be read, or `each` failed.
    pub(in crate::library) fn read(
        &self,
        from: u64,
        each: impl FnMut(u64, &[u8]) -> Result<(), LibraryError>,
    ) -> Result<(), LibraryError> {
        let mut file = File::open(&self.path).at(&self.path)?;
        file.seek(SeekFrom::Start(from)).at(&self.path)?;
        each_line(&self.path, file, from, self.length, each)
    }
}

/// Calls `each` with every line of a log that parses as a value. Other lines, and a tail that is not a value, are
/// skipped. A log that does not exist has no lines.
///
/// # Errors
/// The file exists and cannot be read.
pub(in crate::library) fn read_values<T: for<'a> serde::Deserialize<'a>>(
    path: &Path,
    mut each: impl FnMut(T),
) -> Result<(), LibraryError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        opened => opened.at(path)?,
    };
    each_line(path, file, 0, u64::MAX, |_, line| {
        if let Ok(value) = serde_json::from_slice(line) {
            each(value);
        }
        Ok(())
    })
}

/// Values as lines of JSON.
///
/// # Errors
/// A value cannot be serialized.
pub(in crate::library) fn to_lines<T: Serialize>(values: impl IntoIterator<Item = T>) -> Result<Vec<u8>, LibraryError> {
    let mut lines = Vec::new();
    for value in values {
        serde_json::to_writer(&mut lines, &value)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn each_line(
    path: &Path,
    file: File,
    mut offset: u64,
    end: u64,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), LibraryError>,
) -> Result<(), LibraryError> {
    let mut reader = BufReader::with_capacity(READ_BUFFER_BYTES, file);
    let mut line = Vec::new();
    while offset < end {
        line.clear();
        let count = reader.read_until(b'\n', &mut line).at(path)?;
        if count == 0 {
            break;
        }
        each(offset, &line)?;
        offset += count as u64;
    }
    Ok(())
}

/// The length of a file up to the end of its last complete line, and the bytes after it. Reads backward, because logs
/// become long.
fn unterminated_tail(file: &mut File) -> std::io::Result<(u64, Vec<u8>)> {
    let mut start = file.metadata()?.len();
    let mut tail = Vec::new();
    while start > 0 {
        let count = start.min(READ_BUFFER_BYTES as u64);
        start -= count;
        let mut chunk = vec![0; count as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut chunk)?;
        chunk.append(&mut tail);
        tail = chunk;
        if let Some(line_feed) = memchr::memrchr(b'\n', &tail) {
            let rest = tail.split_off(line_feed + 1);
            return Ok((start + tail.len() as u64, rest));
        }
    }
    Ok((0, tail))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn values(path: &Path) -> Vec<String> {
        let mut values = Vec::new();
        read_values(path, |value| values.push(value)).unwrap();
        values
    }

    #[test]
    fn torn_tail_hides_no_other_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let whole = to_lines(["one", "電影感光線"]).unwrap();
        let first = to_lines(["one"]).unwrap().len();
        for tail in [UnterminatedTail::Cut, UnterminatedTail::KeepIfComplete] {
            for cut in 1..whole.len() - first {
                fs::write(&path, &whole[..whole.len() - cut]).unwrap();
                let keeps = tail == UnterminatedTail::KeepIfComplete && cut == 1;
                let mut log = AppendLog::open(&path, tail).unwrap().unwrap();
                log.append(&to_lines(["three"]).unwrap()).unwrap();
                let expected = if keeps { vec!["one", "電影感光線", "three"] } else { vec!["one", "three"] };
                assert_eq!(values(&path), expected, "{cut} bytes are cut off");
                assert_eq!(log.length(), fs::metadata(&path).unwrap().len());
            }
        }
    }

    #[test]
    fn damaged_lines_are_skipped_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        assert_eq!(values(&path), <[&str; 0]>::default());
        let mut log = AppendLog::open_or_create(&path, UnterminatedTail::Cut).unwrap();
        log.append(b"\"one\"\n\xff\xfe\n{\n").unwrap();
        log.append(b"\"two\"\n").unwrap();
        assert_eq!(values(&path), ["one", "two"]);
        let mut offsets = Vec::new();
        log.read(6, |offset, line| {
            offsets.push((offset, line.len()));
            Ok(())
        })
        .unwrap();
        assert_eq!(offsets, [(6, 3), (9, 2), (11, 6)]);
        log.truncate(6).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"\"one\"\n");
    }

    #[test]
    fn tail_longer_than_the_buffer_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut bytes = b"1\n".to_vec();
        bytes.extend(vec![b'x'; 3 * READ_BUFFER_BYTES + 7]);
        fs::write(&path, &bytes).unwrap();
        let log = AppendLog::open(&path, UnterminatedTail::Cut).unwrap().unwrap();
        assert_eq!(log.length(), 2);
        assert!(AppendLog::open(&folder.path().join("none"), UnterminatedTail::Cut).unwrap().is_none());
    }
}
