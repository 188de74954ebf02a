//! Why a reference could not be downloaded.

/// Why the image behind a link could not be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DownloadError {
    /// The text is not a URL that can be requested.
    InvalidAddress,
    /// The request failed, for this reason.
    NoResponse(String),
    /// The URL leads into a private network.
    PrivateNetwork,
    /// The file is larger than a reference may be.
    TooLarge,
    /// The response is not an image.
    NotAnImage,
}
