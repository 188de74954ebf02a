//! The progress of a run of the queue.

use std::time::Duration;

use crate::recipe::Money;

/// How far the requests are that were asked for together, since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Asked for.
    pub total: usize,
    /// Became pictures.
    pub done: usize,
    /// Did not.
    pub failed: usize,
    /// Were stopped by a person.
    pub cancelled: usize,
    /// What they have cost so far: what gateways have said, or else what was thought.
    pub spent: Money,
    /// Those that were charged, or may have been, and whose price nobody knows.
    pub unknown: usize,
}

impl Progress {
    /// How many have ended.
    pub fn ended(&self) -> usize {
        self.done + self.failed + self.cancelled
    }
}

/// How a run has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunEnded {
    /// What came of it.
    pub progress: Progress,
    /// How long it took.
    pub took: Duration,
}
