//! Gateways to which the queue sends nothing for now.

use std::time::Duration;

use jiff::Timestamp;

use crate::recipe::{Failure, ProfileId};

/// That a gateway is not reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Offline {
    /// Which.
    pub profile: ProfileId,
    /// Since when.
    pub since: Timestamp,
    /// When it is tried again.
    pub next_try: Timestamp,
    /// What was said the last time.
    pub failure: Failure,
}

/// That a gateway is left alone for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resting {
    /// Which.
    pub profile: ProfileId,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: RestReason,
}

/// Why a gateway is left alone for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestReason {
    /// It named the wait.
    Asked,
    /// It refused a request without naming a wait.
    Refused,
    /// Requests are sent so far apart, as was learned from its refusals.
    Paced {
        /// Time between two requests.
        gap: Duration,
    },
}
