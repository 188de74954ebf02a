//! A request as front ends show it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    recipe::{Failure, ImageId, Money, Recipe, RequestId},
    studio::protocol::images::Pixels,
};

/// A request as front ends show it: on a card in the gallery, in a row of the queue, on the command line.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestCard {
    /// The request.
    pub id: RequestId,
    /// Its recipe.
    pub recipe: Arc<Recipe>,
    /// Its state.
    pub state: CardState,
    /// When it was created.
    pub created: Timestamp,
    /// Whether it is on hold while it is queued.
    pub on_hold: bool,
    /// It is not sent before this time.
    pub not_before: Option<Timestamp>,
    /// Its estimated cost; `None` if it is unknown.
    pub estimate: Option<Money>,
    /// Its actual cost, if the gateway has reported it.
    pub cost: Option<Money>,
    /// The request that a person retried with this one.
    pub retry_of: Option<RequestId>,
}

impl RequestCard {
    /// A card without optional data.
    pub fn new(id: RequestId, recipe: Arc<Recipe>, state: CardState) -> Self {
        Self {
            id,
            recipe,
            state,
            created: Timestamp::UNIX_EPOCH,
            on_hold: false,
            not_before: None,
            estimate: None,
            cost: None,
            retry_of: None,
        }
    }
}

/// The state of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum CardState {
    /// Waiting in the queue.
    Queued,
    /// Sent; no response has arrived yet.
    Generating {
        /// When it was sent.
        since: Timestamp,
    },
    /// It failed without being charged, and is sent again automatically.
    RetryScheduled {
        /// The failure.
        failure: Failure,
        /// When it is sent again.
        at: Timestamp,
        /// How often it was sent so far.
        attempts: u32,
        /// How often it is sent at most.
        max_attempts: u32,
    },
    /// The response is arriving.
    Receiving {
        /// When the request was sent.
        since: Timestamp,
        /// Bytes received so far.
        bytes: u64,
        /// Length of the response in bytes, if the gateway has declared it.
        total: Option<u64>,
        /// The rows of the arriving image that are decoded, at thumbnail size.
        preview: Option<Pixels>,
    },
    /// All images are stored.
    Done {
        /// The images, in the order of the response.
        images: Vec<ImageId>,
        /// Time from sending to the last byte.
        took: Duration,
    },
    /// The request has failed.
    Failed(Failure),
    /// A person cancelled it. If it had been sent, it may have been charged.
    Cancelled {
        /// Whether it had been sent.
        sent: bool,
    },
}

impl CardState {
    /// Whether the state is final.
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Failed(_) | Self::Cancelled { .. })
    }
}
