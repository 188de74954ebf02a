//! Handles of the images of a response, and how an image ended.

/// Names one image of an answer. Images are handed over in the order in which they began, so it is also the number
/// by which the receiver knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ImageSlot(pub(super) usize);

/// How an image ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImageEnd {
    Complete,
    Broken,
    Cut,
}
