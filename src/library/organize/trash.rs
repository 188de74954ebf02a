//! The trash: deleted images that can be restored. Their files are moved to the trash and back.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use uuid::Uuid;

use crate::{
    error_chain::chain,
    library::{
        index::database::IndexDb,
        io::{
            atomic_file,
            error::{LibraryError, WithPath as _},
            library_folder::LibraryFolder,
            move_file,
        },
        store::thumbnail_pack::ThumbnailCache,
    },
    recipe::ImageId,
};

use super::organizer::Organizer;

/// The number of images that are deleted for good in one step.
const MAX_IMAGES_PER_DELETION: i64 = 500;

/// The trash of a library.
#[derive(Debug)]
pub struct Trash {
    folder: Arc<LibraryFolder>,
    index: Arc<IndexDb>,
    organizer: Arc<Organizer>,
    thumbnails: Arc<ThumbnailCache>,
}

impl Trash {
    /// The trash of an open library.
    pub(in crate::library) fn new(
        folder: Arc<LibraryFolder>,
        index: Arc<IndexDb>,
        organizer: Arc<Organizer>,
        thumbnails: Arc<ThumbnailCache>,
    ) -> Self {
        Self { folder, index, organizer, thumbnails }
    }

    /// Moves images to the trash, out of every view. They can be restored until the trash is emptied.
    ///
    /// # Errors
    /// The disk cannot be written. Images that were moved by then can be restored.
    pub fn discard(&self, ids: &[ImageId]) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let lives = self.live_paths(ids)?;
        let now = Timestamp::now().as_millisecond();
        // Until the files have been moved, their paths tell whether an image is in the trash, not the index.
        self.set_trashed(ids, Some(-now))?;
        let moved = lives.iter().try_for_each(|live| move_image(live, &self.folder.trash_path(live)));
        let moved = moved.and_then(|()| atomic_file::sync_dir(&self.folder.join("trash"))).and_then(|()| sync(&lives));
        self.finish_after(moved)?;
        self.set_trashed(ids, Some(now))
    }

    /// Restores images from the trash.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub fn restore(&self, ids: &[ImageId]) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let lives = self.live_paths(ids)?;
        self.mark_pending(ids)?;
        let restore = |live: &PathBuf| {
            if let Some(month) = live.parent() {
                atomic_file::create_dir_durable(month, self.folder.path())?;
            }
            move_image(&self.folder.trash_path(live), live)
        };
        self.finish_after(lives.iter().try_for_each(restore).and_then(|()| sync(&lives)))?;
        // The index comes last: an image is in view only when its file is at its path.
        self.set_trashed(ids, None)
    }

    /// The number of images in the trash, and the size of their originals in bytes.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn totals(&self) -> Result<(usize, u64), LibraryError> {
        Ok(self
            .index
            .reader()
            .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM images WHERE trashed IS NOT NULL")?
            .query_row(params![], |row| Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as u64)))?)
    }

    /// The images in the trash, the last deleted first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn list(&self) -> Result<Vec<ImageId>, LibraryError> {
        let reader = self.index.reader();
        let mut statement =
            reader.prepare_cached("SELECT id FROM images WHERE trashed > 0 ORDER BY trashed DESC, id DESC")?;
        let rows = statement.query_map(params![], |row| row.get(0))?;
        Ok(rows.map(|id| Ok(ImageId::from_uuid(Uuid::from_bytes(id?)))).collect::<rusqlite::Result<_>>()?)
    }

    /// Deletes the contents of the trash for good: images, sidecars, thumbnails and marks. `each` receives the number
    /// of deleted images repeatedly, and returns whether to continue.
    ///
    /// # Errors
    /// The disk cannot be written. Images that were not deleted by then are still in the trash.
    pub fn empty(&self, mut each: impl FnMut(usize) -> bool) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let mut emptied = 0;
        loop {
            let ids: Vec<ImageId> = {
                let reader = self.index.reader();
                let mut statement =
                    reader.prepare_cached("SELECT id FROM images WHERE trashed > 0 ORDER BY trashed LIMIT ?1")?;
                let rows = statement.query_map(params![MAX_IMAGES_PER_DELETION], |row| row.get(0))?;
                rows.map(|id| Ok(ImageId::from_uuid(Uuid::from_bytes(id?)))).collect::<rusqlite::Result<_>>()?
            };
            if ids.is_empty() {
                return Ok(());
            }
            let lives = self.live_paths(&ids)?;
            self.mark_pending(&ids)?;
            let removed =
                lives.iter().try_for_each(|live| atomic_file::remove_if_exists(&self.folder.trash_path(live)));
            let folder = self.folder.join("trash");
            removed.and_then(|()| atomic_file::sync_dir(&folder)).or_else(|error| {
                self.finish_pending_moves()?;
                Err(error)
            })?;
            // The files of these images exist nowhere now, so pending moves can be finished without them, also after a
            // crash.
            self.finish_pending_moves()?;
            emptied += ids.len();
            if !each(emptied) {
                return Ok(());
            }
        }
    }

    /// Completes moves that a crash or an error of the disk has interrupted: the paths of the files tell which images
    /// are in the trash.
    pub(in crate::library) fn finish_pending_moves(&self) -> Result<(), LibraryError> {
        let pending: Vec<([u8; 16], String)> = {
            let writer = self.index.writer();
            let mut statement = writer.prepare_cached("SELECT id, path FROM images WHERE trashed < 0")?;
            let rows = statement.query_map(params![], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        if pending.is_empty() {
            return Ok(());
        }
        let mut gone = Vec::new();
        for (id, path) in pending {
            let live = self.folder.join(path);
            let trashed = self.folder.trash_path(&live);
            let settled = if live.exists() {
                move_file::remove_copy(&live, &trashed)?;
                move_sidecar(&trashed, &live)?;
                "NULL"
            } else if trashed.exists() {
                move_sidecar(&live, &trashed)?;
                "-trashed"
            } else {
                gone.push((ImageId::from_uuid(Uuid::from_bytes(id)), trashed));
                continue;
            };
            let update = format!("UPDATE images SET trashed = {settled} WHERE id = ?1 AND trashed < 0");
            self.index.writer().prepare_cached(&update)?.execute(params![id])?;
        }
        if gone.is_empty() {
            return Ok(());
        }
        let ids: Vec<ImageId> = gone.iter().map(|(id, _)| *id).collect();
        self.organizer.forget(ids.clone())?;
        for (_, trashed) in &gone {
            atomic_file::remove_if_exists(&trashed.with_extension("json"))?;
        }
        if let Err(error) = self.thumbnails.remove(&ids) {
            tracing::warn!(error = %chain(&error), "thumbnails of deleted images are left behind");
        }
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        for id in ids {
            transaction.prepare_cached("DELETE FROM images WHERE id = ?1")?.execute(params![id.uuid().as_bytes()])?;
        }
        Ok(transaction.commit()?)
    }

    /// After an error, sets at once from the paths of the files which images are in the trash.
    fn finish_after(&self, moved: Result<(), LibraryError>) -> Result<(), LibraryError> {
        if moved.is_err()
            && let Err(error) = self.finish_pending_moves()
        {
            tracing::warn!(error = %chain(&error), "where images are is found out at the next start");
        }
        moved
    }

    fn live_paths(&self, ids: &[ImageId]) -> Result<Vec<PathBuf>, LibraryError> {
        let writer = self.index.writer();
        let mut statement = writer.prepare_cached("SELECT path FROM images WHERE id = ?1")?;
        let mut path = |id: &ImageId| -> Result<PathBuf, LibraryError> {
            let path: Option<String> =
                statement.query_row(params![id.uuid().as_bytes()], |row| row.get(0)).optional()?;
            Ok(self.folder.join(path.ok_or(LibraryError::NoSuchImage(*id))?))
        };
        ids.iter().map(&mut path).collect()
    }

    /// Marks images of the trash as being moved: from now on the paths of their files tell where they are.
    fn mark_pending(&self, ids: &[ImageId]) -> Result<(), LibraryError> {
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        for id in ids {
            transaction
                .prepare_cached("UPDATE images SET trashed = -trashed WHERE id = ?1 AND trashed > 0")?
                .execute(params![id.uuid().as_bytes()])?;
        }
        Ok(transaction.commit()?)
    }

    fn set_trashed(&self, ids: &[ImageId], trashed: Option<i64>) -> Result<(), LibraryError> {
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        for id in ids {
            transaction
                .prepare_cached("UPDATE images SET trashed = ?2 WHERE id = ?1")?
                .execute(params![id.uuid().as_bytes(), trashed])?;
        }
        Ok(transaction.commit()?)
    }
}

/// Moves an original and its sidecar. A file that an interrupted move has already moved stays.
fn move_image(from: &Path, to: &Path) -> Result<(), LibraryError> {
    move_file_or_skip(from, to)?;
    move_sidecar(from, to)
}

fn move_sidecar(from: &Path, to: &Path) -> Result<(), LibraryError> {
    move_file_or_skip(&from.with_extension("json"), &to.with_extension("json"))
}

fn move_file_or_skip(from: &Path, to: &Path) -> Result<(), LibraryError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        // The folder of originals may be a link to another disk.
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => move_file::move_across_disks(from, to),
        moved => moved.at(from),
    }
}

/// Flushes the folders that contain these files.
fn sync(files: &[PathBuf]) -> Result<(), LibraryError> {
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    folders.into_iter().filter(|folder| folder.is_dir()).try_for_each(atomic_file::sync_dir)
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

    #[test]
    fn trashed_image_is_restored_completely() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let kept = store(&library, facts(1, "kept"), b"one");
        let gone = store(&library, facts(2, "gone"), b"two");
        library.trash().discard(&[gone.facts.id]).unwrap();
        assert_eq!(library.search().find_text("", &TimeZone::UTC).unwrap().ids, [kept.facts.id]);
        assert_eq!(library.search().totals().unwrap(), (1, 3));
        assert!(!folder.path().join("originals/2026/11").join(gone.file_name()).exists());
        // The image can still be shown, for the message that offers to undo the deletion.
        assert_eq!(fs::read(library.images().original_path(gone.facts.id).unwrap()).unwrap(), b"two");
        library.trash().restore(&[gone.facts.id]).unwrap();
        assert_eq!(library.search().find_text("", &TimeZone::UTC).unwrap().ids, [gone.facts.id, kept.facts.id]);
        assert_eq!(library.images().sidecar(gone.facts.id).unwrap(), Some(gone));
    }

    #[test]
    fn deleting_a_missing_image_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let id = facts(5, "").id;
        assert_eq!(library.trash().discard(&[id]), Err(LibraryError::NoSuchImage(id)));
    }

    fn emptied(library: &Library) -> usize {
        let mut emptied = 0;
        library
            .trash()
            .empty(|count| {
                emptied = count;
                true
            })
            .unwrap();
        emptied
    }

    fn trashed(library: &Library) -> (Vec<u128>, usize) {
        let view = library.search().find_text("", &TimeZone::UTC).unwrap();
        (view.ids.iter().map(|id| id.uuid().as_u128()).collect(), library.trash().totals().unwrap().0)
    }

    #[test]
    fn interrupted_move_is_resolved_by_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let ids = [1, 2, 3, 4].map(|number| store(&library, facts(number, "sea"), &[number as u8]).facts.id);
        library.trash().discard(&ids[2..3]).unwrap();
        let live = library.trash().live_paths(&ids).unwrap();
        library.trash().set_trashed(&ids, Some(-5)).unwrap();
        // The first image was not moved, the second was moved in part, the third was moved back in part, and the fourth
        // is missing.
        let trashed_path = |live: &Path| folder.path().join("trash").join(live.file_name().unwrap());
        fs::rename(&live[1], trashed_path(&live[1])).unwrap();
        fs::rename(trashed_path(&live[2]), &live[2]).unwrap();
        fs::remove_file(&live[3]).unwrap();
        drop(library);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(trashed(&library), (vec![3, 1], 1));
        assert_eq!(library.verify(false, |_, _| ()).unwrap().issues.len(), 1, "the sidecar of the fourth");
        library.trash().restore(&ids[1..2]).unwrap();
        assert_eq!(trashed(&library), (vec![3, 2, 1], 0));
    }

    #[test]
    fn emptied_trash_is_permanent() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let ids = [1, 2, 3].map(|number| store(&library, facts(number, "sea"), &[number as u8]).facts.id);
        library.organizer().change(&ids, &crate::recipe::MarkChange::Rate(3)).unwrap();
        library.trash().discard(&ids[..2]).unwrap();
        assert_eq!(library.trash().totals().unwrap(), (2, 2));
        let found = |search: &str| library.search().find_text(search, &TimeZone::UTC).unwrap().ids;
        assert_eq!(
            (found("in:trash"), found("in:trash SEA"), found("in:trash fox")),
            (vec![ids[1], ids[0]], vec![ids[1], ids[0]], vec![])
        );
        assert_eq!(emptied(&library), 2);
        assert_eq!(trashed(&library), (vec![3], 0));
        assert_eq!(fs::read_dir(folder.path().join("trash")).unwrap().count(), 0);
        assert_eq!(library.images().original_path(ids[0]), Err(LibraryError::NoSuchImage(ids[0])));
        assert_eq!(library.verify(false, |_, _| ()).unwrap().issues, []);
        assert_eq!(library.organizer().marks(ids[2]).unwrap().rating, 3);
        assert_eq!(emptied(&library), 0);
        drop(library);
        assert_eq!(trashed(&Library::open(folder.path()).unwrap()), (vec![3], 0));
    }
}
