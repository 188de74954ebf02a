//! Requests as they are recorded before they are sent: their recipes, positions in the queue, and statuses.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recipe::{Failure, Money, Recipe, RequestId};

/// A request as it is recorded before it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestRecord {
    /// Its ID.
    pub request: RequestId,
    /// What is requested.
    pub recipe: Recipe,
    /// When it was requested.
    pub created: Timestamp,
}

/// The position of a request in the queue, as far as it survives a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueEntry {
    /// Lower positions are sent first; those below zero before all others.
    pub position: i64,
    /// Whether it is on hold.
    pub paused: bool,
    /// The time before which it is not sent.
    pub not_before: Option<Timestamp>,
    /// The request that this one retries or repeats.
    pub repeats: Option<RequestId>,
    /// The estimated cost, if it is known.
    pub estimate: Option<Money>,
}

/// The status of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// It was not sent.
    Queued,
    /// It is being sent and may cost money from here on.
    Sending,
    /// The gateway has answered.
    Receiving,
    /// Its images were stored.
    Stored,
    /// It failed.
    Failed(Failure),
    /// It failed, and a person has removed its card. Its response is still kept.
    #[serde(rename = "put_away")]
    Dismissed(Failure),
    /// A person canceled it.
    Cancelled {
        /// Whether it had been sent.
        sent: bool,
    },
}

impl RequestStatus {
    /// The rank of a status. A request moves only to statuses of higher rank, except for a reset to [`Self::Queued`].
    pub(in crate::library) fn rank(&self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Receiving => 2,
            Self::Stored | Self::Failed(_) | Self::Dismissed(_) | Self::Cancelled { .. } => ENDED_RANK,
        }
    }
}

/// The rank of statuses that are final.
pub(super) const ENDED_RANK: u8 = 3;
