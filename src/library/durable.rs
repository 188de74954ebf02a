//! Writing so that neither a crash nor a power cut leaves half a file under its name.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use super::error::{At as _, LibraryError};

/// Extension of files that are still being written.
pub(super) const PART: &str = "part";

/// Writes a file under a temporary name, flushes it and gives it its name. The folder is flushed by the caller,
/// who may have more to rename in it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), LibraryError> {
    let part = path.with_added_extension(PART);
    let mut file = File::create(&part).at(&part)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_data()).at(&part);
    let named = written.and_then(|()| fs::rename(&part, path).at(path));
    if named.is_err() {
        remove(&part)?;
    }
    named
}

/// Flushes a folder, so that the names in it outlive a power cut.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> Result<(), LibraryError> {
    File::open(folder).and_then(|folder| folder.sync_all()).at(folder)
}

/// Elsewhere a folder cannot be opened as a file, and names are flushed by the system.
#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> Result<(), LibraryError> {
    Ok(())
}

/// Makes a folder below another one, and its name durable.
pub(super) fn make_folder(folder: &Path, below: &Path) -> Result<(), LibraryError> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).at(folder)?;
    for parent in folder.ancestors().skip(1).take_while(|parent| parent.starts_with(below)) {
        sync_folder(parent)?;
    }
    Ok(())
}

/// A name beside a file's own that nothing has yet, for what cannot be used and must not be lost.
pub(super) fn aside(path: &Path) -> PathBuf {
    let named = |number: u32| path.with_added_extension(format!("damaged-{number}"));
    (1..1000).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(1))
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    })
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> Result<(), LibraryError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed.at(path),
    }
}
