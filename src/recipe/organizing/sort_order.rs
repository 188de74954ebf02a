//! The order of images in a view.

use serde::{Deserialize, Serialize};

/// The field that images are sorted by. Equal images are sorted by date, newest first, and then by ID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortField {
    /// Date of creation.
    #[default]
    Date,
    /// Rating.
    Rating,
    /// Cost; images of unknown cost come last.
    Cost,
    /// Number of pixels.
    Size,
    /// Model name.
    Model,
}

/// The order of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SortOrder {
    /// The field that is compared.
    pub key: SortField,
    /// Whether the largest or newest image comes first.
    pub descending: bool,
}

impl SortOrder {
    /// Newest first.
    pub const NEWEST: Self = Self { key: SortField::Date, descending: true };
}

impl Default for SortOrder {
    fn default() -> Self {
        Self::NEWEST
    }
}
