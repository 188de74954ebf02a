//! How a running request is cancelled, sent at once, or put back into the queue.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What a running request listens to.
#[derive(Clone, Debug, Default)]
pub(in crate::studio) struct RequestControl {
    /// Ends it.
    pub cancel: CancellationToken,
    /// Ends its wait before the next try.
    pub retry_now: Arc<Notify>,
    /// Sends it back into the line, unless it is sent already.
    pub requeue: CancellationToken,
}
