//! What was spent, and which spending caps block requests.

use crate::recipe::{Cap, Money};

/// That a request cannot be afforded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capped {
    /// By which cap.
    pub cap: Cap,
    /// How much that is.
    pub most: Money,
    /// What was spent of it, and what is set aside.
    pub spent: Money,
    /// What the next request is thought to cost; nothing if nobody knows.
    pub next: Option<Money>,
}

/// What was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Today, in the system's time zone.
    pub day: Money,
    /// In this month.
    pub month: Money,
    /// Set aside for requests under way.
    pub reserved: Money,
    /// Requests of today whose price nobody knows.
    pub unknown_today: usize,
}
