//! Operations on many images.

/// What is done to many pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bulk {
    /// Something is said about them, or taken back.
    Changing,
    /// They go to the trash.
    Deleting,
    /// They come back from it.
    Restoring,
    /// They are deleted for good.
    Emptying,
}
