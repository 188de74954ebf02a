//! The index: its tables, and how older ones become them.

use std::{fs, path::Path};

use rusqlite::Connection;

use super::error::{At as _, LibraryError};

/// Each step makes one version out of the one before. A step that has been released is never changed.
const STEPS: &[&str] = &[
    "
    CREATE TABLE images (
        id BLOB PRIMARY KEY,
        request BLOB NOT NULL,
        created INTEGER NOT NULL,
        path TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        colour INTEGER NOT NULL,
        prompt TEXT NOT NULL,
        words TEXT NOT NULL,
        trashed INTEGER
    ) STRICT;
    CREATE INDEX images_in_view ON images (id DESC, created, bytes) WHERE trashed IS NULL;
    CREATE INDEX images_of_request ON images (request);
    CREATE TABLE intents (
        request BLOB PRIMARY KEY,
        created INTEGER NOT NULL,
        recipe TEXT NOT NULL,
        rank INTEGER NOT NULL,
        state TEXT NOT NULL
    ) STRICT;
    CREATE INDEX intents_by_rank ON intents (rank, request);
",
    "
    -- What was asked for where another shape or size came, else empty; null where nobody has compared yet.
    ALTER TABLE images ADD COLUMN mismatch TEXT;
    CREATE INDEX images_mismatched ON images (id DESC, created) WHERE trashed IS NULL AND mismatch <> '';
    CREATE INDEX images_not_compared ON images (id) WHERE mismatch IS NULL;
",
];

/// A connection with the settings that every connection has.
pub(super) fn connect(path: &Path) -> Result<Connection, LibraryError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "mmap_size", 256 << 20)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

/// Opens the index and brings it to the newest version.
pub(super) fn open(path: &Path) -> Result<Connection, LibraryError> {
    let mut connection = connect(path)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = STEPS.len() as i64;
    if version > known {
        return Err(LibraryError::Newer { found: version });
    }
    for (step, statements) in STEPS.iter().enumerate().skip(version as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(statements)?;
        transaction.pragma_update(None, "user_version", step as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(connection)
}

/// Moves a damaged index out of the way. It is kept: intents are in it.
pub(super) fn move_aside(path: &Path, reason: &str) -> Result<(), LibraryError> {
    tracing::error!(path = %path.display(), reason, "the index is damaged and is made anew");
    let number = (1..1000).find(|number| !path.with_extension(format!("db.damaged-{number}")).exists()).unwrap_or(1);
    for suffix in ["", "-wal", "-shm"] {
        let mut from = path.as_os_str().to_owned();
        from.push(suffix);
        let to = path.with_extension(format!("db.damaged-{number}{suffix}"));
        if Path::new(&from).exists() {
            fs::rename(&from, &to).at(&to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;

    #[test]
    fn a_library_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        drop(Library::open(folder.path()).unwrap());
        let connection = Connection::open(folder.path().join("library.db")).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        assert_eq!(Library::open(folder.path()).unwrap_err(), LibraryError::Newer { found: 99 });
    }

    #[test]
    fn a_damaged_index_is_kept_aside_and_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("library.db"), "this is no database, whatever its name says".repeat(30)).unwrap();
        assert!(Library::open(folder.path()).is_ok());
        assert!(folder.path().join("library.db.damaged-1").exists());
    }
}
