//! The folder of an open library: the paths of its files, and whether this version may write to them.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, tz::TimeZone};

use crate::private;

use super::error::{LibraryError, WithPath as _};

/// The name of the index.
pub(in crate::library) const DATABASE_NAME: &str = "library.db";

/// The folder of an open library, shared by all its parts.
#[derive(Debug)]
pub(in crate::library) struct LibraryFolder {
    path: PathBuf,
    newer: Option<i64>,
}

impl LibraryFolder {
    /// A writable library folder.
    pub(in crate::library) fn writable(path: &Path) -> Self {
        Self { path: path.to_owned(), newer: None }
    }

    /// The folder of a library that a newer version made, which is read-only. `found` is the version of its format.
    pub(in crate::library) fn read_only(path: &Path, found: i64) -> Self {
        Self { path: path.to_owned(), newer: Some(found) }
    }

    /// Its path.
    pub(in crate::library) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file or folder in it.
    pub(in crate::library) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// The path of the index.
    pub(in crate::library) fn database(&self) -> PathBuf {
        self.join(DATABASE_NAME)
    }

    /// Whether the library is read-only, because a newer version made it.
    pub(in crate::library) fn is_read_only(&self) -> bool {
        self.newer.is_some()
    }

    /// Tests whether the library may be written to. Every method that writes calls this first.
    ///
    /// # Errors
    /// [`LibraryError::Newer`] if it is read-only.
    pub(in crate::library) fn ensure_writable(&self) -> Result<(), LibraryError> {
        self.newer.map_or(Ok(()), |found| Err(LibraryError::Newer { found }))
    }

    /// The folder of the originals of a month.
    pub(in crate::library) fn month(&self, created: Timestamp) -> PathBuf {
        self.join(month_dir(created))
    }

    /// The path of an original while it is in the trash.
    pub(in crate::library) fn trash_path(&self, live: &Path) -> PathBuf {
        self.join("trash").join(live.file_name().unwrap_or_default())
    }

    /// A path as the index stores it: relative to the library's folder, so that the library can be moved.
    pub(in crate::library) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.path).unwrap_or(path).to_string_lossy().into_owned()
    }

    /// Whether a file is in the library's own folder.
    pub(in crate::library) fn contains(&self, file: &Path) -> bool {
        match (file.canonicalize(), self.path.canonicalize()) {
            (Ok(file), Ok(folder)) => file.starts_with(folder),
            _ => file.starts_with(&self.path),
        }
    }

    /// The path of a marker file. It exists while images have their names and may not be in the index.
    pub(in crate::library) fn reindex_marker(&self) -> PathBuf {
        self.join("originals/not-indexed")
    }
}

/// The folder of a month's originals below the library's, in UTC so that it does not depend on the local time zone.
pub(in crate::library) fn month_dir(created: Timestamp) -> String {
    let created = created.to_zoned(TimeZone::UTC);
    format!("originals/{:04}/{:02}", created.year(), created.month())
}

/// Folders and files beside the originals that hold requests and responses.
const PRIVATE_NAMES: [&str; 10] = [
    "exchanges",
    "lost+found",
    "sheets",
    "library.db",
    "library.db-wal",
    "library.db-shm",
    "library.lock",
    "organising.jsonl",
    "spending.jsonl",
    "votes.jsonl",
];

/// Creates the folders of a library, and makes those private that an earlier version left readable to others. The files
/// within the folders keep their permissions: there can be a million of them, and other users cannot reach them through
/// a private folder.
///
/// # Errors
/// A folder cannot be created.
pub(in crate::library) fn create_library_dirs(folder: &Path) -> Result<(), LibraryError> {
    let is_library = folder.join("library.lock").exists();
    private::make_folder(folder).at(folder)?;
    if is_library {
        // A folder that holds other things as well is only made private once it is a library.
        private::close_to_others(folder);
        for name in PRIVATE_NAMES {
            private::close_to_others(&folder.join(name));
        }
    }
    for name in ["originals", "references", "spool", "thumbnails", "trash"] {
        let path = folder.join(name);
        private::keep_folder(&path).at(&path)?;
    }
    Ok(())
}
