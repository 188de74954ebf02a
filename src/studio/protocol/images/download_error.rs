//! Why a reference could not be downloaded.

/// Why there is no picture behind a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotFetched {
    /// It is no address that can be followed.
    NoAddress,
    /// Nothing came, for this reason.
    NoAnswer(String),
    /// It leads into a private network.
    Private,
    /// It is larger than any reference.
    TooLarge,
    /// What came is no picture.
    NoPicture,
}
