//! A turn of a conversation: an earlier prompt with its references and the resulting image.

use serde::{Deserialize, Serialize};

use super::reference::Reference;
use crate::recipe::response::TurnSignatures;

/// A step of a conversation that has been taken: what was said, and the image that came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The words that went to the model.
    pub prompt: String,
    /// Images that were sent along with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// The image that came.
    #[serde(rename = "picture")]
    pub image: Reference,
    /// What the model wants back with it.
    #[serde(default, deserialize_with = "TurnSignatures::read", skip_serializing_if = "Option::is_none")]
    pub signed: Option<TurnSignatures>,
}

impl Turn {
    /// How many images it has.
    pub fn image_count(&self) -> usize {
        self.references.len() + 1
    }
}
