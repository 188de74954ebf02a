//! Commands about files that people share: provider profiles, styles and wildcards.

use std::path::PathBuf;

use crate::settings::Style;

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

/// Imports and exports styles.
#[derive(Debug)]
pub enum StyleFileCommand {
    /// Let the person choose a file of styles in a dialog, and send its styles.
    PickImport,
    /// Let the person choose a file in a save dialog, and write styles to it.
    PickExport(Vec<Style>),
}

/// Reads and changes wildcard files.
#[derive(Debug)]
pub enum WildcardCommand {
    /// Read the wildcard files again.
    Reload,
    /// Write a wildcard file.
    Save {
        /// Its name, which may contain folders: `place/city`.
        name: String,
        /// Its content.
        text: String,
    },
    /// Remove a wildcard file; it is renamed, not deleted.
    Delete(String),
    /// Let the person choose wildcard files of other programs in a dialog, and import them.
    PickImport,
}
