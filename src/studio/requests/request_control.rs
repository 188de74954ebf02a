//! How a running request is cancelled, sent at once, or put back into the queue.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Signals to the task of a running request.
#[derive(Clone, Debug, Default)]
pub(in crate::studio) struct RequestControl {
    /// Cancels the request.
    pub cancel: CancellationToken,
    /// Ends its wait for the retry.
    pub retry_now: Arc<Notify>,
    /// Puts it back into the queue, unless it is sent already.
    pub requeue: CancellationToken,
}
