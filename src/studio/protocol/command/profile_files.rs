//! Commands about files of provider profiles.

use std::path::PathBuf;

/// Imports and exports provider profiles.
#[derive(Debug)]
pub enum ProfileFileCommand {
    /// Let the person choose a file of profiles in a dialog, and add its profiles.
    PickImport,
    /// Let the person choose a file in a save dialog, and write all profiles to it without their secrets.
    PickExport,
    /// Add the profiles of a file. Existing profiles do not change.
    Import(PathBuf),
    /// Write all profiles to a file, without their secrets.
    Export(PathBuf),
}
