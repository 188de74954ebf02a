//! Events about requests and the queue.

use crate::{
    recipe::RequestId,
    studio::protocol::queue::{QueueStatus, RequestCard, RunSummary},
};

/// Changes of requests and of the queue.
#[derive(Clone, Debug)]
pub enum QueueEvent {
    /// A request is new or has changed.
    RequestChanged(RequestCard),
    /// A request's card was removed.
    RequestRemoved(RequestId),
    /// The status of the whole queue has changed.
    Status(Box<QueueStatus>),
    /// The last request of a run has ended.
    RunEnded(RunSummary),
}
