//! The spool of a library: the files of responses from before their requests are sent until their images are stored.

use std::{sync::Arc, time::SystemTime};

use crate::{
    error_chain::chain,
    library::io::{
        atomic_file,
        error::{LibraryError, WithPath as _},
        library_folder::LibraryFolder,
    },
    recipe::{KeptResponse, RequestId},
};

use super::{
    header::SpoolHeader,
    kept::{self, KeptLimits, KeptTotals},
    rescue,
    spool_files::{SpoolFiles, SpooledResponse},
    writer::SpoolWriter,
};

/// The spool of a library.
#[derive(Debug)]
pub struct ResponseSpool {
    folder: Arc<LibraryFolder>,
    files: Arc<SpoolFiles>,
}

impl ResponseSpool {
    /// The spool of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>) -> Self {
        let files = Arc::new(SpoolFiles::new(folder.path()));
        Self { folder, files }
    }

    /// Its files.
    pub(in crate::library) fn files(&self) -> &SpoolFiles {
        &self.files
    }

    /// Creates the spool file of a request that is about to be sent, with space for a body of `reserve` bytes.
    ///
    /// # Errors
    /// The disk is full or cannot be written, and the request must not be sent.
    pub fn create(
        &self,
        request: RequestId,
        mut header: SpoolHeader,
        reserve: u64,
    ) -> Result<SpoolWriter, LibraryError> {
        self.folder.ensure_writable()?;
        header.library = Some(self.files.mark().to_owned());
        let mut line = serde_json::to_vec(&header)?;
        line.push(b'\n');
        SpoolWriter::create(&self.files, request, &line, reserve)
    }

    /// The response of a request in the spool, if there is one whose header can be read.
    ///
    /// # Errors
    /// The file exists and cannot be read.
    pub fn read(&self, request: RequestId) -> Result<Option<SpooledResponse>, LibraryError> {
        self.files.open(request)
    }

    /// Removes the response of a request from the spool, wherever it is.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn remove(&self, request: RequestId) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        self.files.remove(request)
    }

    /// Writes responses that are only in memory to a disk, because the program is about to end.
    pub fn save_memory(&self) {
        let held = self.files.take_memory();
        for (request, whole) in held {
            let path = self.files.path(request);
            let saved = atomic_file::write_atomic(&path, &whole).or_else(|_| {
                let (mut file, path) = rescue::create(request).at(&rescue::rescue_folder())?;
                std::io::Write::write_all(&mut file, &whole).and_then(|()| file.sync_all()).at(&path)
            });
            if let Err(error) = saved {
                tracing::error!(%request, error = %chain(&error), "a response is lost, because no disk takes it");
            }
        }
    }

    /// Keeps the response of a request until it is removed or [`Self::prune_kept`] removes it. Returns the kept
    /// response; `None` if no byte of a body had arrived, in which case nothing is kept.
    ///
    /// # Errors
    /// The spool cannot be read or written. Files stay where they are.
    pub fn keep(&self, request: RequestId) -> Result<Option<KeptResponse>, LibraryError> {
        self.folder.ensure_writable()?;
        kept::keep(&self.files, self.folder.path(), request)
    }

    /// The number and size of kept responses.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn kept_totals(&self) -> Result<KeptTotals, LibraryError> {
        kept::totals(&self.files)
    }

    /// Removes kept responses that are older than the limits allow, and the oldest of those that exceed the size limit.
    /// Returns their requests.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn prune_kept(&self, limits: KeptLimits, now: SystemTime) -> Result<Vec<RequestId>, LibraryError> {
        self.folder.ensure_writable()?;
        kept::prune(&self.files, limits, now)
    }

    /// Removes all kept responses. Returns their requests.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn remove_all_kept(&self) -> Result<Vec<RequestId>, LibraryError> {
        self.prune_kept(KeptLimits { bytes: 0, days: 0 }, SystemTime::now())
    }
}
