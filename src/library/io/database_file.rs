//! The files of a `SQLite` database.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    error_chain::{Cause, chain},
    private,
};

use super::error::{LibraryError, WithPath as _};

/// Creates a missing database file with private permissions from its first byte on; the files that `SQLite` puts beside
/// it get the same permissions. Where this is not possible, `SQLite` reports why. A file that exists is not touched,
/// because closing it would drop the locks of other connections.
pub(in crate::library) fn create_private(path: &Path) {
    if !path.exists() {
        private::options().write(true).create_new(true).open(path).ok();
    }
}

/// The path of a file that belongs to a database: its name with a suffix.
pub(in crate::library) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Moves a damaged index out of the way. It is kept, because requests that were not sent are only in it.
///
/// # Errors
/// Its files cannot be renamed.
pub(in crate::library) fn quarantine(path: &Path, reason: &Cause) -> Result<(), LibraryError> {
    tracing::error!(path = %path.display(), reason = %chain(reason), "the index is damaged; rebuilding it");
    let number = (1..1000).find(|number| !path.with_extension(format!("db.damaged-{number}")).exists()).unwrap_or(1);
    for suffix in ["", "-wal", "-shm"] {
        let from = with_suffix(path, suffix);
        let to = path.with_extension(format!("db.damaged-{number}{suffix}"));
        if from.exists() {
            fs::rename(&from, &to).at(&to)?;
        }
    }
    Ok(())
}
