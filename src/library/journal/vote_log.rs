//! The votes of blind comparisons: `votes.jsonl` in the library, one JSON object per line, append-only. They are stored
//! nowhere else, so a vote is flushed before it is reported as saved.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    library::io::{error::LibraryError, library_folder::LibraryFolder},
    recipe::Vote,
};

use super::append_log::{AppendLog, UnterminatedTail, read_values, to_lines};

/// The name of its file.
const LOG_NAME: &str = "votes.jsonl";

/// The log of votes of blind comparisons.
#[derive(Debug)]
pub struct VoteLog {
    folder: Arc<LibraryFolder>,
}

impl VoteLog {
    /// The log of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>) -> Self {
        Self { folder }
    }

    /// Every vote, oldest first. Of several votes about the same comparison only the first is returned, because the
    /// models were revealed after it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self) -> Result<Vec<Vote>, LibraryError> {
        let (mut votes, mut seen) = (Vec::new(), BTreeSet::new());
        read_values(&self.folder.join(LOG_NAME), |vote: Vote| {
            if seen.insert(vote.batch) {
                votes.push(vote);
            }
        })?;
        Ok(votes)
    }

    /// Records a vote; durable when it returns.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn record(&self, vote: &Vote) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let mut log = AppendLog::open_or_create(&self.folder.join(LOG_NAME), UnterminatedTail::KeepIfComplete)?;
        log.append(&to_lines([vote])?)
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
        recipe::{BatchId, VoteChoice},
    };

    fn vote(number: u128, choice: VoteChoice) -> Vote {
        let contenders = vec!["a".to_owned(), "b".to_owned()];
        Vote { batch: BatchId::from_uuid(Uuid::from_u128(number)), at: Timestamp::UNIX_EPOCH, contenders, choice }
    }

    #[test]
    fn line_torn_inside_a_character_hides_no_other_line() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let (first, second) = (vote(1, VoteChoice::Won("狐狸".to_owned())), vote(2, VoteChoice::Tied));
        library.votes().record(&first).unwrap();
        let path = folder.path().join(LOG_NAME);
        let mut text = fs::read(&path).unwrap();
        text.extend("{\"batch\":\"畫".as_bytes().split_last().unwrap().1);
        fs::write(&path, &text).unwrap();
        assert_eq!(library.votes().read().unwrap(), std::slice::from_ref(&first));
        library.votes().record(&second).unwrap();
        assert_eq!(library.votes().read().unwrap(), [first, second]);
    }

    #[test]
    fn votes_are_kept_and_the_first_one_of_a_comparison_counts() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.votes().read().unwrap(), []);
        let (first, second) = (vote(1, VoteChoice::Won("b".to_owned())), vote(2, VoteChoice::Tied));
        library.votes().record(&first).unwrap();
        // Simulates a power cut while a line was being written.
        let path = folder.path().join(LOG_NAME);
        let mut torn = fs::read(&path).unwrap();
        torn.extend(b"{\"batch\":\"0000\xff\xfe\n\xc3(\n{\"batch\":\"0000");
        fs::write(&path, torn).unwrap();
        library.votes().record(&second).unwrap();
        library.votes().record(&vote(1, VoteChoice::Tied)).unwrap();
        drop(library);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.votes().read().unwrap(), [first, second]);
    }
}
