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

/// Rebuilds the index of a library from its files. `progress` is called with the number of indexed and of all images.
///
/// # Errors
/// The library is open elsewhere, or cannot be read or written. The index is unchanged.
pub fn rebuild(paths: &Paths, progress: impl Fn(usize, usize)) -> Result<RebuildReport, StartError> {
    let folder = folder(paths);
    library::rebuild(&folder, progress).map_err(|error| cannot_open(error, folder))
}

/// Verifies all images of a library. With `repair`, repairs what can be repaired. `progress` is called with the number
/// of verified and of all images.
///
/// # Errors
/// The library is open elsewhere, or cannot be read or written.
pub fn check_library(paths: &Paths, repair: bool, progress: impl Fn(usize, usize)) -> Result<VerifyReport, StartError> {
    let folder = folder(paths);
    let report = Library::open(&folder).and_then(|library| library.verify(repair, progress));
    report.map_err(|error| cannot_open(error, folder))
}

fn folder(paths: &Paths) -> PathBuf {
    paths.library.clone().or_else(|| paths.settings().library).unwrap_or_else(default_library)
}
