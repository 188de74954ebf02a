//! Events about requests and the queue.

use crate::{
    recipe::RequestId,
    studio::protocol::queue::{Job, QueueState, RunEnded},
};

/// What has changed in the queue.
#[derive(Clone, Debug)]
pub enum QueueEvent {
    /// A request is new or has changed.
    RequestChanged(Job),
    /// A request's card was removed.
    RequestRemoved(RequestId),
    /// The status of the whole queue has changed.
    Status(Box<QueueState>),
    /// The last request of a run has ended.
    RunEnded(RunEnded),
}
