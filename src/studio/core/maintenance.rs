//! Maintenance of a library that is not open: rebuilds its index, verifies its files. Blocks.

use std::path::PathBuf;

use crate::{
    library::{self, Library, RebuildReport, VerifyReport},
    studio::{
        core::startup::{cannot_open, default_library},
        protocol::StartError,
        runtime::context::Paths,
    },
};

/// Makes the index of a library anew from its files. `progress` hears how many of how many pictures are in it.
///
/// # Errors
/// The library is open elsewhere, or cannot be read or written. Its index is as it was.
pub fn rebuild(paths: &Paths, progress: impl Fn(usize, usize)) -> Result<RebuildReport, StartError> {
    let folder = folder(paths);
    library::rebuild(&folder, progress).map_err(|error| cannot_open(error, folder))
}

/// Reads every picture of a library and says what is wrong. With `mend`, mends what can be mended. `progress` hears how
/// many of how many pictures were read.
///
/// # Errors
/// The library is open elsewhere, or cannot be read or written.
pub fn check_library(paths: &Paths, mend: bool, progress: impl Fn(usize, usize)) -> Result<VerifyReport, StartError> {
    let folder = folder(paths);
    let checked = Library::open(&folder).and_then(|library| library.verify(mend, progress));
    checked.map_err(|error| cannot_open(error, folder))
}

fn folder(paths: &Paths) -> PathBuf {
    paths.library.clone().or_else(|| paths.settings().library).unwrap_or_else(default_library)
}
