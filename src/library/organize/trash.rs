//! Deleting that can be undone: files move to the trash and back.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use uuid::Uuid;

use crate::{
    library::{
        io::{
            atomic_file,
            error::{At as _, LibraryError},
            move_file,
        },
        journal::entry::Entry,
        library::Library,
        search::query::{Filter, Query},
    },
    recipe::ImageId,
};

/// The word of a search that shows what is in the trash instead of what is not.
const IN_TRASH: &str = "in:trash";

/// How many pictures are deleted for good at once.
const AT_ONCE: i64 = 500;

impl Library {
    /// Moves pictures to the trash: out of every view, and restorable for as long as it is not emptied.
    ///
    /// # Errors
    /// The disk cannot be written. What has been moved by then can be restored.
    pub fn trash(&self, ids: &[ImageId]) -> Result<(), LibraryError> {
        self.writable()?;
        let lives = self.live_paths(ids)?;
        let now = Timestamp::now().as_millisecond();
        // Until the files have moved, they tell where a picture is, not the index.
        self.mark(ids, Some(-now))?;
        let moved = lives.iter().try_for_each(|live| carry(live, &self.trashed(live)));
        let moved =
            moved.and_then(|()| atomic_file::sync_folder(&self.folder.join("trash"))).and_then(|()| sync(&lives));
        self.settle_after(moved)?;
        self.mark(ids, Some(now))
    }

    /// Brings pictures back from the trash.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub fn restore(&self, ids: &[ImageId]) -> Result<(), LibraryError> {
        self.writable()?;
        let lives = self.live_paths(ids)?;
        self.unsettle(ids)?;
        let restore = |live: &PathBuf| {
            if let Some(month) = live.parent() {
                atomic_file::make_folder(month, &self.folder)?;
            }
            carry(&self.trashed(live), live)
        };
        self.settle_after(lives.iter().try_for_each(restore).and_then(|()| sync(&lives)))?;
        // The index comes last: a picture is in view only when its file is in its place.
        self.mark(ids, None)
    }

    /// How many pictures are in the trash, and the size of their originals in bytes.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn trash_totals(&self) -> Result<(usize, u64), LibraryError> {
        Ok(self
            .reader()
            .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM images WHERE trashed IS NOT NULL")?
            .query_row(params![], |row| Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as u64)))?)
    }

    /// The pictures in the trash, the last deleted first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn in_trash(&self) -> Result<Vec<ImageId>, LibraryError> {
        let reader = self.reader();
        let mut statement =
            reader.prepare_cached("SELECT id FROM images WHERE trashed > 0 ORDER BY trashed DESC, id DESC")?;
        let rows = statement.query_map(params![], |row| row.get(0))?;
        Ok(rows.map(|id| Ok(ImageId::from_uuid(Uuid::from_bytes(id?)))).collect::<rusqlite::Result<_>>()?)
    }

    /// What a search finds in the trash, the last deleted first; `None` if it does not look there. Only its words count,
    /// which must stand in the prompt.
    pub(in crate::library) fn search_trash(&self, query: &Query) -> Result<Option<Vec<ImageId>>, LibraryError> {
        let mut words = Vec::new();
        let mut looks = false;
        for term in query.terms().iter().filter(|term| !term.negated) {
            match &term.filter {
                Filter::Word(word) if word.eq_ignore_ascii_case(IN_TRASH) => looks = true,
                Filter::Word(text) | Filter::Phrase { text, .. } => words.push(text.to_lowercase()),
                _ => {}
            }
        }
        if !looks {
            return Ok(None);
        }
        let searcher = self.reader();
        let mut statement = searcher
            .prepare_cached("SELECT id, prompt FROM images WHERE trashed > 0 ORDER BY trashed DESC, id DESC")?;
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

    /// Deletes what is in the trash for good: pictures, sidecars, thumbnails, and what was said about them. `each` hears
    /// how many pictures are gone by then, again and again, and says whether to go on.
    ///
    /// # Errors
    /// The disk cannot be written. What is not deleted by then is still in the trash.
    pub fn empty_trash(&self, mut each: impl FnMut(usize) -> bool) -> Result<(), LibraryError> {
        self.writable()?;
        let mut emptied = 0;
        loop {
            let ids: Vec<ImageId> = {
                let reader = self.reader();
                let mut statement =
                    reader.prepare_cached("SELECT id FROM images WHERE trashed > 0 ORDER BY trashed LIMIT ?1")?;
                let rows = statement.query_map(params![AT_ONCE], |row| row.get(0))?;
                rows.map(|id| Ok(ImageId::from_uuid(Uuid::from_bytes(id?)))).collect::<rusqlite::Result<_>>()?
            };
            if ids.is_empty() {
                return Ok(());
            }
            let lives = self.live_paths(&ids)?;
            self.unsettle(&ids)?;
            let removed = lives.iter().try_for_each(|live| atomic_file::remove(&self.trashed(live)));
            let folder = self.folder.join("trash");
            removed.and_then(|()| atomic_file::sync_folder(&folder)).or_else(|error| {
                self.settle()?;
                Err(error)
            })?;
            // Their pictures are nowhere now, which is all that this needs to know, after a crash as well.
            self.settle()?;
            emptied += ids.len();
            if !each(emptied) {
                return Ok(());
            }
        }
    }

    /// Lets the files tell where the pictures are that were being moved when the program or the disk failed.
    pub(in crate::library) fn settle(&self) -> Result<(), LibraryError> {
        let unsettled: Vec<([u8; 16], String)> = {
            let writer = self.writer();
            let mut statement = writer.prepare_cached("SELECT id, path FROM images WHERE trashed < 0")?;
            let rows = statement.query_map(params![], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        if unsettled.is_empty() {
            return Ok(());
        }
        let mut gone = Vec::new();
        for (id, path) in unsettled {
            let live = self.folder.join(path);
            let trashed = self.trashed(&live);
            let settled = if live.exists() {
                move_file::drop_copy(&live, &trashed)?;
                carry_sidecar(&trashed, &live)?;
                "NULL"
            } else if trashed.exists() {
                carry_sidecar(&live, &trashed)?;
                "-trashed"
            } else {
                gone.push((ImageId::from_uuid(Uuid::from_bytes(id)), trashed));
                continue;
            };
            let update = format!("UPDATE images SET trashed = {settled} WHERE id = ?1 AND trashed < 0");
            self.writer().prepare_cached(&update)?.execute(params![id])?;
        }
        if gone.is_empty() {
            return Ok(());
        }
        let ids: Vec<ImageId> = gone.iter().map(|(id, _)| *id).collect();
        self.say(vec![Entry::Forget { forget: ids.clone() }])?;
        for (_, trashed) in &gone {
            atomic_file::remove(&trashed.with_extension("json"))?;
        }
        if let Err(error) = self.drop_thumbnails(&ids) {
            tracing::warn!(%error, "thumbnails of deleted pictures are left behind");
        }
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        for id in ids {
            transaction.prepare_cached("DELETE FROM images WHERE id = ?1")?.execute(params![id.uuid().as_bytes()])?;
        }
        Ok(transaction.commit()?)
    }

    /// After an error, lets the files tell at once how far it went.
    fn settle_after(&self, moved: Result<(), LibraryError>) -> Result<(), LibraryError> {
        if moved.is_err()
            && let Err(error) = self.settle()
        {
            tracing::warn!(%error, "where pictures are is found out at the next start");
        }
        moved
    }

    /// Where an original is while it is in the trash.
    pub(in crate::library) fn trashed(&self, live: &Path) -> PathBuf {
        self.folder.join("trash").join(live.file_name().unwrap_or_default())
    }

    fn live_paths(&self, ids: &[ImageId]) -> Result<Vec<PathBuf>, LibraryError> {
        let writer = self.writer();
        let mut statement = writer.prepare_cached("SELECT path FROM images WHERE id = ?1")?;
        let mut path = |id: &ImageId| -> Result<PathBuf, LibraryError> {
            let path: Option<String> =
                statement.query_row(params![id.uuid().as_bytes()], |row| row.get(0)).optional()?;
            Ok(self.folder.join(path.ok_or(LibraryError::NoSuchPicture(*id))?))
        };
        ids.iter().map(&mut path).collect()
    }

    /// From now on the files tell where these pictures of the trash are.
    fn unsettle(&self, ids: &[ImageId]) -> Result<(), LibraryError> {
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        for id in ids {
            transaction
                .prepare_cached("UPDATE images SET trashed = -trashed WHERE id = ?1 AND trashed > 0")?
                .execute(params![id.uuid().as_bytes()])?;
        }
        Ok(transaction.commit()?)
    }

    fn mark(&self, ids: &[ImageId], trashed: Option<i64>) -> Result<(), LibraryError> {
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        for id in ids {
            transaction
                .prepare_cached("UPDATE images SET trashed = ?2 WHERE id = ?1")?
                .execute(params![id.uuid().as_bytes(), trashed])?;
        }
        Ok(transaction.commit()?)
    }
}

/// Moves an original and its sidecar. One that is there already, from a move that was interrupted, stays.
fn carry(from: &Path, to: &Path) -> Result<(), LibraryError> {
    carry_file(from, to)?;
    carry_sidecar(from, to)
}

fn carry_sidecar(from: &Path, to: &Path) -> Result<(), LibraryError> {
    carry_file(&from.with_extension("json"), &to.with_extension("json"))
}

fn carry_file(from: &Path, to: &Path) -> Result<(), LibraryError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        // Originals may be a link to another disk.
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => move_file::carry(from, to),
        moved => moved.at(from),
    }
}

/// Flushes the folders of some files.
fn sync(files: &[PathBuf]) -> Result<(), LibraryError> {
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    folders.into_iter().filter(|folder| folder.is_dir()).try_for_each(atomic_file::sync_folder)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::library::images::originals::tests::{facts, store};

    #[test]
    fn what_was_deleted_comes_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let kept = store(&library, facts(1, "kept"), b"one");
        let gone = store(&library, facts(2, "gone"), b"two");
        library.trash(&[gone.id]).unwrap();
        assert_eq!(library.view("", &TimeZone::UTC).unwrap().ids, [kept.id]);
        assert_eq!(library.totals().unwrap(), (1, 3));
        assert!(!folder.path().join("originals/2026/11").join(gone.file_name()).exists());
        // It can still be shown, for the message that offers to undo.
        assert_eq!(fs::read(library.original_path(gone.id).unwrap()).unwrap(), b"two");
        library.restore(&[gone.id]).unwrap();
        assert_eq!(library.view("", &TimeZone::UTC).unwrap().ids, [gone.id, kept.id]);
        assert_eq!(library.sidecar(gone.id).unwrap(), Some(gone));
    }

    #[test]
    fn deleting_what_is_not_there_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let id = facts(5, "").id;
        assert_eq!(library.trash(&[id]), Err(LibraryError::NoSuchPicture(id)));
    }

    fn emptied(library: &Library) -> usize {
        let mut emptied = 0;
        library
            .empty_trash(|count| {
                emptied = count;
                true
            })
            .unwrap();
        emptied
    }

    fn trashed(library: &Library) -> (Vec<u128>, usize) {
        let view = library.view("", &TimeZone::UTC).unwrap();
        (view.ids.iter().map(|id| id.uuid().as_u128()).collect(), library.trash_totals().unwrap().0)
    }

    #[test]
    fn wherever_a_move_breaks_off_the_files_tell_where_a_picture_is() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let ids = [1, 2, 3, 4].map(|number| store(&library, facts(number, "sea"), &[number as u8]).id);
        library.trash(&ids[2..3]).unwrap();
        let live = library.live_paths(&ids).unwrap();
        library.mark(&ids, Some(-5)).unwrap();
        // The first has not moved, the second by half, the third is back by half, the fourth is gone.
        fs::rename(&live[1], library.trashed(&live[1])).unwrap();
        fs::rename(library.trashed(&live[2]), &live[2]).unwrap();
        fs::remove_file(&live[3]).unwrap();
        drop(library);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(trashed(&library), (vec![3, 1], 1));
        assert_eq!(library.check(false, |_, _| ()).unwrap().flaws.len(), 1, "the sidecar of the fourth");
        library.restore(&ids[1..2]).unwrap();
        assert_eq!(trashed(&library), (vec![3, 2, 1], 0));
    }

    #[test]
    fn what_was_in_the_trash_is_gone_for_good_when_it_was_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let ids = [1, 2, 3].map(|number| store(&library, facts(number, "sea"), &[number as u8]).id);
        library.organise(&ids, &crate::recipe::Change::Rate(3)).unwrap();
        library.trash(&ids[..2]).unwrap();
        assert_eq!(library.trash_totals().unwrap(), (2, 2));
        let found = |search: &str| library.view(search, &TimeZone::UTC).unwrap().ids;
        assert_eq!(
            (found("in:trash"), found("in:trash SEA"), found("in:trash fox")),
            (vec![ids[1], ids[0]], vec![ids[1], ids[0]], vec![])
        );
        assert_eq!(emptied(&library), 2);
        assert_eq!(trashed(&library), (vec![3], 0));
        assert_eq!(fs::read_dir(folder.path().join("trash")).unwrap().count(), 0);
        assert_eq!(library.original_path(ids[0]), Err(LibraryError::NoSuchPicture(ids[0])));
        assert_eq!(library.check(false, |_, _| ()).unwrap().flaws, []);
        assert_eq!(library.marks(ids[2]).unwrap().rating, 3);
        assert_eq!(emptied(&library), 0);
        drop(library);
        assert_eq!(trashed(&Library::open(folder.path()).unwrap()), (vec![3], 0));
    }
}
