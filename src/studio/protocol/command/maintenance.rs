//! Commands about the library as a whole.

/// Verifies the library, and has its index rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaintenanceCommand {
    /// Read every image and report all issues. Nothing is changed.
    Verify,
    /// Have the next start rebuild the index from the files.
    RebuildAtNextStart,
}
