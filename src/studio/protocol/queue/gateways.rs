//! Gateways to which the queue sends nothing for now.

use std::time::Duration;

use jiff::Timestamp;

use crate::recipe::{Failure, ProfileId};

/// A gateway that cannot be reached. Its requests wait, and continue automatically.
#[derive(Clone, Debug, PartialEq)]
pub struct UnreachableGateway {
    /// The gateway's profile.
    pub profile: ProfileId,
    /// When it was found to be unreachable.
    pub since: Timestamp,
    /// When it is probed next.
    pub next_probe: Timestamp,
    /// The failure of the last attempt.
    pub failure: Failure,
}

/// A pause in which nothing is sent to a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayPause {
    /// The gateway's profile.
    pub profile: ProfileId,
    /// When the pause ends.
    pub until: Timestamp,
    /// The reason of the pause.
    pub reason: PauseReason,
}

/// Why nothing is sent to a gateway for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseReason {
    /// The gateway requested a pause of this length.
    Requested,
    /// The gateway rejected a request because of its rate limit, without saying how long to wait.
    RateLimited,
    /// The limiter spaces requests, as it has learned from earlier rejections.
    Spaced {
        /// Time between two requests.
        interval: Duration,
    },
}
