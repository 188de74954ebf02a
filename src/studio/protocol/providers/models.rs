//! The models of a provider, and the result of a connection test.

use std::time::Duration;

use crate::recipe::ModelListing;

/// What a connection test found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionReport {
    /// Time from sending the request to the complete response.
    pub took: Duration,
    /// Number of image models.
    pub image_models: usize,
    /// Number of all models.
    pub models: usize,
}

/// A model that a gateway offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ModelInfo {
    /// ID as the gateway spells it.
    pub id: String,
    /// Whether the model is known or likely to generate images.
    pub makes_images: bool,
    /// What the gateway's list says about it.
    #[serde(default)]
    pub listed: ModelListing,
}

impl ModelInfo {
    /// An image model without further information.
    pub fn image(id: impl Into<String>) -> Self {
        Self { id: id.into(), makes_images: true, listed: ModelListing::default() }
    }
}
