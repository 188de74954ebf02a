//! The rescue folder: a private folder in the system's temporary folder, to which a response is written if the
//! library's disk fails while it arrives.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{library::io::hashing::hexadecimal, private, recipe::RequestId};

/// The rescue folder of this user. It need not exist.
pub fn rescue_folder() -> PathBuf {
    std::env::temp_dir().join(folder_name())
}

#[cfg(unix)]
fn folder_name() -> String {
    format!("atelier-{}", rustix::process::geteuid().as_raw())
}

/// On other systems every user has a temporary folder of their own.
#[cfg(not(unix))]
fn folder_name() -> String {
    "atelier".to_owned()
}

/// The path to which the response of a request is rescued.
pub(in crate::library) fn path(request: RequestId) -> PathBuf {
    rescue_folder().join(format!("{request}.body"))
}

/// Identifies a library by its folder without revealing the folder's path to readers of the temporary folder.
pub(super) fn mark_of(library: &Path) -> String {
    let folder = fs::canonicalize(library).unwrap_or_else(|_| library.to_owned());
    hexadecimal(&Sha256::digest(folder.as_os_str().as_encoded_bytes()))
}

/// Creates a file in the rescue folder that only this user can read.
///
/// # Errors
/// The folder cannot be created, or another user has created it.
pub(super) fn create(request: RequestId) -> io::Result<(File, PathBuf)> {
    let folder = rescue_folder();
    make_private(&folder)?;
    let path = path(request);
    Ok((private::options().read(true).write(true).create(true).truncate(true).open(&path)?, path))
}

/// Creates the folder if it does not exist. Rejects a folder that another user could write to, and a link, because
/// every user can write to the temporary folder.
#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(folder)?;
    let others = found.mode() & 0o077;
    let own = found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && others == 0;
    if own { Ok(()) } else { Err(io::Error::other(format!("{} is not private", folder.display()))) }
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
