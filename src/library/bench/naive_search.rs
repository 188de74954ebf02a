//! A slow reference implementation of text search, which goes through every text. Tests and benchmarks compare the fast
//! search with it.

use rusqlite::params;
use uuid::Uuid;

use crate::{
    library::{Library, LibraryError},
    recipe::ImageId,
};

/// Every text of a library, in lower case.
#[derive(Debug)]
pub struct NaiveSearch {
    /// Images, the newest first, with their prompt, negative text, model, note and tags, a line each.
    texts: Vec<(ImageId, String)>,
}

impl Library {
    /// Reads every text.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn oracle(&self) -> Result<NaiveSearch, LibraryError> {
        let reader = self.index().reader();
        let mut statement = reader.prepare(
            "SELECT id, prompt || char(10) || negative || char(10) || coalesce(name, '') || char(10) || note || char(10)
                || coalesce((SELECT group_concat(tag, char(10)) FROM tags WHERE image = images.rowid), '')
             FROM images LEFT JOIN models ON number = model WHERE trashed IS NULL ORDER BY created DESC, id DESC",
        )?;
        let rows = statement.query_map(params![], |row| {
            let text: String = row.get(1)?;
            Ok((ImageId::from_uuid(Uuid::from_bytes(row.get(0)?)), text.to_lowercase()))
        })?;
        Ok(NaiveSearch { texts: rows.collect::<Result<_, _>>()? })
    }
}

impl NaiveSearch {
    /// The images in whose texts every word of the search is found: at the start of a word, or anywhere in scripts
    /// without spaces.
    pub fn find(&self, search: &str) -> Vec<ImageId> {
        let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
        let holds = |text: &str| words.iter().all(|word| stands_in(word, text));
        self.texts.iter().filter(|(_, text)| holds(text)).map(|(id, _)| *id).collect()
    }
}

fn stands_in(word: &str, text: &str) -> bool {
    // Latin, Greek and Cyrillic letters form words. After any other character a word may start anywhere.
    let letter = |c: char| c.is_alphanumeric() && (c as u32) < 0x1100;
    let begins_with_letter = word.starts_with(letter);
    text.match_indices(word).any(|(at, _)| !begins_with_letter || !text[..at].ends_with(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_at_word_starts_and_cjk_anywhere() {
        assert!(stands_in("light", "a lighthouse"));
        assert!(!stands_in("house", "a lighthouse"));
        assert!(stands_in("影感", "電影感光線"));
        assert!(stands_in("光", "電影感光線 light"));
        assert!(stands_in("light", "光light"));
    }
}
