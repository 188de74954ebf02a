//! Events about the library as a whole.

use std::sync::Arc;

use crate::library::VerifyReport;

/// The progress and the result of a verification of the library.
#[derive(Clone, Debug)]
pub enum MaintenanceEvent {
    /// Images that were read.
    Progress {
        /// Images that are done.
        done: usize,
        /// All images.
        total: usize,
    },
    /// All images were read; or why they could not be.
    Verified(Result<Arc<VerifyReport>, String>),
}
