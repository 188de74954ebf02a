//! The report of what was spent.

use jiff::civil::Date;

use crate::recipe::{Charge, CollectionId, Money, ProfileId, Spending};

/// The total cost of several requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpendingTotal {
    /// Requests that were sent and have ended.
    pub requests: usize,
    /// Their images.
    pub images: usize,
    /// The actual cost, as far as gateways report it.
    pub actual: Money,
    /// The estimated cost of the other requests.
    pub estimated: Money,
    /// Requests of unknown price that were charged or may have been.
    pub unknown: usize,
}

impl SpendingTotal {
    pub(in crate::studio) fn add(&mut self, spending: &Spending) {
        self.requests += 1;
        self.images += spending.image_count;
        match (spending.charged, spending.amount, spending.estimate) {
            (Charge::No, ..) => {}
            (_, Some(amount), _) => self.actual = self.actual + amount,
            (_, None, Some(estimate)) => self.estimated = self.estimated + estimate,
            (_, None, None) => self.unknown += 1,
        }
    }

    /// Actual and estimated cost together.
    pub fn total(&self) -> Money {
        self.actual + self.estimated
    }
}

/// What was spent in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpendingReport {
    /// The first day that counts; `None` for all days.
    pub since: Option<Date>,
    /// The total of the period.
    pub all: SpendingTotal,
    /// By day in the system's time zone, the newest first.
    pub days: Vec<(Date, SpendingTotal)>,
    /// By gateway and model, the most expensive first.
    pub models: Vec<(ProfileId, String, SpendingTotal)>,
    /// By the collections that the images are in now, the most expensive first. An image in several collections counts
    /// for each.
    pub collections: Vec<(CollectionId, String, SpendingTotal)>,
}
