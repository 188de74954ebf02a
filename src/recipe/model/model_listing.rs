//! The entry of a model in a gateway's model list.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::abilities::Deprecated;
use crate::recipe::{parameters::Parameter, profile::Dialect, values::Money};

/// Data about a model from a gateway's model list. `None` for missing data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelListing {
    /// Display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether images can be sent with a prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sees_images: Option<bool>,
    /// Supported parameters, of those that such lists name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<BTreeSet<Parameter>>,
    /// Price of an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Price of an image that is sent with a prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_price: Option<Money>,
    /// The dialect of its endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Dialect>,
    /// Whether the model is deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecated>,
}
