//! What was spent.

use jiff::civil::Date;

use crate::recipe::{Charge, CollectionId, Money, ProfileId, Spending};

/// What some requests have come to together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Requests that were sent and have ended.
    pub requests: usize,
    /// Pictures that came of them.
    pub pictures: usize,
    /// What gateways have said that they cost.
    pub known: Money,
    /// What others are thought to have cost, of which gateways have said nothing.
    pub estimated: Money,
    /// Requests that were charged, or may have been, and of whose price nobody knows anything.
    pub unknown: usize,
}

impl Sum {
    pub(in crate::studio) fn add(&mut self, spending: &Spending) {
        self.requests += 1;
        self.pictures += spending.pictures;
        match (spending.charged, spending.amount, spending.estimate) {
            (Charge::No, ..) => {}
            (_, Some(amount), _) => self.known = self.known + amount,
            (_, None, Some(estimate)) => self.estimated = self.estimated + estimate,
            (_, None, None) => self.unknown += 1,
        }
    }

    /// What is known and what is thought, together.
    pub fn total(&self) -> Money {
        self.known + self.estimated
    }
}

/// What was spent since some day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpendingReport {
    /// The first day that counts; all of them if there is none.
    pub since: Option<Date>,
    /// All of it.
    pub all: Sum,
    /// By day in the system's time zone, the newest first.
    pub days: Vec<(Date, Sum)>,
    /// By gateway and model, the dearest first.
    pub models: Vec<(ProfileId, String, Sum)>,
    /// By collection, as its pictures are in it now, the dearest first. What is in several counts for each.
    pub collections: Vec<(CollectionId, String, Sum)>,
}
