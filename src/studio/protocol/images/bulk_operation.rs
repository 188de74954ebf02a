//! Operations on many images.

/// An operation on many images that reports its progress and can be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkOperation {
    /// Changing marks, or undoing that.
    ChangeMarks,
    /// Moving images to the trash.
    MoveToTrash,
    /// Restoring images from the trash.
    Restore,
    /// Deleting the content of the trash for good.
    EmptyTrash,
}
