//! The index: its tables, and how older ones become them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use crate::{
    library::io::error::{At as _, LibraryError},
    private,
};

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
    "
    -- What a person thinks of a picture: 0 to 5; 0 nothing, 1 picked, 2 rejected; 0 none, else a colour from 1 on.
    ALTER TABLE images ADD COLUMN rating INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE images ADD COLUMN flag INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE images ADD COLUMN label INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE images ADD COLUMN note TEXT NOT NULL DEFAULT '';
    -- What its sidecar says.
    ALTER TABLE images ADD COLUMN negative TEXT NOT NULL DEFAULT '';
    ALTER TABLE images ADD COLUMN model INTEGER NOT NULL DEFAULT 0;
    -- In millionths of a dollar; null where nobody knows.
    ALTER TABLE images ADD COLUMN cost INTEGER;
    ALTER TABLE images ADD COLUMN seed INTEGER;
    ALTER TABLE images ADD COLUMN has_reference INTEGER NOT NULL DEFAULT 0;
    -- Where it was brought in from; empty if it was made here.
    ALTER TABLE images ADD COLUMN source TEXT NOT NULL DEFAULT '';
    -- What it looks like: five colours of red, green, blue and weight; a hash that is near for pictures that look
    -- alike. Null where nobody has looked yet, empty where nothing can be seen.
    ALTER TABLE images ADD COLUMN palette BLOB;
    ALTER TABLE images ADD COLUMN likeness INTEGER;
    -- Whether the columns above are filled and its words can be found.
    ALTER TABLE images ADD COLUMN filled INTEGER NOT NULL DEFAULT 0;

    -- Pictures by date, with everything that the columns in memory have. New ones come last, where there is room.
    DROP INDEX images_in_view;
    CREATE INDEX images_by_date ON images (created, id, bytes, width, height, rating, flag, label, model,
        cost, seed, has_reference, source, mismatch, likeness, palette) WHERE trashed IS NULL;
    CREATE INDEX images_not_filled ON images (created DESC) WHERE filled = 0;
    CREATE INDEX images_with_note ON images (id) WHERE note <> '';
    CREATE INDEX images_not_looked_at ON images (created DESC) WHERE palette IS NULL;

    -- Number 0 stands for a model that is not known.
    CREATE TABLE models (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    -- Pictures are named by their rowid here.
    CREATE TABLE tags (
        tag TEXT NOT NULL,
        image INTEGER NOT NULL,
        PRIMARY KEY (tag, image)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tags_of_image ON tags (image, tag);
    CREATE TABLE collections (
        id BLOB PRIMARY KEY,
        parent BLOB,
        name TEXT NOT NULL,
        query TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE members (
        collection BLOB NOT NULL,
        image INTEGER NOT NULL,
        PRIMARY KEY (collection, image)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX members_of_image ON members (image, collection);

    -- Prompts, negative text, models, tags and notes, as `text::prepared` makes them. Its rowids are those of images,
    -- so the index must never be vacuumed.
    CREATE VIRTUAL TABLE texts USING fts5(
        text, content='', contentless_delete=1, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2'
    );
    CREATE TRIGGER images_gone AFTER DELETE ON images BEGIN
        DELETE FROM texts WHERE rowid = old.rowid;
        DELETE FROM tags WHERE image = old.rowid;
        DELETE FROM members WHERE image = old.rowid;
    END;
",
    "
    -- How far the journal of what was said about pictures has come into the tables.
    CREATE TABLE journal (generation BLOB NOT NULL, taken INTEGER NOT NULL) STRICT;
    -- When it was put into the trash; below zero where the files tell whether it is there.
    CREATE INDEX images_in_trash ON images (trashed, id, bytes) WHERE trashed IS NOT NULL;
",
    "
    -- Finds a picture by its bytes; half of the hash is telling enough.
    CREATE INDEX images_by_bytes ON images (substr(sha256, 1, 16));
",
    "
    -- The requests that it was asked for together with, and its place among them as its recipe says it. Pictures of
    -- before this version belong to none.
    ALTER TABLE images ADD COLUMN batch BLOB;
    ALTER TABLE images ADD COLUMN part TEXT;
    CREATE INDEX images_of_batch ON images (batch, created, id) WHERE batch IS NOT NULL;
",
    "
    -- Which pictures were made for which rows of prompt sheets, and what those asked for then.
    CREATE TABLE sheet_pictures (
        sheet BLOB NOT NULL,
        row BLOB NOT NULL,
        image INTEGER NOT NULL,
        asked TEXT NOT NULL,
        PRIMARY KEY (sheet, row, image)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sheet_pictures_by_image ON sheet_pictures (image);
    CREATE TRIGGER images_gone_from_sheets AFTER DELETE ON images BEGIN
        DELETE FROM sheet_pictures WHERE image = old.rowid;
    END;
",
    "
    -- What a picture was made with, by its rowid: another picture's id, or the SHA-256 of a reference's bytes.
    CREATE TABLE made_with (
        image INTEGER NOT NULL,
        parent BLOB NOT NULL,
        PRIMARY KEY (image, parent)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX made_with_by_parent ON made_with (parent, image);
    CREATE TRIGGER images_gone_with_parents AFTER DELETE ON images BEGIN
        DELETE FROM made_with WHERE image = old.rowid;
    END;
    -- The picture that a batch has made it of, under which it is stacked.
    ALTER TABLE images ADD COLUMN batch_of BLOB;
    -- From now on 2 says that the sidecar was read for all of this; the rows of older libraries that have nothing of it
    -- stay as they are.
    CREATE INDEX images_without_parents ON images (created DESC) WHERE filled = 1 AND has_reference = 1;
    DROP INDEX images_by_date;
    CREATE INDEX images_by_date ON images (created, id, bytes, width, height, rating, flag, label, model,
        cost, seed, has_reference, source, mismatch, likeness, palette, request, batch_of) WHERE trashed IS NULL;
",
    "
    -- How a request stands in the line: the lower the sooner, and below zero before all others.
    ALTER TABLE intents ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE intents ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
    -- Not before this time, in milliseconds.
    ALTER TABLE intents ADD COLUMN not_before INTEGER;
    -- The request that this one asks again because a person said so.
    ALTER TABLE intents ADD COLUMN repeats BLOB;
    -- What it is thought to cost, in millionths of a dollar.
    ALTER TABLE intents ADD COLUMN estimate INTEGER;
    -- Whether nothing is sent until a person says so. One row at most.
    CREATE TABLE queue (paused INTEGER NOT NULL) STRICT;
",
];

/// Creates a missing index file with private permissions from its first byte on; the files that
/// `SQLite` puts beside it get its rights. Where this is not possible, `SQLite` says why. A file that is there is not
/// touched: closing it would drop the locks of other connections.
pub(in crate::library) fn begin_private(path: &Path) {
    if !path.exists() {
        private::options().write(true).create_new(true).open(path).ok();
    }
}

/// A connection with the settings that every connection has.
pub(in crate::library) fn connect(path: &Path) -> Result<Connection, LibraryError> {
    begin_private(path);
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Mapping a large index costs more at the start than it ever gives back.
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.pragma_update(None, "wal_autocheckpoint", 2000)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

/// A connection to an index of another version, over which nothing can be written.
pub(in crate::library) fn connect_to_look_at(path: &Path) -> Result<Connection, LibraryError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

/// Opens the index and brings it to the newest version.
pub(in crate::library) fn open(path: &Path) -> Result<Connection, LibraryError> {
    let mut connection = connect(path)?;
    upgrade(&mut connection)?;
    Ok(connection)
}

/// Makes an index at a path where nothing is. What is written to it is not flushed, and a program that dies leaves
/// half an index: for one that gets its name when it is whole.
pub(in crate::library) fn make_unflushed(path: &Path) -> Result<Connection, LibraryError> {
    begin_private(path);
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "MEMORY")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    upgrade(&mut connection)?;
    Ok(connection)
}

fn upgrade(connection: &mut Connection) -> Result<(), LibraryError> {
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
    Ok(())
}

/// The path of a file that belongs to a database: its name with something added.
pub(in crate::library) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(suffix);
    beside.into()
}

/// Moves a damaged index out of the way. It is kept: intents are in it.
pub(in crate::library) fn move_aside(path: &Path, reason: &str) -> Result<(), LibraryError> {
    tracing::error!(path = %path.display(), reason, "the index is damaged and is made anew");
    let number = (1..1000).find(|number| !path.with_extension(format!("db.damaged-{number}")).exists()).unwrap_or(1);
    for suffix in ["", "-wal", "-shm"] {
        let from = beside(path, suffix);
        let to = path.with_extension(format!("db.damaged-{number}{suffix}"));
        if from.exists() {
            fs::rename(&from, &to).at(&to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(in crate::library) mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        library::{
            images::originals::tests::{facts, store},
            library::Library,
            queue_store::requests::Intent,
        },
        recipe::{Change, Format},
    };

    /// Puts an index in place of a library's as an older version had made it of the same pictures.
    pub(in crate::library) fn downgrade(folder: &Path, version: usize) {
        let (new, old) = (folder.join("library.db"), folder.join("older.db"));
        let connection = Connection::open(&old).unwrap();
        for statements in &STEPS[..version] {
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
        // So that it is not taken for a copy.
        fs::write(folder.join("library.lock"), "").unwrap();
    }

    #[test]
    fn libraries_of_every_earlier_version_come_up_whole() {
        for version in 1..STEPS.len() {
            let folder = tempfile::tempdir().unwrap();
            {
                let library = Arc::new(Library::open(folder.path()).unwrap());
                store(&library, facts(1, "A Lighthouse"), b"one");
                store(&library, facts(2, "雪山"), b"two");
                let gone = store(&library, facts(3, "gone"), b"three").id;
                library.trash(&[gone]).unwrap();
            }
            downgrade(folder.path(), version);
            let library = Library::open(folder.path()).unwrap();
            let found = |search: &str| -> Vec<u128> {
                let view = library.view(search, &TimeZone::UTC).unwrap();
                view.ids.iter().map(|id| id.uuid().as_u128()).collect()
            };
            let whole = || {
                assert_eq!(found(""), [2, 1], "version {version}");
                assert_eq!(found("light"), [1], "version {version}");
                assert_eq!(found("山"), [2], "version {version}");
                assert_eq!(found("gemini"), [2, 1], "version {version}");
                assert_eq!(library.totals().unwrap(), (2, 6));
            };
            whole();
            assert_eq!(library.fill(1).unwrap(), 1);
            whole();
            assert_eq!(library.fill(10).unwrap(), 2, "what is in the trash is filled as well");
            assert_eq!(library.fill(10).unwrap(), 0);
            whole();
        }
    }

    /// Every file but those through which connections talk, with its bytes.
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
    fn a_library_of_a_newer_version_is_looked_at_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        store(&library, facts(1, "A Lighthouse"), b"one");
        library.organise(&[facts(1, "").id], &Change::Rate(3)).unwrap();
        drop(library);
        let connection = Connection::open(folder.path().join("library.db")).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let before = files(folder.path());
        let library = Arc::new(Library::open(folder.path()).unwrap());
        assert!(library.is_newer());
        let newer = LibraryError::Newer { found: 99 };
        let (one, two) = (facts(1, ""), facts(2, ""));
        // Looking works.
        assert_eq!(library.view("light", &TimeZone::UTC).unwrap().ids, [one.id]);
        assert_eq!(fs::read(library.original_path(one.id).unwrap()).unwrap(), b"one");
        assert_eq!(library.sidecar(one.id).unwrap().unwrap().recipe.prompt, "A Lighthouse");
        assert_eq!(library.marks(one.id).unwrap().rating, 3);
        assert_eq!(library.check(false, |_, _| ()).unwrap().flaws, []);
        assert_eq!(library.thumbnail(one.id, 256), Ok(None));
        assert_eq!(library.put_thumbnail(one.id, 256, b"small"), Ok(()), "a cache need not keep anything");
        assert_eq!(library.compare(9), Ok((0, 0)));
        // Nothing is changed.
        assert_eq!(library.begin_original(two.id, two.created).map(drop), Err(newer.clone()));
        let intent = Intent { request: two.request, recipe: two.recipe.clone(), created: two.created };
        assert_eq!(library.record_intents(&[intent]), Err(newer.clone()));
        assert_eq!(library.organise(&[one.id], &Change::Rate(5)), Err(newer.clone()));
        assert_eq!(library.trash(&[one.id]), Err(newer.clone()));
        assert_eq!(library.empty_trash(|_| true), Err(newer.clone()));
        assert_eq!(library.put_reference(b"x", Format::Png), Err(newer.clone()));
        assert_eq!(library.check(true, |_, _| ()), Err(newer.clone()));
        drop(library);
        assert_eq!(crate::library::rebuild(folder.path(), |_, _| ()), Err(newer));
        assert_eq!(files(folder.path()), before);
    }

    #[test]
    fn a_damaged_index_is_kept_aside_and_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("library.db"), "this is no database, whatever its name says".repeat(30)).unwrap();
        assert!(Library::open(folder.path()).is_ok());
        assert!(folder.path().join("library.db.damaged-1").exists());
    }
}
