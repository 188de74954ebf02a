//! The log of marks and collections: the journal, which is authoritative, and the tables of the index, which follow it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::params;

use crate::{
    error_chain::chain,
    library::{
        index::{columns::TrackedConnection, database::IndexDb},
        io::{error::LibraryError, library_folder::LibraryFolder},
        journal::{entry::Entry, organizing_journal::OrganizingJournal},
    },
};

use super::{
    inverse_change::InverseChange,
    journal_sync::{open_journal, replay_from_checkpoint, save_checkpoint},
    projection::Projector,
};

/// The journal of a library and its projection into the index.
///
/// Both are locked together, the writer of the index first. The journal is private to this type and is lent only by
/// [`Self::lock`], so that no other order is possible.
#[derive(Debug)]
pub(super) struct OrganizingLog {
    folder: Arc<LibraryFolder>,
    index: Arc<IndexDb>,
    /// `None` if the library is read-only.
    journal: Mutex<Option<OrganizingJournal>>,
}

/// The locked journal and the locked writer of the index.
struct Locked<'a> {
    writer: TrackedConnection<'a>,
    journal: MutexGuard<'a, Option<OrganizingJournal>>,
}

impl OrganizingLog {
    /// Opens the journal of a library. A missing one is created from the index.
    ///
    /// # Errors
    /// [`LibraryError::Newer`] if a newer version made it; else it cannot be read or written.
    pub(super) fn open(folder: Arc<LibraryFolder>, index: Arc<IndexDb>) -> Result<Self, LibraryError> {
        let journal = if folder.is_read_only() { None } else { Some(open_journal(folder.path(), &index.writer())?) };
        Ok(Self { folder, index, journal: Mutex::new(journal) })
    }

    fn lock(&self) -> Locked<'_> {
        let writer = self.index.writer();
        // An entry that was only partly appended is cut off before the next append.
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        Locked { writer, journal }
    }

    /// Applies entries: to the journal first, which is authoritative, then to the index. Returns the inverse changes.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub(super) fn apply(&self, entries: Vec<Entry>) -> Result<Vec<InverseChange>, LibraryError> {
        let mut locked = self.lock();
        let Locked { writer, journal } = &mut locked;
        let Some(journal) = journal.as_mut() else { return self.folder.ensure_writable().map(|()| Vec::new()) };
        // The index lags only after an error.
        replay_from_checkpoint(writer, journal)?;
        let transaction = writer.transaction()?;
        let mut projector = Projector::new(&transaction);
        let (mut applied, mut inverse) = (Vec::new(), Vec::new());
        for entry in entries {
            if let Some((changed, back)) = projector.apply(entry)? {
                applied.push(changed);
                inverse.push(back);
            }
        }
        if applied.is_empty() {
            return Ok(Vec::new());
        }
        projector.finish()?;
        let before = journal.checkpoint();
        journal.append(&applied)?;
        let kept = save_checkpoint(&transaction, &journal.checkpoint()).and_then(|()| Ok(transaction.commit()?));
        if let Err(error) = kept {
            // After an error was reported, the change must not appear at the next start.
            if let Err(error) = journal.truncate(&before) {
                tracing::error!(error = %chain(&error), "what was not done stays in the journal");
            }
            return Err(error);
        }
        Ok(inverse.into_iter().rev().flatten().collect())
    }

    /// Applies the rest of the journal to the tables, and compacts the journal if it has become long. If images were
    /// inserted that were not in the index before, applies all entries again, because some may be about them.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub(super) fn sync(&self, new_images: bool) -> Result<(), LibraryError> {
        let mut locked = self.lock();
        let Locked { writer, journal } = &mut locked;
        let Some(journal) = journal.as_mut() else { return self.folder.ensure_writable() };
        if new_images {
            writer.execute("DELETE FROM journal", params![])?;
        }
        replay_from_checkpoint(writer, journal)?;
        match journal.compacted(self.folder.path()) {
            Ok(Some(compacted)) => {
                *journal = compacted;
                // The compacted journal describes the same state.
                save_checkpoint(writer, &journal.checkpoint())
            }
            Ok(None) => Ok(()),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "the journal could not be compacted");
                Ok(())
            }
        }
    }

    /// The journal alone, for tests.
    #[cfg(test)]
    pub(super) fn journal(&self) -> MutexGuard<'_, Option<OrganizingJournal>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
