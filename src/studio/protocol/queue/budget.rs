//! What was spent, and which spending caps block requests.

use crate::recipe::{Cap, Money};

/// A spending cap that blocks a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetBlock {
    /// The cap.
    pub cap: Cap,
    /// The amount of the cap.
    pub limit: Money,
    /// How much of it is spent or reserved.
    pub used: Money,
    /// The estimated cost of the next request; `None` if it is unknown.
    pub next_estimate: Option<Money>,
}

/// What was spent, and what is reserved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BudgetStatus {
    /// Spent today, in the system's time zone.
    pub day: Money,
    /// Spent in this month.
    pub month: Money,
    /// Reserved for requests under way.
    pub reserved: Money,
    /// Number of today's requests whose price is unknown.
    pub unknown_today: usize,
}
