//! Files and folders that only their user may read.
//!
//! On Unix folders are created with mode 0700 and files with 0600, and a folder that others may enter is closed to them
//! when it is used. Files in it that were created with wider permissions need no change, because nobody else can reach
//! them any more. On Windows the folders are in the user's profile, whose access list gives them to that user, the
//! system and its administrators; a library elsewhere inherits the access list of its parent folder.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

/// Creates a folder and its missing parents.
///
/// # Errors
/// The system refuses it.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Creates a folder, or closes an existing one to others. If that is not possible, as on a disk without permissions,
/// the folder is used as it is.
///
/// # Errors
/// The folder cannot be created.
pub fn keep_folder(folder: &Path) -> io::Result<()> {
    make_folder(folder)?;
    close_to_others(folder);
    Ok(())
}

/// Options to open files. Files that are created with them are private.
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Creates a file, or truncates the existing one.
///
/// # Errors
/// The system refuses it.
pub fn create(path: &Path) -> io::Result<File> {
    options().write(true).create(true).truncate(true).open(path)
}

/// Writes a whole file.
///
/// # Errors
/// The system refuses it, or the disk is full.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    io::Write::write_all(&mut create(path)?, bytes)
}

/// Removes the permissions of others from an existing file or folder. Links are not changed, nor are files that belong
/// to another user.
pub fn close_to_others(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let Ok(found) = fs::symlink_metadata(path) else { return };
        let mode = found.permissions().mode();
        // A folder with the sticky bit, such as /tmp, is shared on purpose.
        if !found.is_symlink() && mode & 0o077 != 0 && mode & 0o1000 == 0 {
            // A user who does not own it may not change it, and need not.
            fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o7700)).ok();
        }
    }
    #[cfg(not(unix))]
    let _: &Path = path;
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        let found = fs::metadata(path).expect("it is there");
        found.permissions().mode() & 0o777
    }

    #[test]
    fn created_files_are_private_and_open_ones_are_restricted() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old, file) = (folder.path().join("a/b"), folder.path().join("old"), folder.path().join("a/file"));
        keep_folder(&new).unwrap();
        write(&file, b"x").unwrap();
        fs::create_dir(&old).unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
        keep_folder(&old).unwrap();
        assert_eq!([&new, &folder.path().join("a"), &old, &file].map(|path| mode(path)), [0o700, 0o700, 0o700, 0o600]);
        close_to_others(&folder.path().join("not there"));
    }
}
