//! An image that is to be stored, beside its bytes.

use serde_json::Map;

use crate::{
    library::{
        index::visual_features::VisualFeatures,
        store::sidecar::{FORMAT_VERSION, Sidecar},
    },
    recipe::ImageFacts,
};

/// What is known about an image before it is stored, beside its bytes.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// The facts of the image.
    pub facts: ImageFacts,
    /// Average color, red, green and blue.
    pub color: [u8; 3],
    /// What it looks like, if that was analyzed.
    pub features: Option<VisualFeatures>,
}

impl NewImage {
    /// The sidecar of the image whose file has this size and hash.
    pub(in crate::library) fn into_sidecar(self, bytes: u64, sha256: String) -> Sidecar {
        let Self { facts, color, .. } = self;
        Sidecar { version: FORMAT_VERSION, facts, bytes, sha256, color, unknown: Map::new() }
    }
}
