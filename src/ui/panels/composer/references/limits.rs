//! How the limits of a model fit several references.

use crate::{
    recipe::{Abilities, Recipe, ReferenceLimits},
    ui::panels::composer::state::reference_thumbnails::ReferenceThumbnails,
};

/// The limits of each image of a request, as far as the others are known.
pub fn limits_among(sent: &Recipe, tiles: &ReferenceThumbnails, abilities: &Abilities) -> ReferenceLimits {
    let files = sent.images().filter_map(|image| tiles.measured(&image.sha256));
    abilities.references.shared_among(sent.images().count(), files.map(|file| file.bytes).sum())
}
