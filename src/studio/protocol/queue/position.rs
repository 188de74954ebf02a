//! Positions in the queue.

use crate::recipe::RequestId;

/// The position to which queued requests are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueuePosition {
    /// Before all others.
    First,
    /// Directly before this request.
    Before(RequestId),
    /// Directly after this request.
    After(RequestId),
    /// After all others.
    Last,
}
