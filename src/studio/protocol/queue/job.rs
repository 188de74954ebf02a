//! One request, as its card shows it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    recipe::{Failure, ImageId, Money, Recipe, RequestId},
    studio::protocol::images::Pixels,
};

/// One request, as its card shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name.
    pub id: RequestId,
    /// What was asked.
    pub recipe: Arc<Recipe>,
    /// How far it is.
    pub state: JobState,
    /// When it was asked.
    pub asked: Timestamp,
    /// Whether it is held back while it waits.
    pub paused: bool,
    /// Not before this time it is sent.
    pub not_before: Option<Timestamp>,
    /// What it is thought to cost, where that is known.
    pub estimate: Option<Money>,
    /// What it has cost, where the gateway has said so.
    pub cost: Option<Money>,
    /// The request that it asks again, because a person said so.
    pub repeats: Option<RequestId>,
}

impl Job {
    /// A request of which nothing else is known.
    pub fn new(id: RequestId, recipe: Arc<Recipe>, state: JobState) -> Self {
        Self {
            id,
            recipe,
            state,
            asked: Timestamp::UNIX_EPOCH,
            paused: false,
            not_before: None,
            estimate: None,
            cost: None,
            repeats: None,
        }
    }
}

/// How far a request is.
#[derive(Clone, Debug, PartialEq)]
pub enum JobState {
    /// Waiting for its turn.
    Waiting,
    /// Sent; nothing has come back yet.
    Generating {
        /// When it was sent.
        since: Timestamp,
    },
    /// It was turned down at no cost, and is sent again by itself.
    Again {
        /// Why it was turned down.
        failure: Failure,
        /// When it is sent again.
        at: Timestamp,
        /// How often it was sent so far.
        tries: u32,
        /// How often it is sent at most.
        most: u32,
    },
    /// The answer is arriving.
    Receiving {
        /// When it was sent.
        since: Timestamp,
        /// Bytes received so far.
        bytes: u64,
        /// Bytes to come in all, where the gateway says so.
        total: Option<u64>,
        /// Rows of the picture that can already be drawn, at thumbnail size.
        preview: Option<Pixels>,
    },
    /// Stored.
    Done {
        /// The pictures, in the order of the answer.
        images: Vec<ImageId>,
        /// How long it took from sending to the last byte.
        took: Duration,
    },
    /// It did not work.
    Failed(Failure),
    /// A person cancelled it. If it had been sent, it may have been charged.
    Cancelled {
        /// Whether it had been sent.
        sent: bool,
    },
}

impl JobState {
    /// Whether it is final.
    pub fn has_ended(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Failed(_) | Self::Cancelled { .. })
    }
}
