//! Shows files and folders in the system's file manager.

use std::path::Path;

use crate::error_chain::chain;

/// Selects a file in the file manager, or opens its folder. Returns whether one of them worked. Blocks.
pub fn select_file(path: &Path) -> bool {
    opener::reveal(path)
        .or_else(|error| {
            tracing::info!(error = %chain(&error), "the file manager does not select files; its folder is opened instead");
            opener::open(path.parent().unwrap_or(path))
        })
        .is_ok()
}

/// Opens a folder. Returns whether it is there and could be opened. Blocks.
pub fn open_folder(folder: &Path) -> bool {
    folder.is_dir() && opener::open(folder).is_ok()
}
