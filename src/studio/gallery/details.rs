//! Everything that is known about an image, from its sidecar and its marks.

use std::path::PathBuf;

use crate::{
    library::{Lineage, Sidecar},
    recipe::Marks,
    studio::protocol::ImageDetails,
};

/// The details of an image from its sidecar and its marks.
pub(in crate::studio) fn details(sidecar: Sidecar, path: PathBuf, marks: Marks) -> ImageDetails {
    let parents = sidecar.facts.recipe.parents();
    let Sidecar { facts, bytes, sha256, .. } = sidecar;
    ImageDetails {
        facts,
        bytes,
        sha256,
        path,
        marks,
        palette: Vec::new(),
        lineage: Lineage { parents, ..Lineage::default() },
    }
}
