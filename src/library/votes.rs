//! How blind comparisons were decided: `votes.jsonl` in the library, one JSON object a line, only ever added to. Nothing
//! else knows it, so a line is flushed before anybody hears of it; a last line without its end was being written when the
//! power went.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
};

use crate::{private, recipe::Vote};

use super::{Library, LibraryError, durable, error::At as _};

/// Name of the file.
const NAME: &str = "votes.jsonl";

impl Library {
    /// Every decision, oldest first. Of several about the same comparison the first counts: after it the models were
    /// known.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn votes(&self) -> Result<Vec<Vote>, LibraryError> {
        let path = self.folder.join(NAME);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.at(&path)?,
        };
        let mut seen = BTreeSet::new();
        // A line that is damaged, be it that it is no text at all, is passed over.
        let lines = bytes.split(|&byte| byte == b'\n');
        let votes = lines.filter_map(|line| serde_json::from_slice::<Vote>(line).ok());
        Ok(votes.filter(|vote| seen.insert(vote.batch)).collect())
    }

    /// Writes a decision down; durable when it returns.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn vote(&self, vote: &Vote) -> Result<(), LibraryError> {
        self.writable()?;
        let path = self.folder.join(NAME);
        let is_new = !path.exists();
        let mut file = private::options().read(true).append(true).create(true).open(&path).at(&path)?;
        let mut line = serde_json::to_vec(vote)?;
        line.push(b'\n');
        if !ends_whole(&mut file).at(&path)? {
            line.insert(0, b'\n');
        }
        file.write_all(&line).at(&path)?;
        file.sync_all().at(&path)?;
        if is_new { durable::sync_folder(&self.folder) } else { Ok(()) }
    }
}

/// Whether the last line has its end.
fn ends_whole(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::recipe::{BatchId, Choice};

    fn vote(number: u128, choice: Choice) -> Vote {
        let contenders = vec!["a".to_owned(), "b".to_owned()];
        Vote { batch: BatchId::from_uuid(Uuid::from_u128(number)), at: Timestamp::UNIX_EPOCH, contenders, choice }
    }

    #[test]
    fn a_line_that_is_cut_within_a_character_leaves_the_others_readable() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let (first, second) = (vote(1, Choice::Won("狐狸".to_owned())), vote(2, Choice::Tied));
        library.vote(&first).unwrap();
        let path = folder.path().join(NAME);
        let mut text = fs::read(&path).unwrap();
        text.extend("{\"batch\":\"畫".as_bytes().split_last().unwrap().1);
        fs::write(&path, &text).unwrap();
        assert_eq!(library.votes().unwrap(), std::slice::from_ref(&first));
        library.vote(&second).unwrap();
        assert_eq!(library.votes().unwrap(), [first, second]);
    }

    #[test]
    fn decisions_are_kept_and_the_first_about_a_comparison_counts() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.votes().unwrap(), []);
        let (first, second) = (vote(1, Choice::Won("b".to_owned())), vote(2, Choice::Tied));
        library.vote(&first).unwrap();
        // The power went while a line was being written.
        let path = folder.path().join(NAME);
        let mut torn = fs::read(&path).unwrap();
        torn.extend(b"{\"batch\":\"0000\xff\xfe\n\xc3(\n{\"batch\":\"0000");
        fs::write(&path, torn).unwrap();
        library.vote(&second).unwrap();
        library.vote(&vote(1, Choice::Tied)).unwrap();
        drop(library);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.votes().unwrap(), [first, second]);
    }
}
