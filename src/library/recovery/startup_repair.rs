//! Mending after a crash, and making the index again from the files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::{
    library::{
        images::originals::insert,
        io::{
            atomic_file::{self, PART},
            error::{At as _, LibraryError},
        },
        library::Library,
        store::sidecar::{Sidecar, read_sidecar},
    },
    recipe::{Failure, FailureKind, RequestId},
};

impl Library {
    /// Mends what a crash or a full disk has left: temporary files, pictures whose files are whole and whose place
    /// in the index is missing, and an index that is missing altogether.
    /// Returns how many requests were given back to the index by the spool.
    pub(in crate::library) fn mend(&self) -> Result<usize, LibraryError> {
        let originals = self.folder.join("originals");
        let marker = self.not_indexed();
        let whole_index_missing: bool =
            self.writer().query_row("SELECT NOT EXISTS (SELECT 1 FROM images)", params![], |row| row.get(0))?;
        let restored = self.reconcile_spools()?;
        // Only a request that had not ended well can have left something, and only in the months since it was asked.
        let unfinished = self.unfinished_intents()?;
        let requests: Vec<RequestId> = unfinished.iter().map(|(intent, _)| intent.request).collect();
        let unfinished = unfinished.into_iter().map(|(intent, _)| intent.created);
        let on_disk = |failure: &Failure| matches!(failure.kind, FailureKind::DiskFull | FailureKind::CannotWrite);
        let failed = self.failed_intents()?.into_iter().filter(|(_, failure)| on_disk(failure));
        let oldest = unfinished.chain(failed.map(|(intent, _)| intent.created)).min();

        let mut writer = self.writer();
        // All or nothing: an index with half of the pictures would pass for a whole one at the next start.
        let transaction = writer.transaction()?;
        let mut new = 0;
        if whole_index_missing || marker.exists() {
            new += self.index_folder(&transaction, &originals)?;
            new += self.index_trash(&transaction)?;
        } else if let Some(oldest) = oldest.map(|created| self.month(created)) {
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
        self.take_in_journal(new > 0)?;
        self.settle()?;
        atomic_file::remove(&marker)?;
        Ok(restored)
    }

    /// A file that says that pictures are in their places and not in the index.
    pub(in crate::library) fn not_indexed(&self) -> PathBuf {
        self.folder.join("originals/not-indexed")
    }

    /// Takes a request's pictures out of the index whose files did not get their names before a power cut. Only an
    /// unfinished request has such, and its answer is still in the spool.
    fn unindex_unnamed(&self, index: &Connection, request: RequestId) -> Result<(), LibraryError> {
        let mut statement = index.prepare_cached("SELECT id, path FROM images WHERE request = ?1")?;
        let rows = statement.query_map(params![request.uuid().as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (id, path) in rows.collect::<Result<Vec<([u8; 16], String)>, _>>()? {
            let path = self.folder.join(path);
            if !path.exists() && !self.trashed(&path).exists() {
                index.execute("DELETE FROM images WHERE id = ?1", params![id])?;
            }
        }
        Ok(())
    }

    /// Puts every picture of a folder, and of those below it, into the index if it is not there. Returns how many
    /// were not.
    fn index_folder(&self, index: &Connection, folder: &Path) -> Result<usize, LibraryError> {
        let mut new = 0;
        for below in folders(folder)? {
            new += self.index_folder(index, &below)?;
        }
        for sidecar in sidecars(folder)? {
            let path = folder.join(sidecar.file_name());
            new += usize::from(insert(index, &sidecar, &self.relative(&path))?);
        }
        Ok(new)
    }

    /// Puts every picture of the trash into the index if it is not there, as deleted. Where it goes when it is
    /// restored is told by its date. Returns how many were not.
    fn index_trash(&self, index: &Connection) -> Result<usize, LibraryError> {
        let mut new = 0;
        for sidecar in sidecars(&self.folder.join("trash"))? {
            let path = self.month(sidecar.created).join(sidecar.file_name());
            if insert(index, &sidecar, &self.relative(&path))? {
                new += 1;
                index.execute(
                    "UPDATE images SET trashed = ?2 WHERE id = ?1",
                    params![sidecar.id.uuid().as_bytes(), Timestamp::now().as_millisecond()],
                )?;
            }
        }
        Ok(new)
    }
}

/// The sidecars of the pictures that are whole in a folder. What was still being written is removed.
fn sidecars(folder: &Path) -> Result<Vec<Sidecar>, LibraryError> {
    let (mut paths, mut unnamed) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some(PART) => {
                atomic_file::remove(&path)?;
                // The sidecar of a picture that did not get its name.
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
            Ok(_) if unnamed.contains(&path) => atomic_file::remove(&path)?,
            Ok(_) => tracing::warn!(path = %path.display(), "a sidecar has lost its picture"),
            Err(error) => tracing::warn!(path = %path.display(), %error, "a sidecar cannot be read"),
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
            images::originals::{
                SidecarFacts,
                tests::{facts, store},
            },
            queue_store::requests::{Intent, IntentState},
        },
        recipe::{ImageId, Recipe},
    };

    #[test]
    fn a_lost_index_is_made_again_from_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let (sidecar, view) = {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            store(&library, facts(1, "sea"), b"one");
            let sidecar = store(&library, facts(2, "海"), b"two");
            (sidecar, library.view("", &TimeZone::UTC).unwrap())
        };
        for name in ["library.db", "library.db-wal", "library.db-shm"] {
            fs::remove_file(folder.path().join(name)).ok();
        }
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.view("", &TimeZone::UTC).unwrap(), view);
        assert_eq!(library.sidecar(sidecar.id).unwrap(), Some(sidecar));
        assert_eq!(library.totals().unwrap(), (2, 6));
    }

    #[test]
    fn a_picture_that_was_written_just_before_a_crash_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let crashed = facts(2, "just in time");
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            store(&library, facts(1, "before"), b"one");
            let recipe = Recipe::default();
            let intent = Intent { request: crashed.request, recipe, created: crashed.created };
            library.record_intents(&[intent]).unwrap();
            let sidecar = store(&library, crashed.clone(), b"two");
            // As if the program had died between the files and the index.
            library
                .writer()
                .execute("DELETE FROM images WHERE id = ?1", params![sidecar.id.uuid().as_bytes()])
                .unwrap();
        }
        let month = folder.path().join("originals/2026/11");
        fs::write(month.join(format!("{}.{PART}", facts(3, "").id)), "half").unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.view("", &TimeZone::UTC).unwrap().ids.len(), 2);
        assert_eq!(library.sidecar(crashed.id).unwrap().unwrap().recipe.prompt, "just in time");
        assert_eq!(fs::read_dir(month).unwrap().count(), 4, "the half picture is gone");
    }

    #[test]
    fn a_place_in_the_index_without_a_picture_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let facts = facts(1, "powerless");
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            let intent = Intent { request: facts.request, recipe: Recipe::default(), created: facts.created };
            library.record_intents(&[intent]).unwrap();
            let sidecar = store(&library, facts.clone(), b"one");
            // As if the power had gone before the folder was on the disk.
            let path = library.original_path(sidecar.id).unwrap();
            fs::rename(&path, path.with_extension(PART)).unwrap();
            fs::rename(path.with_extension("json"), path.with_extension(format!("json.{PART}"))).unwrap();
        }
        let library = Arc::new(Library::open(folder.path()).unwrap());
        assert_eq!(library.totals().unwrap(), (0, 0));
        // The answer is read again, under another name.
        let again = SidecarFacts { id: ImageId::from_uuid(uuid::Uuid::from_u128(2)), ..facts };
        let sidecar = store(&library, again, b"one");
        assert_eq!(fs::read(library.original_path(sidecar.id).unwrap()).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path().join("originals/2026/11")).unwrap().count(), 2);
    }

    fn lose_index(folder: &Path) {
        for name in ["library.db", "library.db-wal", "library.db-shm"] {
            fs::remove_file(folder.join(name)).ok();
        }
    }

    #[test]
    fn what_was_deleted_stays_deleted_and_restorable_when_the_index_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, gone) = {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            let kept = store(&library, facts(1, "kept"), b"one");
            let gone = store(&library, facts(2, "gone"), b"two");
            library.trash(&[gone.id]).unwrap();
            (kept, gone)
        };
        lose_index(folder.path());
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.view("", &TimeZone::UTC).unwrap().ids, [kept.id]);
        library.restore(&[gone.id]).unwrap();
        assert_eq!(library.view("", &TimeZone::UTC).unwrap().ids, [gone.id, kept.id]);
        assert_eq!(fs::read(library.original_path(gone.id).unwrap()).unwrap(), b"two");
    }

    #[test]
    fn an_index_that_cannot_be_made_whole_is_not_made_by_half() {
        let folder = tempfile::tempdir().unwrap();
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            store(&library, facts(1, "sea"), b"one");
        }
        lose_index(folder.path());
        // A trash that is no folder stands for any error on the way.
        fs::remove_dir(folder.path().join("trash")).unwrap();
        fs::write(folder.path().join("trash"), "").unwrap();
        assert!(Library::open(folder.path()).is_err());
        fs::remove_file(folder.path().join("trash")).unwrap();
        assert_eq!(Library::open(folder.path()).unwrap().totals().unwrap(), (1, 3));
    }

    #[test]
    fn a_picture_that_found_no_place_in_the_index_is_there_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            store(&library, facts(1, "before"), b"one");
            let facts = facts(2, "unlucky");
            let intent = Intent { request: facts.request, recipe: Recipe::default(), created: facts.created };
            library.record_intents(&[intent]).unwrap();
            library
                .writer()
                .execute_batch(
                    "CREATE TEMP TRIGGER full BEFORE INSERT ON images BEGIN SELECT RAISE(ABORT, 'full'); END",
                )
                .unwrap();
            let mut writer = library.begin_original(facts.id, facts.created).unwrap();
            writer.write(b"two").unwrap();
            let request = facts.request;
            writer.commit(facts).unwrap_err();
            // The request ends, and its card is put away.
            library.set_intent_state(request, &IntentState::Failed(Failure::new(FailureKind::DiskFull))).unwrap();
            library.remove_intents(&[request]).unwrap();
        }
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.totals().unwrap(), (2, 6));
    }

    #[test]
    fn a_picture_without_its_name_takes_its_sidecar_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let month = folder.path().join("originals/2026/11");
        {
            let library = Arc::new(Library::open(folder.path()).unwrap());
            let half = store(&library, facts(1, "half"), b"one");
            fs::rename(month.join(half.file_name()), month.join(format!("{}.{PART}", half.id))).unwrap();
        }
        lose_index(folder.path());
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.totals().unwrap(), (0, 0));
        assert_eq!(fs::read_dir(month).unwrap().count(), 0);
    }
}
