//! What a gateway's own list says about a model.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::abilities::Deprecated;
use crate::recipe::{parameters::Parameter, profile::Dialect, values::Money};

/// What a gateway's own list says of a model. `None` where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelListing {
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether images can be sent with a prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sees_images: Option<bool>,
    /// The parameters that it takes, of those that such lists name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<BTreeSet<Parameter>>,
    /// What an image costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What an image costs that is sent with a prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_price: Option<Money>,
    /// The endpoints at which it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Dialect>,
    /// Whether it is on its way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecated>,
}
