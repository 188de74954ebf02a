//! Caps: how much may be spent in a day, in a month and for a batch.

use serde::{Deserialize, Serialize};

use crate::recipe::values::{BatchId, Money};

/// How much may be spent. `None` means "as much as there is".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Caps {
    /// Within a day of the system's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<Money>,
    /// Within a month of the system's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<Money>,
    /// For the requests that were submitted together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<Money>,
}

impl Caps {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// One of the caps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cap {
    /// That of the day.
    Day,
    /// That of the month.
    Month,
    /// That of these requests, which were submitted together.
    Batch(BatchId),
}
