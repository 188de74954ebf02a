//! The errors of a library.

use std::{
    io,
    path::{Path, PathBuf},
};

use rusqlite::ErrorCode;

use crate::{
    error_chain::Cause,
    recipe::{ImageId, RequestId},
};

/// The reason why an operation on a library failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// Another program has the library open.
    #[error("{} is open elsewhere", folder.display())]
    Busy {
        /// The library's folder.
        folder: PathBuf,
    },
    /// A file or folder of the library cannot be written.
    #[error("{} cannot be written: {reason}", path.display())]
    CannotWrite {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        #[source]
        reason: Cause,
    },
    /// The disk is full.
    #[error("the disk is full: {}", path.display())]
    DiskFull {
        /// The file that was being written.
        path: PathBuf,
    },
    /// A newer version made the library.
    #[error("made by a newer version (format {found})")]
    Newer {
        /// The version of its format.
        found: i64,
    },
    /// The index is damaged.
    #[error("damaged: {reason}")]
    Broken {
        /// The error of the database.
        #[source]
        reason: Cause,
    },
    /// The image does not exist.
    #[error("there is no image {0}")]
    NoSuchImage(ImageId),
    /// A request was to return to an earlier state. Its state is unchanged.
    #[error("request {0} cannot go back")]
    Backward(RequestId),
}

impl LibraryError {
    /// Whether the index itself is damaged, according to `SQLite`, and has to be rebuilt.
    pub fn is_about_damaged_index(&self) -> bool {
        let says = |words: &str| matches!(self, Self::Broken { reason } if reason.to_string().contains(words));
        says("malformed") || says("not a database")
    }
}

impl From<rusqlite::Error> for LibraryError {
    fn from(error: rusqlite::Error) -> Self {
        let path = PathBuf::from("library.db");
        // The file through which connections share the log could not grow. `SQLite` has no code of its own for this.
        if error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::DiskFull { path };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(
                ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked,
            ) => Self::CannotWrite { path, reason: Cause::new(error) },
            _ => Self::Broken { reason: Cause::new(error) },
        }
    }
}

impl From<serde_json::Error> for LibraryError {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken { reason: Cause::new(error) }
    }
}

/// Adds the path to an error of the system.
pub(in crate::library) trait WithPath<T> {
    /// The library's error for a path.
    fn at(self, path: &Path) -> Result<T, LibraryError>;
}

impl<T> WithPath<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, LibraryError> {
        self.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                LibraryError::DiskFull { path: path.to_owned() }
            }
            _ => LibraryError::CannotWrite { path: path.to_owned(), reason: Cause::new(error) },
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write as _};

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn full_disk_error_is_recognized() {
        let path = Path::new("/dev/full");
        let full = File::options().write(true).open(path).unwrap().write_all(b"picture").at(path);
        assert_eq!(full, Err(LibraryError::DiskFull { path: path.to_owned() }));
    }

    #[test]
    fn wal_index_that_cannot_grow_is_a_full_disk() {
        let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
        let full = LibraryError::DiskFull { path: PathBuf::from("library.db") };
        assert_eq!(LibraryError::from(rusqlite::Error::SqliteFailure(error, None)), full);
    }
}
