//! The cancellation of a search, and other errors of searches.

use crate::library::io::error::LibraryError;

/// The search was cancelled: its result is no longer wanted.
pub(super) struct Cancelled;

/// The reason why a search returned no result.
pub(super) enum SearchError {
    /// It was cancelled.
    Cancelled,
    /// The index cannot be read.
    Library(LibraryError),
}

impl From<Cancelled> for SearchError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl<E: Into<LibraryError>> From<E> for SearchError {
    fn from(error: E) -> Self {
        Self::Library(error.into())
    }
}
