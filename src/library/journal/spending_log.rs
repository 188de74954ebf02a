//! The journal of spending: the cost of each request that was sent, one JSON object per line, in the order in which the
//! requests ended.
//!
//! ```text
//! {"at":"2026-11-23T10:00:00Z","request":"019ab1…","profile":"dgrid","model":"painter","charged":"yes",
//!  "amount":39000,"estimate":39000,"pictures":1}
//! ```
//!
//! Lines are only appended, and a line is durable before its request is marked as ended. If a crash kept a request from
//! being marked, its line is found at the next start, and its cost is not recorded a second time.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    error_chain::Cause,
    library::io::{error::LibraryError, group_commit::GroupCommit, library_folder::LibraryFolder},
    recipe::{RequestId, Spending},
};

use super::append_log::{AppendLog, UnterminatedTail, read_values, to_lines};

/// The name of its file.
const LOG_NAME: &str = "spending.jsonl";

/// The log of spending. Lines that are recorded at the same moment share a flush.
#[derive(Debug)]
pub struct SpendingLog {
    folder: Arc<LibraryFolder>,
    open: Mutex<Open>,
    lines: GroupCommit<Spending, Result<bool, LibraryError>>,
}

#[derive(Debug, Default)]
struct Open {
    /// Opened when the first line is written, and reopened after an error.
    log: Option<AppendLog>,
    /// Requests that are in the log: those of this run, and those that had not ended when the program last stopped.
    recorded: BTreeSet<RequestId>,
}

impl SpendingLog {
    /// The log of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>) -> Self {
        Self { folder, open: Mutex::default(), lines: GroupCommit::default() }
    }

    /// Records the cost of a request, once; durable when it returns. Returns whether it was not recorded before.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn record(&self, spending: &Spending) -> Result<bool, LibraryError> {
        self.folder.ensure_writable()?;
        let result = self.lines.submit(spending.clone(), |take| {
            let mut open = self.open();
            let group = take();
            let count = group.len();
            self.append(&mut open, &group).unwrap_or_else(|error| vec![Err(error); count])
        });
        result.unwrap_or_else(|| {
            let reason = Cause::from("the thread that wrote it panicked");
            Err(LibraryError::CannotWrite { path: self.folder.join(LOG_NAME), reason })
        })
    }

    /// Appends a group of lines with one flush. Returns for each whether it was not recorded before.
    fn append(&self, open: &mut Open, group: &[Spending]) -> Result<Vec<Result<bool, LibraryError>>, LibraryError> {
        let mut new = BTreeSet::new();
        let is_new = |spending: &Spending| !open.recorded.contains(&spending.request) && new.insert(spending.request);
        let are_new: Vec<bool> = group.iter().map(is_new).collect();
        let results = are_new.iter().map(|is_new| Ok(*is_new)).collect();
        if new.is_empty() {
            return Ok(results);
        }
        let mut log = match open.log.take() {
            Some(log) => log,
            None => AppendLog::open_or_create(&self.folder.join(LOG_NAME), UnterminatedTail::KeepIfComplete)?,
        };
        let lines = group.iter().zip(are_new).filter(|(_, is_new)| *is_new).map(|(spending, _)| spending);
        log.append(&to_lines(lines)?)?;
        open.log = Some(log);
        open.recorded.extend(new);
        Ok(results)
    }

    /// Calls `each` with every record, from the first on. Skips lines that cannot be read.
    ///
    /// # Errors
    /// The file exists and cannot be read.
    pub fn read(&self, each: impl FnMut(Spending)) -> Result<(), LibraryError> {
        read_values(&self.folder.join(LOG_NAME), each)
    }

    /// Adds requests that are known to be recorded, so that they are not recorded a second time.
    pub fn mark_recorded(&self, requests: BTreeSet<RequestId>) {
        self.open().recorded.extend(requests);
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // A line that was only partly appended is cut off before the next append.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        library::Library,
        recipe::{Charge, Money, ProfileId},
    };

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
            image_count: 1,
            took_ms: None,
        }
    }

    fn read(library: &Library) -> Vec<Spending> {
        let mut found = Vec::new();
        library.spending().read(|spending| found.push(spending)).unwrap();
        found
    }

    #[test]
    fn line_torn_inside_a_character_hides_no_other_line() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert!(library.spending().record(&spending(1)).unwrap());
        let path = folder.path().join(LOG_NAME);
        let mut text = fs::read(&path).unwrap();
        text.extend("{\"model\":\"畫".as_bytes().split_last().unwrap().1);
        fs::write(&path, &text).unwrap();
        assert_eq!(read(&library), [spending(1)]);
        assert!(library.spending().record(&spending(2)).unwrap());
        assert_eq!(read(&library), [spending(1), spending(2)]);
    }

    #[test]
    fn complete_spending_lines_are_read_once_each() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOG_NAME);
        {
            let library = Library::open(folder.path()).unwrap();
            assert_eq!(read(&library), []);
            assert!(library.spending().record(&spending(1)).unwrap());
            assert!(!library.spending().record(&spending(1)).unwrap(), "it is there");
            assert!(library.spending().record(&spending(2)).unwrap());
        }
        let whole = fs::read(&path).unwrap();
        for cut in 1..40 {
            fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            let library = Library::open(folder.path()).unwrap();
            library.spending().mark_recorded([spending(1).request].into());
            assert!(!library.spending().record(&spending(1)).unwrap());
            assert!(library.spending().record(&spending(3)).unwrap());
            let expected = if cut == 1 { vec![1, 2, 3] } else { vec![1, 3] };
            assert_eq!(read(&library), expected.into_iter().map(spending).collect::<Vec<_>>(), "{cut} bytes are gone");
        }
    }
}
