//! Reads the metadata of a file.

use super::{containers, recipes, stealth, texts::Metadata};
use crate::recipe::ForeignRecipe;

/// Reads the metadata of a file; empty for files that are not images.
pub fn metadata(bytes: &[u8]) -> Metadata {
    let mut metadata = Metadata::default();
    containers::read(bytes, &mut metadata);
    // Pixels are decoded only if nothing else contains a recipe.
    if metadata.recipe().is_none() {
        stealth::read(bytes, &mut metadata);
    }
    metadata
}

impl Metadata {
    /// The recipe of the image, if a program has left one that can be read.
    pub fn recipe(&self) -> Option<ForeignRecipe> {
        recipes::read(self)
    }
}
