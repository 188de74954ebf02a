//! Repairs the effects of a crash or a full disk when a library is opened.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::{
    error_chain::chain,
    library::{
        index::{database::IndexDb, insert::insert_image},
        io::{
            atomic_file::{self, TEMP_SUFFIX},
            error::{LibraryError, WithPath as _},
            library_folder::LibraryFolder,
        },
        organize::{organizer::Organizer, trash::Trash},
        queue_store::{request_table::RequestTable, spool::ResponseSpool},
        store::sidecar::{Sidecar, read_sidecar},
    },
    recipe::{Failure, FailureKind, RequestId},
};

use super::spool_recovery::SpoolRecovery;

/// The repair of a library that is being opened.
pub(in crate::library) struct StartupRepair<'a> {
    pub(in crate::library) folder: &'a LibraryFolder,
    pub(in crate::library) index: &'a IndexDb,
    pub(in crate::library) spool: &'a ResponseSpool,
    pub(in crate::library) requests: &'a RequestTable,
    pub(in crate::library) organizer: &'a Organizer,
    pub(in crate::library) trash: &'a Trash,
}

impl StartupRepair<'_> {
    /// Repairs what a crash or a full disk has left: temporary files, images whose files are complete and whose rows are
    /// missing, and a missing index. Returns the number of requests that were recorded again from the spool.
    pub(in crate::library) fn run(&self) -> Result<usize, LibraryError> {
        let originals = self.folder.join("originals");
        let marker = self.folder.reindex_marker();
        let whole_index_missing: bool =
            self.index.writer().query_row("SELECT NOT EXISTS (SELECT 1 FROM images)", params![], |row| row.get(0))?;
        let restored = SpoolRecovery { spool: self.spool, requests: self.requests }.run()?;
        // Only a request that had not ended normally can have left something, and only in the months since it was made.
        let unfinished = self.requests.unfinished()?;
        let requests: Vec<RequestId> = unfinished.iter().map(|(intent, _)| intent.request).collect();
        let unfinished = unfinished.into_iter().map(|(intent, _)| intent.created);
        let on_disk = |failure: &Failure| matches!(failure.kind, FailureKind::DiskFull | FailureKind::CannotWrite);
        let failed = self.requests.failed()?.into_iter().filter(|(_, failure)| on_disk(failure));
        let oldest = unfinished.chain(failed.map(|(intent, _)| intent.created)).min();

        let mut writer = self.index.writer();
        // All or nothing, because an index with half of the images would pass for a complete one at the next start.
        let transaction = writer.transaction()?;
        let mut new = 0;
        if whole_index_missing || marker.exists() {
            new += self.index_folder(&transaction, &originals)?;
            new += self.index_trash(&transaction)?;
        } else if let Some(oldest) = oldest.map(|created| self.folder.month(created)) {
            for year in folders(&originals)? {
                for month in folders(&year)?.into_iter().filter(|month| *month >= oldest) {
                    new += self.index_folder(&transaction, &month)?;
                }
            }
        }
        for request in requests {
            self.unindex_unnamed(&transaction, request)?;
        }
        transaction.commit()?;
        drop(writer);
        self.organizer.sync(new > 0)?;
        self.trash.finish_pending_moves()?;
        atomic_file::remove_if_exists(&marker)?;
        Ok(restored)
    }

    /// Removes the rows of a request's images whose files were not renamed before a power cut. Only an unfinished
    /// request has such rows, and its response is still in the spool.
    fn unindex_unnamed(&self, index: &Connection, request: RequestId) -> Result<(), LibraryError> {
        let mut statement = index.prepare_cached("SELECT id, path FROM images WHERE request = ?1")?;
        let rows = statement.query_map(params![request.uuid().as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (id, path) in rows.collect::<Result<Vec<([u8; 16], String)>, _>>()? {
            let path = self.folder.join(path);
            if !path.exists() && !self.folder.trash_path(&path).exists() {
                index.execute("DELETE FROM images WHERE id = ?1", params![id])?;
            }
        }
        Ok(())
    }

    /// Inserts the rows of the images of a folder and its subfolders that are not in the index. Returns their number.
    fn index_folder(&self, index: &Connection, folder: &Path) -> Result<usize, LibraryError> {
        let mut new = 0;
        for below in folders(folder)? {
            new += self.index_folder(index, &below)?;
        }
        for sidecar in sidecars(folder)? {
            let path = folder.join(sidecar.file_name());
            new += usize::from(insert_image(index, &sidecar, &self.folder.relative(&path))?);
        }
        Ok(new)
    }

    /// Inserts the rows of the images of the trash that are not in the index, as deleted. The date of an image
    /// determines its path after a restore. Returns their number.
    fn index_trash(&self, index: &Connection) -> Result<usize, LibraryError> {
        let mut new = 0;
        for sidecar in sidecars(&self.folder.join("trash"))? {
            let path = self.folder.month(sidecar.facts.created).join(sidecar.file_name());
            if insert_image(index, &sidecar, &self.folder.relative(&path))? {
                new += 1;
                index.execute(
                    "UPDATE images SET trashed = ?2 WHERE id = ?1",
                    params![sidecar.facts.id.uuid().as_bytes(), Timestamp::now().as_millisecond()],
                )?;
            }
        }
        Ok(new)
    }
}

/// The sidecars of the complete images in a folder. Removes temporary files.
fn sidecars(folder: &Path) -> Result<Vec<Sidecar>, LibraryError> {
    let (mut paths, mut unnamed) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some(TEMP_SUFFIX) => {
                atomic_file::remove_if_exists(&path)?;
                // The sidecar of an image that was not renamed.
                if let Some(stem) = path.file_stem().filter(|stem| Path::new(stem).extension().is_none()) {
                    unnamed.push(path.with_file_name(stem).with_extension("json"));
                }
            }
            Some("json") => paths.push(path),
            _ => {}
        }
    }
    let mut sidecars = Vec::new();
    for path in paths {
        match read_sidecar(&path) {
            Ok(Some(sidecar)) if path.with_file_name(sidecar.file_name()).exists() => sidecars.push(sidecar),
            Ok(_) if unnamed.contains(&path) => atomic_file::remove_if_exists(&path)?,
            Ok(_) => tracing::warn!(path = %path.display(), "a sidecar has lost its image"),
            Err(error) => tracing::warn!(path = %path.display(), error = %chain(&error), "a sidecar cannot be read"),
        }
    }
    Ok(sidecars)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).at(folder)? {
        let entry = entry.at(folder)?;
        if entry.file_type().at(folder)?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        library::{
            Library,
            images::fixtures::{facts, store},
            queue_store::request_record::{RequestRecord, RequestStatus},
        },
        recipe::{ImageFacts, ImageId, Recipe},
    };

    #[test]
    fn lost_index_is_rebuilt_from_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let (sidecar, view) = {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            store(&library, facts(1, "sea"), b"one");
            let sidecar = store(&library, facts(2, "海"), b"two");
            (sidecar, library.search().find_text("", &TimeZone::UTC).unwrap())
        };
        for name in ["library.db", "library.db-wal", "library.db-shm"] {
            fs::remove_file(folder.path().join(name)).ok();
        }
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.search().find_text("", &TimeZone::UTC).unwrap(), view);
        assert_eq!(library.images().sidecar(sidecar.facts.id).unwrap(), Some(sidecar));
        assert_eq!(library.search().totals().unwrap(), (2, 6));
    }

    #[test]
    fn image_written_just_before_a_crash_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let crashed = facts(2, "just in time");
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            store(&library, facts(1, "before"), b"one");
            let recipe = Recipe::default();
            let intent = RequestRecord { request: crashed.request, recipe, created: crashed.created };
            library.requests().record(&[intent]).unwrap();
            let sidecar = store(&library, crashed.clone(), b"two");
            // Simulates a crash between the writes of the files and the index.
            library
                .index()
                .writer()
                .execute("DELETE FROM images WHERE id = ?1", params![sidecar.facts.id.uuid().as_bytes()])
                .unwrap();
        }
        let month = folder.path().join("originals/2026/11");
        fs::write(month.join(format!("{}.{TEMP_SUFFIX}", facts(3, "").id)), "half").unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.search().find_text("", &TimeZone::UTC).unwrap().ids.len(), 2);
        assert_eq!(library.images().sidecar(crashed.id).unwrap().unwrap().facts.recipe.prompt, "just in time");
        assert_eq!(fs::read_dir(month).unwrap().count(), 4, "the half image is gone");
    }

    #[test]
    fn index_row_without_an_image_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let facts = facts(1, "powerless");
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            let intent = RequestRecord { request: facts.request, recipe: Recipe::default(), created: facts.created };
            library.requests().record(&[intent]).unwrap();
            let sidecar = store(&library, facts.clone(), b"one");
            // Simulates a power cut before the folder was flushed.
            let path = library.images().original_path(sidecar.facts.id).unwrap();
            fs::rename(&path, path.with_extension(TEMP_SUFFIX)).unwrap();
            fs::rename(path.with_extension("json"), path.with_extension(format!("json.{TEMP_SUFFIX}"))).unwrap();
        }
        let library = Arc::new(Library::open(folder.path()).unwrap());
        assert_eq!(library.search().totals().unwrap(), (0, 0));
        // The response is read again, and its image gets another ID.
        let again = ImageFacts { id: ImageId::from_uuid(uuid::Uuid::from_u128(2)), ..facts };
        let sidecar = store(&library, again, b"one");
        assert_eq!(fs::read(library.images().original_path(sidecar.facts.id).unwrap()).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path().join("originals/2026/11")).unwrap().count(), 2);
    }

    fn lose_index(folder: &Path) {
        for name in ["library.db", "library.db-wal", "library.db-shm"] {
            fs::remove_file(folder.join(name)).ok();
        }
    }

    #[test]
    fn trashed_images_stay_in_the_trash_when_the_index_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, gone) = {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            let kept = store(&library, facts(1, "kept"), b"one");
            let gone = store(&library, facts(2, "gone"), b"two");
            library.trash().discard(&[gone.facts.id]).unwrap();
            (kept, gone)
        };
        lose_index(folder.path());
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.search().find_text("", &TimeZone::UTC).unwrap().ids, [kept.facts.id]);
        library.trash().restore(&[gone.facts.id]).unwrap();
        assert_eq!(library.search().find_text("", &TimeZone::UTC).unwrap().ids, [gone.facts.id, kept.facts.id]);
        assert_eq!(fs::read(library.images().original_path(gone.facts.id).unwrap()).unwrap(), b"two");
    }

    #[test]
    fn incomplete_rebuild_is_not_committed() {
        let folder = tempfile::tempdir().unwrap();
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            store(&library, facts(1, "sea"), b"one");
        }
        lose_index(folder.path());
        // A file in place of the trash folder causes an error on the way.
        fs::remove_dir(folder.path().join("trash")).unwrap();
        fs::write(folder.path().join("trash"), "").unwrap();
        assert!(Library::open(folder.path()).is_err());
        fs::remove_file(folder.path().join("trash")).unwrap();
        assert_eq!(Library::open(folder.path()).unwrap().search().totals().unwrap(), (1, 3));
    }

    #[test]
    fn unindexed_image_is_indexed_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            store(&library, facts(1, "before"), b"one");
            let facts = facts(2, "unlucky");
            let intent = RequestRecord { request: facts.request, recipe: Recipe::default(), created: facts.created };
            library.requests().record(&[intent]).unwrap();
            library
                .index()
                .writer()
                .execute_batch(
                    "CREATE TEMP TRIGGER full BEFORE INSERT ON images BEGIN SELECT RAISE(ABORT, 'full'); END",
                )
                .unwrap();
            let mut writer = library.images().begin_original(facts.id, facts.created).unwrap();
            writer.write(b"two").unwrap();
            let request = facts.request;
            library.images().store_original(writer, facts.into()).unwrap_err();
            // The request ends, and its card is removed.
            library
                .requests()
                .set_status(request, &RequestStatus::Failed(Failure::new(FailureKind::DiskFull)))
                .unwrap();
            library.requests().remove(&[request]).unwrap();
        }
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.search().totals().unwrap(), (2, 6));
    }

    #[test]
    fn sidecar_of_a_temporary_image_is_removed_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let month = folder.path().join("originals/2026/11");
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            let half = store(&library, facts(1, "half"), b"one");
            fs::rename(month.join(half.file_name()), month.join(format!("{}.{TEMP_SUFFIX}", half.facts.id))).unwrap();
        }
        lose_index(folder.path());
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.search().totals().unwrap(), (0, 0));
        assert_eq!(fs::read_dir(month).unwrap().count(), 0);
    }
}
