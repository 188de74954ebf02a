//! The models of a provider, and the result of a connection test.

use std::time::Duration;

use crate::recipe::ModelListing;

/// What a connection test found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionReport {
    /// From sending to the whole answer.
    pub took: Duration,
    /// Models that make images.
    pub image_models: usize,
    /// All models.
    pub models: usize,
}

/// A model that a gateway offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ModelInfo {
    /// Its id as the gateway spells it.
    pub id: String,
    /// Whether it is known or likely to make images.
    pub makes_images: bool,
    /// What the gateway's list says of it.
    #[serde(default)]
    pub listed: ModelListing,
}

impl ModelInfo {
    /// A model that makes images, of which nothing else is said.
    pub fn image(id: impl Into<String>) -> Self {
        Self { id: id.into(), makes_images: true, listed: ModelListing::default() }
    }
}
