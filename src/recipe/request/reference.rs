//! Reference images: images that are sent with a prompt.

use serde::{Deserialize, Serialize};

use crate::recipe::values::ImageId;

/// An image sent along with a prompt.
///
/// Its bytes are kept in the library under their hash, so that a recipe stays complete when the file
/// that it came from is moved or deleted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Mime type found by looking at the bytes, for example `image/png`.
    pub mime: String,
    /// What to call it on screen: a file name or the start of a prompt.
    pub name: String,
    /// The image of the library that it is, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
}
