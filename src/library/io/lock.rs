//! The lock of a library, so that only one program has it open.
//!
//! Two things are locked: the file `library.lock`, and, where the system supports it, the folder itself. The file can
//! be deleted or replaced while it is locked, and its lock would then be useless. The folder's lock remains, so that no
//! other program can open the library, and the file is created again before the next request is sent.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    error_chain::{Cause, chain},
    private,
};

use super::error::{LibraryError, WithPath as _};

/// The name of the lock file.
const LOCK_NAME: &str = "library.lock";

/// A held lock. The system releases it when the program ends.
#[derive(Debug)]
pub(in crate::library) struct Lock {
    folder: PathBuf,
    file: Mutex<File>,
    /// The folder as it was when it was locked; `None` if folders cannot be locked.
    whole: Option<File>,
}

impl Lock {
    /// Acquires the lock of a library.
    ///
    /// # Errors
    /// [`LibraryError::Busy`] if another program has it; otherwise the file cannot be created.
    pub(in crate::library) fn take(folder: &Path) -> Result<Self, LibraryError> {
        let whole = lock_folder(folder)?;
        let file = Mutex::new(lock_file(folder)?);
        Ok(Self { folder: folder.to_owned(), file, whole })
    }

    /// The locked file.
    pub(in crate::library) fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes sure that the lock is still effective, before an operation that costs money. Returns whether the file had
    /// to be created again.
    ///
    /// # Errors
    /// The library's folder was replaced by another one, or another program has acquired the lock.
    pub(in crate::library) fn ensure(&self) -> Result<bool, LibraryError> {
        let path = self.folder.join(LOCK_NAME);
        if let Some(whole) = &self.whole
            && !is_same(whole, &self.folder)
        {
            let reason = Cause::from("the folder was replaced while it was open");
            return Err(LibraryError::CannotWrite { path: self.folder.clone(), reason });
        }
        let mut file = self.file();
        if is_same(&file, &path) {
            return Ok(false);
        }
        tracing::warn!(path = %path.display(), "the lock's file was removed or replaced, and is made again");
        *file = lock_file(&self.folder)?;
        Ok(true)
    }
}

fn lock_file(folder: &Path) -> Result<File, LibraryError> {
    let path = folder.join(LOCK_NAME);
    let mut options = private::options();
    options.create(true).truncate(false).read(true).write(true);
    // Keeps the file from being deleted or renamed while it is open.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, FILE_SHARE_READ_WRITE);
    let file = options.open(&path).at(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LibraryError::Busy { folder: folder.to_owned() }),
        Err(TryLockError::Error(error)) => Err(error).at(&path),
    }
}

/// `FILE_SHARE_READ | FILE_SHARE_WRITE`, without `FILE_SHARE_DELETE`.
#[cfg(windows)]
const FILE_SHARE_READ_WRITE: u32 = 3;

/// Locks the folder itself. Network disks may not support it, which is not an error, because the file is locked as
/// well.
#[cfg(unix)]
fn lock_folder(folder: &Path) -> Result<Option<File>, LibraryError> {
    let whole = File::open(folder).at(folder)?;
    match whole.try_lock() {
        Ok(()) => Ok(Some(whole)),
        Err(TryLockError::WouldBlock) => Err(LibraryError::Busy { folder: folder.to_owned() }),
        Err(TryLockError::Error(error)) => {
            tracing::info!(error = %chain(&error), "this disk does not lock folders");
            Ok(None)
        }
    }
}

/// On other systems a folder cannot be opened like a file.
#[cfg(not(unix))]
fn lock_folder(_folder: &Path) -> Result<Option<File>, LibraryError> {
    Ok(None)
}

/// Whether the path still leads to this open file or folder.
#[cfg(unix)]
fn is_same(open: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let number = |about: fs::Metadata| (about.dev(), about.ino());
    match (open.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => number(open) == number(named),
        _ => false,
    }
}

/// On other systems a file that was opened like this one cannot be removed or replaced.
#[cfg(not(unix))]
fn is_same(_open: &File, path: &Path) -> bool {
    fs::exists(path).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        library::{
            Library,
            queue_store::request_record::{RequestRecord, RequestStatus},
        },
        recipe::{Recipe, RequestId},
    };

    #[test]
    fn removed_or_replaced_lock_file_is_recreated_and_admits_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let path = folder.path().join(LOCK_NAME);
        assert_eq!(lock.ensure(), Ok(false));
        for replace in [false, true] {
            fs::remove_file(&path).unwrap();
            if replace {
                fs::write(&path, "other").unwrap();
            }
            if cfg!(target_os = "linux") {
                let second = Lock::take(folder.path());
                assert!(matches!(second, Err(LibraryError::Busy { .. })), "{second:?}");
            }
            assert_eq!(lock.ensure(), Ok(true));
            assert_eq!(lock.ensure(), Ok(false));
            assert!(matches!(Lock::take(folder.path()), Err(LibraryError::Busy { .. })));
        }
        drop(lock);
        assert!(Lock::take(folder.path()).is_ok());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn library_with_a_replaced_folder_sends_nothing() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("library");
        let library = Library::open(&folder).unwrap();
        let request = RequestId::from_uuid(uuid::Uuid::from_u128(1));
        let intent = RequestRecord { request, recipe: Recipe::default(), created: jiff::Timestamp::UNIX_EPOCH };
        library.requests().record(&[intent]).unwrap();
        fs::rename(&folder, home.path().join("moved")).unwrap();
        fs::create_dir(&folder).unwrap();
        let sent = library.requests().set_status(request, &RequestStatus::Sending);
        assert!(matches!(sent, Err(LibraryError::CannotWrite { .. })), "{sent:?}");
        fs::remove_dir(&folder).unwrap();
        fs::rename(home.path().join("moved"), &folder).unwrap();
        fs::remove_file(folder.join(LOCK_NAME)).unwrap();
        assert_eq!(library.requests().set_status(request, &RequestStatus::Sending), Ok(()));
        assert!(folder.join(LOCK_NAME).exists());
    }
}
