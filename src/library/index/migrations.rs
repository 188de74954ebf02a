//! The tables of the index, as the migrations that create them.

use rusqlite::Connection;

use crate::library::io::error::LibraryError;

/// Each migration makes one version from the version before it. A migration that has been released is never changed.
pub(super) const MIGRATIONS: &[&str] = &[
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

/// Migrates the index to the newest version.
///
/// # Errors
/// [`LibraryError::Newer`] if a newer version made it; else it cannot be read or written.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), LibraryError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len() as i64;
    if version > known {
        return Err(LibraryError::Newer { found: version });
    }
    for (number, statements) in MIGRATIONS.iter().enumerate().skip(version as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(statements)?;
        transaction.pragma_update(None, "user_version", number as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
