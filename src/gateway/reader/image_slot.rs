//! Handles of the images of a response, and how each ended.

/// Identifies an image of a response. Images are passed on in the order in which they began, so it is also the number
/// that the receiver knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ImageSlot(pub(super) usize);

/// How an image ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImageEnd {
    Complete,
    Broken,
    Cut,
}
