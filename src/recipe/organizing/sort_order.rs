//! The order of images in a view.

use serde::{Deserialize, Serialize};

/// What images are sorted by. Equals are sorted by date, newest first, and then by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortField {
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
pub struct SortOrder {
    /// What is compared.
    pub key: SortField,
    /// The largest, or newest, first.
    pub descending: bool,
}

impl SortOrder {
    /// The newest first.
    pub const NEWEST: Self = Self { key: SortField::Date, descending: true };
}

impl Default for SortOrder {
    fn default() -> Self {
        Self::NEWEST
    }
}
