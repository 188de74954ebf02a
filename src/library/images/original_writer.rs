//! Writes an original while its bytes arrive. The bytes are stored as received and never changed.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{
    error_chain::chain,
    library::{
        io::{
            atomic_file::{self, BackgroundFlush, TEMP_SUFFIX},
            error::{LibraryError, WithPath as _},
            hashing,
            library_folder::LibraryFolder,
        },
        store::sidecar::Sidecar,
    },
    private,
    recipe::ImageId,
};

/// An original that is being received. If it is dropped before it is stored, it leaves nothing behind.
pub struct OriginalWriter {
    part: PathBuf,
    file: File,
    hash: Sha256,
    bytes: u64,
    flush: Flush,
    committed: bool,
}

/// How much of an original was flushed to the disk.
enum Flush {
    /// Nothing for certain.
    Not,
    /// A flush of what was written is running.
    Begun(BackgroundFlush),
    /// All that was written.
    Done,
}

impl OriginalWriter {
    /// Creates the file of an original below a library's folder.
    ///
    /// # Errors
    /// The folder cannot be written, or its disk is full.
    pub(super) fn create(folder: &LibraryFolder, id: ImageId, created: Timestamp) -> Result<Self, LibraryError> {
        let month = folder.month(created);
        atomic_file::create_dir_durable(&month, folder.path())?;
        let part = month.join(format!("{id}.{TEMP_SUFFIX}"));
        let file = private::options().write(true).create_new(true).open(&part).at(&part)?;
        Ok(Self { part, file, hash: Sha256::new(), bytes: 0, flush: Flush::Not, committed: false })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), LibraryError> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.flush = Flush::Not;
        self.file.write_all(bytes).at(&self.part)
    }

    /// SHA-256 of the bytes that have been written so far, in lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        hashing::hexadecimal(&self.hash.clone().finalize())
    }

    /// Starts to flush what has been written, so that less is left for [`Self::flush`]. Does not wait.
    pub fn begin_flush(&mut self) {
        if matches!(self.flush, Flush::Not) {
            self.flush = Flush::Begun(BackgroundFlush::begin(&self.file));
        }
    }

    /// Flushes what has been written, so that less is left to flush when the original is stored.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn flush(&mut self) -> Result<(), LibraryError> {
        let flushed = match std::mem::replace(&mut self.flush, Flush::Not) {
            Flush::Not => self.file.sync_data(),
            Flush::Begun(begun) => begun.wait(&self.file),
            // A flush waits for the disk even if there is nothing to write.
            Flush::Done => Ok(()),
        };
        flushed.at(&self.part)?;
        self.flush = Flush::Done;
        Ok(())
    }

    /// The number of bytes that have been written.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The path at which the original of this sidecar is stored.
    pub(super) fn path_of(&self, sidecar: &Sidecar) -> PathBuf {
        self.part.with_file_name(sidecar.file_name())
    }

    /// Renames the file to its final name.
    pub(super) fn rename(mut self, path: &Path) -> Result<(), LibraryError> {
        fs::rename(&self.part, path).at(path)?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for OriginalWriter {
    fn drop(&mut self) {
        if !self.committed
            && let Err(error) = atomic_file::remove_if_exists(&self.part)
        {
            tracing::warn!(error = %chain(&error), "a temporary file was left behind");
        }
    }
}
