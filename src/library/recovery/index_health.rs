//! Checks whether the index is damaged before it is used.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, params};

use crate::{
    error_chain::chain,
    library::io::{
        atomic_file,
        database_file::with_suffix,
        error::{LibraryError, WithPath as _},
    },
};

/// An index up to this size is checked at every start, in bytes, because reading it takes a few hundredths of a second.
const ALWAYS_CHECKED_BYTES: u64 = 32 << 20;

/// Whether the index should be rebuilt from the files: it was found damaged while it was used, or its pages contradict
/// each other. A large index is checked only if the program that last had it open did not close it.
pub(in crate::library) fn is_damaged(database: &Path) -> bool {
    if marker(database).exists() {
        return true;
    }
    let size = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
    let was_closed = size(&with_suffix(database, "-wal")) == 0;
    let bytes = size(database);
    if bytes == 0 || (was_closed && bytes > ALWAYS_CHECKED_BYTES) {
        return false;
    }
    let checked = Connection::open(database)
        .and_then(|connection| connection.query_row("PRAGMA quick_check(1)", params![], |row| row.get::<_, String>(0)));
    match checked {
        Ok(found) if found == "ok" => false,
        Ok(found) => {
            tracing::error!(found, "the index is damaged");
            true
        }
        // An index that cannot be opened at all is reported when it is opened.
        Err(error) => matches!(LibraryError::from(error), LibraryError::Broken { .. }),
    }
}

/// Keeps a copy of a damaged index beside the new one, because requests that were not sent are only in it.
///
/// # Errors
/// The copy cannot be written.
pub(in crate::library) fn copy_damaged(database: &Path) -> Result<(), LibraryError> {
    let copy = atomic_file::quarantine_path(database);
    for suffix in ["", "-wal"] {
        let (from, to) = (with_suffix(database, suffix), with_suffix(&copy, suffix));
        if from.exists()
            && let Err(error) = fs::copy(&from, &to).at(&to)
        {
            atomic_file::remove_if_exists(&to)?;
            return Err(error);
        }
    }
    Ok(())
}

/// Requests that the next start rebuilds the index.
pub(in crate::library) fn request_rebuild(database: &Path) {
    if let Err(error) = File::create(marker(database)) {
        tracing::error!(error = %chain(&error), "that the index is damaged cannot be written down");
    }
}

/// Removes the request, because the index was rebuilt.
pub(in crate::library) fn clear_rebuild_request(database: &Path) -> Result<(), LibraryError> {
    atomic_file::remove_if_exists(&marker(database))
}

fn marker(database: &Path) -> PathBuf {
    database.with_added_extension("rebuild")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::library::{
        Library,
        images::fixtures::{facts, store},
    };

    /// A closed library with some images.
    fn library(folder: &Path) -> PathBuf {
        let library = Arc::new(Library::open(folder).unwrap());
        for number in 1..=40 {
            store(&library, facts(number, "sea"), &number.to_be_bytes());
        }
        folder.join("library.db")
    }

    #[test]
    fn all_images_survive_any_zeroed_index_page() {
        let folder = tempfile::tempdir().unwrap();
        let database = library(folder.path());
        assert!(!is_damaged(&database));
        let whole = fs::read(&database).unwrap();
        for page in 0..whole.len() / 8192 {
            let mut bytes = whole.clone();
            bytes[page * 8192..(page + 1) * 8192].fill(0);
            fs::write(&database, bytes).unwrap();
            let opened = Library::open(folder.path()).unwrap();
            assert_eq!(opened.search().find_text("sea", &TimeZone::UTC).unwrap().ids.len(), 40, "page {page}");
        }
    }

    #[test]
    fn index_found_damaged_is_rebuilt_once() {
        let folder = tempfile::tempdir().unwrap();
        let database = library(folder.path());
        request_rebuild(&database);
        assert!(is_damaged(&database));
        drop(Library::open(folder.path()).unwrap());
        assert!(!is_damaged(&database));
        let kept = fs::read_dir(folder.path()).unwrap().flatten();
        assert_eq!(kept.filter(|entry| entry.file_name().to_string_lossy().contains("damaged")).count(), 1);
    }
}
