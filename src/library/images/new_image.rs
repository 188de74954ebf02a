//! Everything that is known about an image before it is stored, beside its bytes.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Map;

use crate::{
    library::{
        index::visual_features::VisualFeatures,
        store::sidecar::{Sidecar, VERSION},
    },
    recipe::{Answer, Format, ImageId, Money, Recipe, RequestId, Source},
};

/// What is known about an image beside its bytes.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// Which image.
    pub id: ImageId,
    /// The request that it came from.
    pub request: RequestId,
    /// What was asked.
    pub recipe: Recipe,
    /// What came back beside the image.
    pub answer: Answer,
    /// Format found in the bytes.
    pub format: Format,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// When it was received.
    pub created: Timestamp,
    /// How long it took from sending to the last byte.
    pub took: Duration,
    /// What it cost, where that is known.
    pub cost: Option<Money>,
    /// Average color.
    pub colour: [u8; 3],
    /// What it looks like, if that was analyzed.
    pub features: Option<VisualFeatures>,
    /// Where it was imported from, if it was not made here.
    pub source: Option<Source>,
}

impl NewImage {
    /// The sidecar of the image whose file has this size and hash.
    pub(in crate::library) fn into_sidecar(self, bytes: u64, sha256: String) -> Sidecar {
        Sidecar {
            version: VERSION,
            id: self.id,
            request: self.request,
            recipe: self.recipe,
            answer: self.answer,
            format: self.format,
            width: self.width,
            height: self.height,
            bytes,
            sha256,
            created: self.created,
            took: self.took,
            cost: self.cost,
            colour: self.colour,
            source: self.source,
            unknown: Map::new(),
        }
    }
}
