//! Events about exporting images.

use std::path::PathBuf;

use crate::{
    recipe::ImageId,
    studio::export::{ExportFailure, ExportPreview},
};

/// The progress and the results of exports.
#[derive(Clone, Debug)]
pub enum ExportEvent {
    /// The person chose a target folder.
    FolderPicked(PathBuf),
    /// The person chose a target file.
    FilePicked(PathBuf),
    /// What an export would write.
    Preview(ExportPreview),
    /// A grid was written as one image, or could not be written.
    GridWritten(Result<PathBuf, ExportFailure>),
    /// The progress of an export.
    Progress {
        /// Files written or failed so far.
        done: usize,
        /// All files.
        total: usize,
    },
    /// An export has ended.
    Done {
        /// Files written, in order.
        written: Vec<PathBuf>,
        /// Images that could not be written, and why.
        failed: Vec<(ImageId, ExportFailure)>,
        /// Whether it was cancelled before its end.
        cancelled: bool,
    },
}
