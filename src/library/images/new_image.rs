//! An image that is about to be stored.

use serde_json::Map;

use crate::{
    library::{
        index::visual_features::VisualFeatures,
        store::sidecar::{FORMAT_VERSION, Sidecar},
    },
    recipe::ImageFacts,
};

/// All that is known about an image before it is stored, except its bytes.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// The facts of the image.
    pub facts: ImageFacts,
    /// Average color, red, green and blue.
    pub color: [u8; 3],
    /// Its visual features, if they were computed.
    pub features: Option<VisualFeatures>,
}

impl NewImage {
    /// The sidecar of the image whose file has this size and hash.
    pub(in crate::library) fn into_sidecar(self, bytes: u64, sha256: String) -> Sidecar {
        let Self { facts, color, .. } = self;
        Sidecar { version: FORMAT_VERSION, facts, bytes, sha256, color, unknown: Map::new() }
    }
}
