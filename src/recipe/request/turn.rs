//! A turn of a conversation: an earlier prompt with its references and the resulting image.

use serde::{Deserialize, Serialize};

use super::reference::Reference;
use crate::recipe::response::TurnSignatures;

/// An earlier turn of a conversation: a prompt and the resulting image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The text that was sent.
    pub prompt: String,
    /// Images that were sent with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// The resulting image.
    #[serde(rename = "picture")]
    pub image: Reference,
    /// Signatures that the model needs back with it.
    #[serde(default, deserialize_with = "TurnSignatures::read", skip_serializing_if = "Option::is_none")]
    pub signed: Option<TurnSignatures>,
}

impl Turn {
    /// Number of its images.
    pub fn image_count(&self) -> usize {
        self.references.len() + 1
    }
}
