//! Commands about exporting images.

use crate::studio::protocol::images::{ExportOptions, GridImageOptions};

/// Writes images to files outside the library.
#[derive(Debug)]
pub enum ExportCommand {
    /// Let the person choose the target folder in a dialog.
    PickFolder,
    /// Let the person choose the one target file in a save dialog.
    PickFile {
        /// The suggested file name.
        suggested: String,
    },
    /// Let the person choose a file in a save dialog, and write a grid to it as one image.
    WriteGrid(GridImageOptions),
    /// Send what an export would write. Replaces the previous command of this kind.
    Preview(ExportOptions),
    /// Write images to disk.
    Start(ExportOptions),
    /// Stop the running export after the current file.
    Cancel,
}
