//! Commands about requests and the queue.

use jiff::Timestamp;

use crate::{
    recipe::{ProfileId, Recipe, RequestId},
    studio::protocol::queue::QueuePosition,
};

/// Changes the queue or single requests.
#[derive(Debug)]
pub enum QueueCommand {
    /// Queue one request (and one card) for each recipe, in this order.
    Generate(Vec<Recipe>),
    /// Like [`Self::Generate`], but before all requests that are queued already.
    GenerateFirst(Vec<Recipe>),
    /// Pause or resume the queue. Resuming also resumes requests that were put on hold one by one. Requests under way
    /// are not affected. The state persists until it is changed, also after a restart.
    SetPaused(bool),
    /// Let requests under way finish and start nothing else, or stop doing so. Queued requests do not change.
    SetDraining(bool),
    /// Put queued requests on hold, or resume them.
    Hold {
        /// The requests.
        requests: Vec<RequestId>,
        /// Whether they are on hold.
        on_hold: bool,
    },
    /// Set the earliest time at which queued requests are sent.
    Schedule {
        /// The requests.
        requests: Vec<RequestId>,
        /// The earliest time; `None` for as soon as it is their turn.
        at: Option<Timestamp>,
    },
    /// Move queued requests, in this order. Batches still take turns with each other, except for
    /// [`QueuePosition::First`] and the neighbors of requests there.
    Move {
        /// The requests.
        requests: Vec<RequestId>,
        /// The new position.
        to: QueuePosition,
    },
    /// Cancel a request at whatever stage it is.
    Cancel(RequestId),
    /// Cancel requests at whatever stage they are.
    CancelMany(Vec<RequestId>),
    /// Cancel all queued requests. Requests under way are not affected.
    CancelQueued,
    /// Send a request that waits for its automatic retry at once.
    SendNow(RequestId),
    /// Read the kept response of a failed request again: store its images and download linked ones. No request is
    /// sent, so that nothing is charged.
    RereadResponse(RequestId),
    /// Send a failed or cancelled request again. Its card becomes the new request's card.
    Retry(RequestId),
    /// Like [`Self::Retry`], for several requests.
    RetryMany(Vec<RequestId>),
    /// Like [`Self::Retry`], for all requests that certainly cost nothing.
    RetryUncharged,
    /// Queue a copy of a request; directly behind it if it is still queued.
    Duplicate(RequestId),
    /// Change the recipe of a queued request. If it was sent in the meantime, `Notice::TooLateToChange` says so.
    Edit {
        /// The request.
        request: RequestId,
        /// Its new recipe.
        recipe: Box<Recipe>,
    },
    /// Contact a gateway at once that is unreachable or that requested a pause.
    ProbeGateway(ProfileId),
    /// Remove the card of a finished, failed or cancelled request.
    Dismiss(RequestId),
}
