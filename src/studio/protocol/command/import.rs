//! Commands about importing images.

use std::path::PathBuf;

use crate::library::ImportMode;

/// Imports image files into the library.
#[derive(Debug)]
pub enum ImportCommand {
    /// Import files and the files in folders.
    Start {
        /// The files and folders.
        paths: Vec<PathBuf>,
        /// Whether they are copied or linked.
        mode: ImportMode,
    },
    /// Let the person choose images in a dialog.
    Pick {
        /// Whether the dialog chooses folders instead of files.
        folders: bool,
    },
    /// Stop the import after the current file. What is imported by then stays.
    Cancel,
}
