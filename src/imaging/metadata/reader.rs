//! Reads the metadata of a file.

use super::{containers, recipes, stealth, texts::Metadata};
use crate::recipe::ForeignRecipe;

/// Reads what is written in a file beside its pixels; nothing of files that are no images.
pub fn metadata(bytes: &[u8]) -> Metadata {
    let mut metadata = Metadata::default();
    containers::read(bytes, &mut metadata);
    // Pixels are decoded only where nothing else says how the image was made.
    if metadata.recipe().is_none() {
        stealth::read(bytes, &mut metadata);
    }
    metadata
}

impl Metadata {
    /// The recipe of the image, if a program has left one that is understood.
    pub fn recipe(&self) -> Option<ForeignRecipe> {
        recipes::read(self)
    }
}
