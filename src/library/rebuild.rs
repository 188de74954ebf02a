//! Mending after a crash, and making the index again from the files.

use std::{fs, path::Path};

use rusqlite::params;

use super::{
    Library, Sidecar, durable,
    durable::PART,
    error::{At as _, LibraryError},
    originals::{insert, read_sidecar},
};

impl Library {
    /// Mends what a crash has left: temporary files, pictures whose files are whole and whose place in the index
    /// is missing, and an index that is missing altogether.
    pub(super) fn mend(&self) -> Result<(), LibraryError> {
        let originals = self.folder.join("originals");
        let indexed: bool =
            self.writer().query_row("SELECT EXISTS (SELECT 1 FROM images)", params![], |row| row.get(0))?;
        if !indexed {
            return self.index_folder(&originals);
        }
        // Only a request that had not ended can have left something, and only in the months since it was asked.
        let Some(oldest) = self.unfinished_intents()?.into_iter().map(|(intent, _)| intent.created).min() else {
            return Ok(());
        };
        let oldest = self.month(oldest);
        for year in folders(&originals)? {
            for month in folders(&year)?.into_iter().filter(|month| *month >= oldest) {
                self.index_folder(&month)?;
            }
        }
        Ok(())
    }

    /// Puts every picture of a folder, and of those below it, into the index if it is not there.
    fn index_folder(&self, folder: &Path) -> Result<(), LibraryError> {
        for below in folders(folder)? {
            self.index_folder(&below)?;
        }
        let mut sidecars = Vec::new();
        for entry in fs::read_dir(folder).at(folder)? {
            let path = entry.at(folder)?.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some(PART) => durable::remove(&path)?,
                Some("json") => match read_sidecar(&path) {
                    Ok(Some(sidecar)) if path.with_file_name(sidecar.file_name()).exists() => sidecars.push(sidecar),
                    Ok(_) => tracing::warn!(path = %path.display(), "a sidecar has lost its picture"),
                    Err(error) => tracing::warn!(path = %path.display(), %error, "a sidecar cannot be read"),
                },
                _ => {}
            }
        }
        self.insert_all(folder, &sidecars)
    }

    fn insert_all(&self, folder: &Path, sidecars: &[Sidecar]) -> Result<(), LibraryError> {
        if sidecars.is_empty() {
            return Ok(());
        }
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        for sidecar in sidecars {
            let path = folder.join(sidecar.file_name());
            let path = path.strip_prefix(&self.folder).unwrap_or(&path).to_string_lossy().into_owned();
            insert(&transaction, sidecar, &path)?;
        }
        Ok(transaction.commit()?)
    }
}

fn folders(folder: &Path) -> Result<Vec<std::path::PathBuf>, LibraryError> {
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
            Intent,
            originals::tests::{facts, store},
        },
        recipe::Recipe,
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
}
