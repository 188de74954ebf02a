//! Connections to the index.

use std::path::Path;

use rusqlite::Connection;

use crate::library::io::{database_file::create_private, error::LibraryError};

use super::migrations::migrate;

/// Opens a connection with the settings that all connections share.
pub(in crate::library) fn connect(path: &Path) -> Result<Connection, LibraryError> {
    create_private(path);
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Memory-mapping a large index costs more at the start than it saves later.
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.pragma_update(None, "wal_autocheckpoint", 2000)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

/// Opens a read-only connection to an index of another version.
pub(in crate::library) fn connect_read_only(path: &Path) -> Result<Connection, LibraryError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

/// Opens the index and migrates it to the newest version.
pub(in crate::library) fn open(path: &Path) -> Result<Connection, LibraryError> {
    let mut connection = connect(path)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Creates an index at a path that does not exist. Writes to it are not flushed, and a crash leaves a partial index, so
/// it is meant for an index that is renamed into place when it is complete.
pub(in crate::library) fn create_for_bulk_load(path: &Path) -> Result<Connection, LibraryError> {
    create_private(path);
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "MEMORY")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    migrate(&mut connection)?;
    Ok(connection)
}

#[cfg(test)]
pub(in crate::library) mod tests {
    use std::{fs, sync::Arc};

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        library::{
            Library,
            images::fixtures::{facts, store},
            index::migrations::MIGRATIONS,
            queue_store::request_record::RequestRecord,
        },
        recipe::{Format, MarkChange},
    };
    use std::path::PathBuf;

    /// Replaces the index of a library by one that an older version would have made of the same images.
    pub(in crate::library) fn downgrade(folder: &Path, version: usize) {
        let (new, old) = (folder.join("library.db"), folder.join("older.db"));
        let connection = Connection::open(&old).unwrap();
        for statements in &MIGRATIONS[..version] {
            connection.execute_batch(statements).unwrap();
        }
        connection.pragma_update(None, "user_version", version as i64).unwrap();
        connection.execute("ATTACH ?1 AS new", [new.to_str().unwrap()]).unwrap();
        let shared = "id, request, created, path, sha256, bytes, width, height, colour, prompt, trashed";
        let mismatch = if version >= 2 { ", mismatch" } else { "" };
        let copy = format!(
            "INSERT INTO main.images ({shared}, words{mismatch})
             SELECT {shared}, lower(prompt || char(10) || name){mismatch}
             FROM new.images JOIN new.models ON number = model ORDER BY images.rowid;
             INSERT INTO main.intents (request, created, recipe, rank, state)
             SELECT request, created, recipe, rank, state FROM new.intents; DETACH new;"
        );
        connection.execute_batch(&copy).unwrap();
        drop(connection);
        fs::remove_file(folder.join("library.db-wal")).ok();
        fs::rename(old, new).unwrap();
        // So that the index is not taken for a copy.
        fs::write(folder.join("library.lock"), "").unwrap();
    }

    #[test]
    fn libraries_of_every_earlier_version_are_migrated() {
        for version in 1..MIGRATIONS.len() {
            let folder = tempfile::tempdir().unwrap();
            {
                let library = Arc::new(Library::open(folder.path()).unwrap());
                store(&library, facts(1, "A Lighthouse"), b"one");
                store(&library, facts(2, "雪山"), b"two");
                let gone = store(&library, facts(3, "gone"), b"three").facts.id;
                library.trash().discard(&[gone]).unwrap();
            }
            downgrade(folder.path(), version);
            let library = Library::open(folder.path()).unwrap();
            let found = |search: &str| -> Vec<u128> {
                let view = library.search().find_text(search, &TimeZone::UTC).unwrap();
                view.ids.iter().map(|id| id.uuid().as_u128()).collect()
            };
            let whole = || {
                assert_eq!(found(""), [2, 1], "version {version}");
                assert_eq!(found("light"), [1], "version {version}");
                assert_eq!(found("山"), [2], "version {version}");
                assert_eq!(found("gemini"), [2, 1], "version {version}");
                assert_eq!(library.search().totals().unwrap(), (2, 6));
            };
            whole();
            assert_eq!(library.backfill().fill_rows(1).unwrap(), 1);
            whole();
            assert_eq!(library.backfill().fill_rows(10).unwrap(), 2, "what is in the trash is filled as well");
            assert_eq!(library.backfill().fill_rows(10).unwrap(), 0);
            whole();
        }
    }

    /// Every file with its bytes, except those through which connections share the log.
    fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let shared = path.to_string_lossy().ends_with("-shm") || path.to_string_lossy().ends_with("-wal");
                if path.is_dir() {
                    folders.push(path);
                } else if !shared {
                    files.push((path.clone(), fs::read(path).unwrap()));
                }
            }
        }
        files.sort();
        files
    }

    #[test]
    fn library_of_a_newer_version_is_read_only() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        store(&library, facts(1, "A Lighthouse"), b"one");
        library.organizer().change(&[facts(1, "").id], &MarkChange::Rate(3)).unwrap();
        drop(library);
        let connection = Connection::open(folder.path().join("library.db")).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let before = files(folder.path());
        let library = Arc::new(Library::open(folder.path()).unwrap());
        assert!(library.is_newer());
        let newer = LibraryError::Newer { found: 99 };
        let (one, two) = (facts(1, ""), facts(2, ""));
        // Searching works.
        assert_eq!(library.search().find_text("light", &TimeZone::UTC).unwrap().ids, [one.id]);
        assert_eq!(fs::read(library.images().original_path(one.id).unwrap()).unwrap(), b"one");
        assert_eq!(library.images().sidecar(one.id).unwrap().unwrap().facts.recipe.prompt, "A Lighthouse");
        assert_eq!(library.organizer().marks(one.id).unwrap().rating, 3);
        assert_eq!(library.verify(false, |_, _| ()).unwrap().issues, []);
        assert_eq!(library.thumbnails().read(one.id, 256), Ok(None));
        assert_eq!(library.thumbnails().put(one.id, 256, b"small"), Ok(()), "a cache need not keep anything");
        assert_eq!(library.backfill().compare_with_requests(9), Ok((0, 0)));
        // Nothing can be changed.
        assert_eq!(library.images().begin_original(two.id, two.created).map(drop), Err(newer.clone()));
        let intent = RequestRecord { request: two.request, recipe: two.recipe.clone(), created: two.created };
        assert_eq!(library.requests().record(&[intent]), Err(newer.clone()));
        assert_eq!(library.organizer().change(&[one.id], &MarkChange::Rate(5)), Err(newer.clone()));
        assert_eq!(library.trash().discard(&[one.id]), Err(newer.clone()));
        assert_eq!(library.trash().empty(|_| true), Err(newer.clone()));
        assert_eq!(library.references().put(b"x", Format::Png), Err(newer.clone()));
        assert_eq!(library.verify(true, |_, _| ()), Err(newer.clone()));
        drop(library);
        assert_eq!(crate::library::rebuild(folder.path(), |_, _| ()), Err(newer));
        assert_eq!(files(folder.path()), before);
    }

    #[test]
    fn damaged_index_is_set_aside_and_rebuilt() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("library.db"), "this is no database, whatever its name says".repeat(30)).unwrap();
        assert!(Library::open(folder.path()).is_ok());
        assert!(folder.path().join("library.db.damaged-1").exists());
    }
}
