//! Caps on spending for a day, a month and a batch.

use serde::{Deserialize, Serialize};

use crate::recipe::values::{BatchId, Money};

/// Caps on spending. `None` means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Caps {
    /// For a day in the system's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<Money>,
    /// For a month in the system's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<Money>,
    /// For a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<Money>,
}

impl Caps {
    /// Whether no cap is set.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// One of the caps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cap {
    /// The cap of a day.
    Day,
    /// The cap of a month.
    Month,
    /// The cap of this batch.
    Batch(BatchId),
}
