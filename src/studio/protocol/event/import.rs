//! Events about importing images.

use std::path::PathBuf;

use crate::studio::protocol::images::ImportReport;

/// The progress and the results of imports.
#[derive(Clone, Debug)]
pub enum ImportEvent {
    /// The person chose files or folders. The window still asks what to do with them.
    Picked(Vec<PathBuf>),
    /// The progress of an import.
    Progress {
        /// Files that are done.
        done: usize,
        /// All files.
        total: usize,
    },
    /// An import has ended.
    Done(ImportReport),
}
