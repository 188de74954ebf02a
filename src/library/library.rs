//! The open library: opens its parts together, and lends them.

use std::{path::Path, sync::Arc};

use crate::error_chain::chain;

use super::{
    images::{backfill::Backfill, image_store::ImageStore},
    import::importer::ImageImporter,
    index::database::IndexDb,
    io::{
        atomic_file,
        database_file::quarantine,
        error::LibraryError,
        file_identity::{is_copied_database, record_identity},
        library_folder::{DATABASE_NAME, LibraryFolder, create_library_dirs},
        lock::Lock,
        owned_paths,
    },
    journal::{spending_log::SpendingLog, vote_log::VoteLog},
    organize::{organizer::Organizer, trash::Trash},
    queue_store::{exchange_log::ExchangeLog, request_table::RequestTable, spool::ResponseSpool},
    recovery::{
        index_health,
        leftovers::clear_leftovers,
        reindex::{self, rebuild_in_place},
        startup_repair::StartupRepair,
        verify::Verifier,
        verify_report::VerifyReport,
    },
    search::image_search::ImageSearch,
    store::{prompt_sheets::SheetStore, references::ReferenceStore, thumbnail_pack::ThumbnailCache},
};

/// An open library. It is shared between threads behind an `Arc`, and only one program at a time has it open.
///
/// It owns the parts of the library, opens them together, and lends them. Every operation is a method of the part that
/// it concerns.
#[derive(Debug)]
pub struct Library {
    folder: Arc<LibraryFolder>,
    index: Arc<IndexDb>,
    images: Arc<ImageStore>,
    backfill: Backfill,
    importer: ImageImporter,
    organizer: Arc<Organizer>,
    trash: Trash,
    search: ImageSearch,
    requests: RequestTable,
    spool: ResponseSpool,
    exchanges: ExchangeLog,
    references: Arc<ReferenceStore>,
    sheets: SheetStore,
    thumbnails: Arc<ThumbnailCache>,
    spending: SpendingLog,
    votes: VoteLog,
    /// The number of requests that were recorded again from the spool when the library was opened.
    restored_requests: usize,
    /// Held until the library is dropped.
    lock: Arc<Lock>,
}

impl Library {
    /// Opens a library, creates it if it does not exist, and repairs what a crash has left. A library that a newer
    /// version made is read-only: every change of it fails with [`LibraryError::Newer`].
    ///
    /// # Errors
    /// [`LibraryError::Busy`] if another program has it open, [`LibraryError::CannotWrite`] or
    /// [`LibraryError::DiskFull`] if its folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self, LibraryError> {
        create_library_dirs(folder)?;
        let lock = Arc::new(Lock::take(folder)?);
        let database = folder.join(DATABASE_NAME);
        atomic_file::remove_if_exists(&folder.join(reindex::STAGING_NAME))?;
        if is_copied_database(&lock.file(), &database) {
            tracing::warn!("the index is a copy, or the library has moved; rebuilding the index");
            match rebuild_in_place(folder, |_, _| ()) {
                // The library is opened read-only below.
                Ok(_) | Err(LibraryError::Newer { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let opened = if index_health::is_damaged(&database) {
            Err(LibraryError::Broken { reason: "its pages contradict each other".into() })
        } else {
            Self::open_locked(folder, Arc::clone(&lock))
        };
        match opened {
            Err(LibraryError::Broken { reason }) => {
                tracing::error!(reason = %chain(&reason), "the index is damaged, and is rebuilt from the files");
                index_health::copy_damaged(&database)?;
                match rebuild_in_place(folder, |_, _| ()) {
                    // The library of a newer version is opened read-only below.
                    Ok(_) | Err(LibraryError::Newer { .. }) => {}
                    Err(LibraryError::Broken { reason }) => {
                        // Not even the unsent requests can be read from it.
                        quarantine(&database, &reason)?;
                        rebuild_in_place(folder, |_, _| ())?;
                    }
                    Err(error) => return Err(error),
                }
                index_health::clear_rebuild_request(&database)?;
                Self::open_locked(folder, lock)
            }
            opened => opened,
        }
    }

    /// Opens a library whose lock is held.
    fn open_locked(folder: &Path, lock: Arc<Lock>) -> Result<Self, LibraryError> {
        let writable = Arc::new(LibraryFolder::writable(folder));
        let opened = IndexDb::open(&writable.database())
            .and_then(|index| Self::assemble(writable, Arc::new(index), Arc::clone(&lock)));
        let mut library = match opened {
            Err(LibraryError::Newer { found }) => return Self::open_read_only(folder, found, lock),
            opened => opened?,
        };
        library.restored_requests = library.repair_after_crash()?;
        record_identity(&library.lock.file(), &library.folder.database());
        Ok(library)
    }

    /// Opens a library that a newer version made, without writing to it.
    fn open_read_only(folder: &Path, found: i64, lock: Arc<Lock>) -> Result<Self, LibraryError> {
        let folder = Arc::new(LibraryFolder::read_only(folder, found));
        let index = Arc::new(IndexDb::open_read_only(&folder.database())?);
        Self::assemble(folder, index, lock)
    }

    fn assemble(folder: Arc<LibraryFolder>, index: Arc<IndexDb>, lock: Arc<Lock>) -> Result<Self, LibraryError> {
        let organizer = Arc::new(Organizer::open(Arc::clone(&folder), Arc::clone(&index))?);
        let images = Arc::new(ImageStore::new(Arc::clone(&folder), Arc::clone(&index)));
        let references = Arc::new(ReferenceStore::new(Arc::clone(&folder)));
        let thumbnails = Arc::new(ThumbnailCache::new(Arc::clone(&folder)));
        Ok(Self {
            backfill: Backfill::new(Arc::clone(&folder), Arc::clone(&index)),
            importer: ImageImporter::new(
                Arc::clone(&folder),
                Arc::clone(&index),
                Arc::clone(&images),
                Arc::clone(&references),
            ),
            trash: Trash::new(Arc::clone(&folder), Arc::clone(&index), Arc::clone(&organizer), Arc::clone(&thumbnails)),
            search: ImageSearch::new(Arc::clone(&folder), Arc::clone(&index)),
            requests: RequestTable::new(Arc::clone(&folder), Arc::clone(&index), Arc::clone(&lock)),
            spool: ResponseSpool::new(Arc::clone(&folder)),
            exchanges: ExchangeLog::new(Arc::clone(&folder)),
            sheets: SheetStore::new(Arc::clone(&folder)),
            spending: SpendingLog::new(Arc::clone(&folder)),
            votes: VoteLog::new(Arc::clone(&folder)),
            folder,
            index,
            images,
            organizer,
            references,
            thumbnails,
            restored_requests: 0,
            lock,
        })
    }

    fn repair_after_crash(&self) -> Result<usize, LibraryError> {
        let Self { folder, index, spool, requests, organizer, trash, .. } = self;
        StartupRepair { folder, index, spool, requests, organizer, trash }.run()
    }

    /// Reads every image of the library and reports all issues. With `repair`, repairs what can be repaired. `progress`
    /// receives the number of images that were read, and the number of all images.
    ///
    /// # Errors
    /// The library cannot be read, or, with `repair`, written.
    pub fn verify(&self, repair: bool, progress: impl Fn(usize, usize)) -> Result<VerifyReport, LibraryError> {
        let Self { folder, index, images, requests, organizer, .. } = self;
        Verifier { folder, index, images, requests, organizer }.run(repair, progress)
    }

    /// Removes temporary files that were left long ago. A response whose image was being stored is in the spool as
    /// well, so that nothing is lost with its partial image. Returns the number of removed files.
    pub fn clear_leftovers(&self) -> usize {
        clear_leftovers(&self.folder)
    }

    /// Records that the index was found damaged while it was used, so that the next start rebuilds it.
    pub fn mark_damaged(&self) {
        index_health::request_rebuild(&self.folder.database());
    }

    /// Whether the library is read-only, because a newer version made it.
    pub fn is_newer(&self) -> bool {
        self.folder.is_read_only()
    }

    /// The number of requests that the index had lost and that were recorded again from their spool files when the library
    /// was opened.
    pub fn restored_requests(&self) -> usize {
        self.restored_requests
    }

    /// The path of its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether a path is, or would be, inside the library's folder, also through symbolic links, other spellings and
    /// folders that do not exist yet.
    pub fn owns(&self, path: &Path) -> bool {
        owned_paths::owns(&self.folder, path)
    }

    /// The images: the paths of their files, and how new ones are stored.
    pub fn images(&self) -> &Arc<ImageStore> {
        &self.images
    }

    /// The backfill of rows of older libraries.
    pub fn backfill(&self) -> &Backfill {
        &self.backfill
    }

    /// The import of files that were made elsewhere.
    pub fn importer(&self) -> &ImageImporter {
        &self.importer
    }

    /// Ratings, flags, labels, tags, notes and collections.
    pub fn organizer(&self) -> &Organizer {
        &self.organizer
    }

    /// The trash.
    pub fn trash(&self) -> &Trash {
        &self.trash
    }

    /// Searches, and reads of rows.
    pub fn search(&self) -> &ImageSearch {
        &self.search
    }

    /// The recorded requests: the durable queue.
    pub fn requests(&self) -> &RequestTable {
        &self.requests
    }

    /// The spool: responses from before their requests are sent until their images are stored.
    pub fn spool(&self) -> &ResponseSpool {
        &self.spool
    }

    /// Recorded requests and responses as they were transmitted.
    pub fn exchanges(&self) -> &ExchangeLog {
        &self.exchanges
    }

    /// Reference images.
    pub fn references(&self) -> &ReferenceStore {
        &self.references
    }

    /// Prompt sheets.
    pub fn sheets(&self) -> &SheetStore {
        &self.sheets
    }

    /// The cache of thumbnails.
    pub fn thumbnails(&self) -> &ThumbnailCache {
        &self.thumbnails
    }

    /// The log of the costs of requests.
    pub fn spending(&self) -> &SpendingLog {
        &self.spending
    }

    /// The log of votes of blind comparisons.
    pub fn votes(&self) -> &VoteLog {
        &self.votes
    }

    /// The index, for tests and measurements.
    #[cfg(any(test, feature = "bench"))]
    pub(in crate::library) fn index(&self) -> &IndexDb {
        &self.index
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn library_is_locked_while_open() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        assert!(matches!(Library::open(folder.path()), Err(LibraryError::Busy { .. })));
        drop(library);
        assert!(Library::open(folder.path()).is_ok());
    }

    #[test]
    fn impossible_library_folder_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let refused = Library::open(&file.join("library"));
        assert!(matches!(refused, Err(LibraryError::CannotWrite { .. })), "{refused:?}");
    }
}
