//! Reference images: images that are sent with a prompt.

use serde::{Deserialize, Serialize};

use crate::recipe::values::ImageId;

/// An image that is sent with a prompt.
///
/// The library stores its bytes under their hash, so that a recipe stays complete when the original file is moved or
/// deleted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// MIME type, detected from the bytes, for example `image/png`.
    pub mime: String,
    /// Display name: a file name or the beginning of a prompt.
    pub name: String,
    /// The image of the library, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
}
