//! Writing so that neither a crash nor a power cut leaves half a file under its name.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread::{self, JoinHandle},
};

use crate::private;

use super::error::{At as _, LibraryError};

/// Extension of files that are still being written.
pub(in crate::library) const PART: &str = "part";

/// Writes a file under a temporary name, flushes it and gives it its name. The folder is flushed by the caller,
/// who may have more to rename in it.
pub(in crate::library) fn write(path: &Path, bytes: &[u8]) -> Result<(), LibraryError> {
    let mut unnamed = Unnamed::write(path, bytes)?;
    unnamed.flush()?;
    unnamed.name()?;
    Ok(())
}

/// A file that is written under a temporary name. Dropped before [`Self::name`], it leaves nothing behind.
#[derive(Debug)]
pub(in crate::library) struct Unnamed {
    path: PathBuf,
    part: PathBuf,
    file: File,
    flushed: bool,
    named: bool,
}

impl Unnamed {
    /// Writes a file that is to have this name. It is not flushed.
    pub(in crate::library) fn write(path: &Path, bytes: &[u8]) -> Result<Self, LibraryError> {
        let part = path.with_added_extension(PART);
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

    /// Gives it its name, which the caller flushes. Its bytes are flushed before, if that was not done yet. Returns the
    /// name.
    pub(in crate::library) fn name(mut self) -> Result<PathBuf, LibraryError> {
        if !self.flushed {
            self.flush()?;
        }
        fs::rename(&self.part, &self.path).at(&self.path)?;
        self.named = true;
        Ok(std::mem::take(&mut self.path))
    }
}

impl Drop for Unnamed {
    fn drop(&mut self) {
        if !self.named
            && let Err(error) = remove(&self.part)
        {
            tracing::warn!(%error, "a temporary file was left behind");
        }
    }
}

/// A flush of a file that waits for the disk on a thread of its own.
#[derive(Debug)]
pub(in crate::library) struct BackgroundFlush(Option<JoinHandle<io::Result<()>>>);

impl BackgroundFlush {
    /// Begins to flush what has been written to a file.
    pub(in crate::library) fn begin(file: &File) -> Self {
        let flush = |file: File| thread::Builder::new().name("file flush".to_owned()).spawn(move || file.sync_data());
        Self(file.try_clone().and_then(flush).ok())
    }

    /// Waits for the end of it. Without a thread, or where it broke down, the file is flushed here.
    pub(in crate::library) fn wait(self, file: &File) -> io::Result<()> {
        self.0.and_then(|thread| thread.join().ok()).unwrap_or_else(|| file.sync_data())
    }
}

/// Flushes a folder, so that the names in it outlive a power cut.
#[cfg(unix)]
pub(in crate::library) fn sync_folder(folder: &Path) -> Result<(), LibraryError> {
    File::open(folder).and_then(|folder| folder.sync_all()).at(folder)
}

/// Elsewhere a folder cannot be opened as a file, and names are flushed by the system.
#[cfg(not(unix))]
pub(in crate::library) fn sync_folder(_folder: &Path) -> Result<(), LibraryError> {
    Ok(())
}

/// Makes a folder below another one, and its name durable.
pub(in crate::library) fn make_folder(folder: &Path, below: &Path) -> Result<(), LibraryError> {
    if folder.is_dir() {
        return Ok(());
    }
    private::make_folder(folder).at(folder)?;
    for parent in folder.ancestors().skip(1).take_while(|parent| parent.starts_with(below)) {
        sync_folder(parent)?;
    }
    Ok(())
}

/// A name beside a file's own that nothing has yet, for what cannot be used and must not be lost.
pub(in crate::library) fn aside(path: &Path) -> PathBuf {
    let named = |number: u32| path.with_added_extension(format!("damaged-{number}"));
    (1..1000).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(1))
}

/// Bytes in lower-case hexadecimal.
pub(in crate::library) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    })
}

/// Removes a file that may not be there.
pub(in crate::library) fn remove(path: &Path) -> Result<(), LibraryError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed.at(path),
    }
}
