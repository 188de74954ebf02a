//! The journal of spending: what each request that was sent has come to, one JSON object a line, in the order in which
//! they ended.
//!
//! ```text
//! {"at":"2026-11-23T10:00:00Z","request":"019ab1…","profile":"dgrid","model":"painter","charged":"yes",
//!  "amount":39000,"estimate":39000,"pictures":1}
//! ```
//!
//! It is only ever added to, and a line is on the disk before its request is marked as ended. A request that a crash has
//! kept from being marked is therefore found here at the next start, and not written down a second time.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    private,
    recipe::{RequestId, Spending},
};

use super::{
    Library, durable,
    error::{At as _, LibraryError},
    group_commit::GroupCommit,
};

/// Name of its file.
const NAME: &str = "spending.jsonl";

/// The journal of spending. Lines that come at the same moment share a flush.
#[derive(Debug, Default)]
pub(super) struct SpendingJournal {
    open: Mutex<Open>,
    lines: GroupCommit<Spending, Result<bool, LibraryError>>,
}

#[derive(Debug, Default)]
struct Open {
    file: Option<File>,
    /// Requests that stand in the journal: those of this run, and those that had not ended when the program last
    /// stopped.
    written: BTreeSet<RequestId>,
}

impl SpendingJournal {
    fn open(&self) -> MutexGuard<'_, Open> {
        // A line that was added by half is ended before the next one.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Library {
    /// Writes down what a request has come to, once; durable when it returns. Returns whether it was not there yet.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn write_spending(&self, spending: &Spending) -> Result<bool, LibraryError> {
        self.writable()?;
        let result = self.spending.lines.submit(spending.clone(), |take| {
            let mut open = self.spending.open();
            let group = take();
            let count = group.len();
            self.write_lines(&mut open, &group).unwrap_or_else(|error| vec![Err(error); count])
        });
        result.unwrap_or_else(|| {
            let reason = "the thread that wrote it panicked".to_owned();
            Err(LibraryError::CannotWrite { path: self.folder.join(NAME), reason })
        })
    }

    /// Writes a group of lines with one flush. Returns of each whether it was not there yet.
    fn write_lines(
        &self,
        open: &mut Open,
        group: &[Spending],
    ) -> Result<Vec<Result<bool, LibraryError>>, LibraryError> {
        let mut new = BTreeSet::new();
        let is_new = |spending: &Spending| !open.written.contains(&spending.request) && new.insert(spending.request);
        let are_new: Vec<bool> = group.iter().map(is_new).collect();
        let results = are_new.iter().map(|is_new| Ok(*is_new)).collect();
        if new.is_empty() {
            return Ok(results);
        }
        let path = self.folder.join(NAME);
        let mut file = if let Some(file) = open.file.take() {
            file
        } else {
            let new = !path.exists();
            let file = private::options().create(true).read(true).append(true).open(&path).at(&path)?;
            if new {
                durable::sync_folder(&self.folder)?;
            }
            file
        };
        let mut lines = Vec::new();
        // What was being written when the power went, or when the disk was full, is no line.
        if !ends_well(&mut file).at(&path)? {
            lines.push(b'\n');
        }
        for (spending, _) in group.iter().zip(are_new).filter(|(_, is_new)| *is_new) {
            serde_json::to_writer(&mut lines, spending)?;
            lines.push(b'\n');
        }
        let length = file.metadata().at(&path)?.len();
        if let Err(error) = file.write_all(&lines).and_then(|()| file.sync_data()) {
            // None of the group counts as written, so whole lines of it must not stay. Where they cannot be removed
            // either, the disk is beyond saying what is on it.
            file.set_len(length).ok();
            return Err(error).at(&path);
        }
        open.file = Some(file);
        open.written.extend(new);
        Ok(results)
    }

    /// Reads the journal of spending from its start. A line that cannot be read is passed over.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read_spending(&self, mut each: impl FnMut(Spending)) -> Result<(), LibraryError> {
        let path = self.folder.join(NAME);
        let file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            opened => opened.at(&path)?,
        };
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).at(&path)? > 0 {
            if let Ok(spending) = serde_json::from_slice(&line) {
                each(spending);
            }
            line.clear();
        }
        Ok(())
    }

    /// Says which requests are not to be written down any more, because they are.
    pub fn spending_is_written(&self, requests: BTreeSet<RequestId>) {
        self.spending.open().written.extend(requests);
    }
}

/// Whether a file is empty or ends with a whole line.
fn ends_well(file: &mut File) -> std::io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::recipe::{Charge, Money, ProfileId};

    fn spending(number: u128) -> Spending {
        Spending {
            at: Timestamp::UNIX_EPOCH,
            request: RequestId::from_uuid(Uuid::from_u128(number)),
            profile: ProfileId::dgrid(),
            model: "painter".to_owned(),
            batch: None,
            charged: Charge::Yes,
            amount: Some(Money::from_dollars(0.04)),
            estimate: None,
            pictures: 1,
            took_ms: None,
        }
    }

    fn read(library: &Library) -> Vec<Spending> {
        let mut found = Vec::new();
        library.read_spending(|spending| found.push(spending)).unwrap();
        found
    }

    #[test]
    fn a_line_that_is_cut_within_a_character_leaves_the_others_readable() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert!(library.write_spending(&spending(1)).unwrap());
        let path = folder.path().join(NAME);
        let mut text = fs::read(&path).unwrap();
        text.extend("{\"model\":\"畫".as_bytes().split_last().unwrap().1);
        fs::write(&path, &text).unwrap();
        assert_eq!(read(&library), [spending(1)]);
        assert!(library.write_spending(&spending(2)).unwrap());
        assert_eq!(read(&library), [spending(1), spending(2)]);
    }

    #[test]
    fn what_was_spent_is_there_again_whole_lines_only_and_each_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        {
            let library = Library::open(folder.path()).unwrap();
            assert_eq!(read(&library), []);
            assert!(library.write_spending(&spending(1)).unwrap());
            assert!(!library.write_spending(&spending(1)).unwrap(), "it is there");
            assert!(library.write_spending(&spending(2)).unwrap());
        }
        let whole = fs::read(&path).unwrap();
        for cut in 1..40 {
            fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            let library = Library::open(folder.path()).unwrap();
            library.spending_is_written([spending(1).request].into());
            assert!(!library.write_spending(&spending(1)).unwrap());
            assert!(library.write_spending(&spending(3)).unwrap());
            let expected = if cut == 1 { vec![1, 2, 3] } else { vec![1, 3] };
            assert_eq!(read(&library), expected.into_iter().map(spending).collect::<Vec<_>>(), "{cut} bytes are gone");
        }
    }
}
