//! The order of images in a view.

use serde::{Deserialize, Serialize};

/// What images are sorted by. Equals are sorted by date, newest first, and then by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKey {
    /// When they were made.
    #[default]
    Date,
    /// Stars.
    Rating,
    /// What they cost; those of which it is not known come last.
    Cost,
    /// Pixels.
    Size,
    /// The name of the model.
    Model,
}

/// The order of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    /// What is compared.
    pub key: OrderKey,
    /// The largest, or newest, first.
    pub descending: bool,
}

impl Order {
    /// The newest first.
    pub const NEWEST: Self = Self { key: OrderKey::Date, descending: true };
}

impl Default for Order {
    fn default() -> Self {
        Self::NEWEST
    }
}
