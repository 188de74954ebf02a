//! Positions in the queue.

use crate::recipe::RequestId;

/// Where requests of the line are moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// Before all others.
    First,
    /// Before this one.
    Before(RequestId),
    /// After this one.
    After(RequestId),
    /// Behind all others.
    Last,
}
