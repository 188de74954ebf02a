//! Atomic writes: neither a crash nor a power cut leaves half a file under its final name.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread::{self, JoinHandle},
};

use crate::{error_chain::chain, private};

use super::error::{LibraryError, WithPath as _};

/// The extension of files that are still being written.
pub(in crate::library) const TEMP_SUFFIX: &str = "part";

/// Writes a file under a temporary name, flushes it and renames it. The caller flushes the folder, because it may have
/// more to rename in it.
pub(in crate::library) fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), LibraryError> {
    let mut unnamed = UnnamedFile::write(path, bytes)?;
    unnamed.flush()?;
    unnamed.rename()?;
    Ok(())
}

/// A file with a temporary name. If it is dropped before [`Self::rename`], it leaves nothing behind.
#[derive(Debug)]
pub(in crate::library) struct UnnamedFile {
    path: PathBuf,
    part: PathBuf,
    file: File,
    flushed: bool,
    named: bool,
}

impl UnnamedFile {
    /// Writes a file under the temporary name for this name. Does not flush it.
    pub(in crate::library) fn write(path: &Path, bytes: &[u8]) -> Result<Self, LibraryError> {
        let part = path.with_added_extension(TEMP_SUFFIX);
        let file = private::create(&part).at(&part)?;
        let mut unnamed = Self { path: path.to_owned(), part, file, flushed: false, named: false };
        unnamed.file.write_all(bytes).at(&unnamed.part)?;
        Ok(unnamed)
    }

    /// Flushes its bytes.
    pub(in crate::library) fn flush(&mut self) -> Result<(), LibraryError> {
        self.file.sync_data().at(&self.part)?;
        self.flushed = true;
        Ok(())
    }

    /// Renames the file to its final name, which the caller flushes. Flushes its bytes first if that was not done.
    /// Returns the final path.
    pub(in crate::library) fn rename(mut self) -> Result<PathBuf, LibraryError> {
        if !self.flushed {
            self.flush()?;
        }
        fs::rename(&self.part, &self.path).at(&self.path)?;
        self.named = true;
        Ok(std::mem::take(&mut self.path))
    }
}

impl Drop for UnnamedFile {
    fn drop(&mut self) {
        if !self.named
            && let Err(error) = remove_if_exists(&self.part)
        {
            tracing::warn!(error = %chain(&error), "a temporary file was left behind");
        }
    }
}

/// A flush of a file that runs on a thread of its own.
#[derive(Debug)]
pub(in crate::library) struct BackgroundFlush(Option<JoinHandle<io::Result<()>>>);

impl BackgroundFlush {
    /// Starts to flush the bytes that have been written to a file.
    pub(in crate::library) fn begin(file: &File) -> Self {
        let flush = |file: File| thread::Builder::new().name("file flush".to_owned()).spawn(move || file.sync_data());
        Self(file.try_clone().and_then(flush).ok())
    }

    /// Waits for the flush to end. If its thread could not be started or panicked, flushes the file here.
    pub(in crate::library) fn wait(self, file: &File) -> io::Result<()> {
        self.0.and_then(|thread| thread.join().ok()).unwrap_or_else(|| file.sync_data())
    }
}

/// Flushes a folder, so that the names in it survive a power cut.
#[cfg(unix)]
pub(in crate::library) fn sync_dir(folder: &Path) -> Result<(), LibraryError> {
    File::open(folder).and_then(|folder| folder.sync_all()).at(folder)
}

/// On other systems a folder cannot be opened like a file, and the system flushes names.
#[cfg(not(unix))]
pub(in crate::library) fn sync_dir(_folder: &Path) -> Result<(), LibraryError> {
    Ok(())
}

/// Creates a folder below another one, and makes its name durable.
pub(in crate::library) fn create_dir_durable(folder: &Path, below: &Path) -> Result<(), LibraryError> {
    if folder.is_dir() {
        return Ok(());
    }
    private::make_folder(folder).at(folder)?;
    for parent in folder.ancestors().skip(1).take_while(|parent| parent.starts_with(below)) {
        sync_dir(parent)?;
    }
    Ok(())
}

/// A free name beside the file's own, for a file that cannot be used and must not be lost.
pub(in crate::library) fn quarantine_path(path: &Path) -> PathBuf {
    let named = |number: u32| path.with_added_extension(format!("damaged-{number}"));
    (1..1000).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(1))
}

/// Removes a file that may not exist.
pub(in crate::library) fn remove_if_exists(path: &Path) -> Result<(), LibraryError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed.at(path),
    }
}
