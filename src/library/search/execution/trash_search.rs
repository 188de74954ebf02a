//! Searches the trash.

use rusqlite::params;
use uuid::Uuid;

use crate::{
    library::{
        index::database::IndexDb,
        io::error::LibraryError,
        search::query::{Filter, Query},
    },
    recipe::ImageId,
};

/// The word of a query that shows the images in the trash instead of those in view.
const TRASH_WORD: &str = "in:trash";

/// The images in the trash that a query finds, the last deleted first; `None` if the query does not search the trash.
/// Only the words of the query are used; they are looked for in the prompt.
pub(super) fn search_trash(index: &IndexDb, query: &Query) -> Result<Option<Vec<ImageId>>, LibraryError> {
    let mut words = Vec::new();
    let mut looks = false;
    for term in query.terms().iter().filter(|term| !term.negated) {
        match &term.filter {
            Filter::Word(word) if word.eq_ignore_ascii_case(TRASH_WORD) => looks = true,
            Filter::Word(text) | Filter::Phrase { text, .. } => words.push(text.to_lowercase()),
            _ => {}
        }
    }
    if !looks {
        return Ok(None);
    }
    let searcher = index.reader();
    let mut statement =
        searcher.prepare_cached("SELECT id, prompt FROM images WHERE trashed > 0 ORDER BY trashed DESC, id DESC")?;
    let mut rows = statement.query(params![])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let prompt = row.get::<_, String>(1)?.to_lowercase();
        if words.iter().all(|word| prompt.contains(word)) {
            found.push(ImageId::from_uuid(Uuid::from_bytes(row.get(0)?)));
        }
    }
    Ok(Some(found))
}
