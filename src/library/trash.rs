//! Deleting that can be undone: files move to the trash and back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::params;

use crate::recipe::ImageId;

use super::{
    Library, durable,
    error::{At as _, LibraryError},
};

impl Library {
    /// Moves pictures to the trash: out of every view, and restorable.
    ///
    /// # Errors
    /// The disk cannot be written. What has been moved by then can be restored.
    pub fn trash(&self, ids: &[ImageId]) -> Result<(), LibraryError> {
        self.mark(ids, Some(Timestamp::now().as_millisecond()))?;
        for id in ids {
            let live = self.live_path(*id)?;
            carry(&live, &self.trashed(&live))?;
        }
        durable::sync_folder(&self.folder.join("trash"))
    }

    /// Brings pictures back from the trash.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub fn restore(&self, ids: &[ImageId]) -> Result<(), LibraryError> {
        for id in ids {
            let live = self.live_path(*id)?;
            if let Some(month) = live.parent() {
                durable::make_folder(month, &self.folder)?;
            }
            carry(&self.trashed(&live), &live)?;
        }
        // The index comes last: a picture is in view only when its file is in its place.
        self.mark(ids, None)
    }

    /// Where an original is while it is in the trash.
    pub(super) fn trashed(&self, live: &Path) -> PathBuf {
        self.folder.join("trash").join(live.file_name().unwrap_or_default())
    }

    fn live_path(&self, id: ImageId) -> Result<PathBuf, LibraryError> {
        let path: String = self
            .writer()
            .prepare_cached("SELECT path FROM images WHERE id = ?1")?
            .query_row(params![id.uuid().as_bytes()], |row| row.get(0))
            .map_err(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => LibraryError::NoSuchPicture(id),
                error => error.into(),
            })?;
        Ok(self.folder.join(path))
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
    for (from, to) in [(from.to_owned(), to.to_owned()), (from.with_extension("json"), to.with_extension("json"))] {
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                tracing::warn!(path = %from.display(), "there was nothing to move");
            }
            moved => moved.at(&from)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::library::originals::tests::{facts, store};

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
}
