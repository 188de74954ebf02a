//! The progress of a run of the queue.

use std::time::Duration;

use crate::recipe::Money;

/// The progress of the requests of a run, or of one of its batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunProgress {
    /// Number of all requests.
    pub total: usize,
    /// Requests whose images are stored.
    pub done: usize,
    /// Requests that failed.
    pub failed: usize,
    /// Requests that a person cancelled.
    pub cancelled: usize,
    /// What they have cost so far: the actual cost where gateways report it, else the estimate.
    pub spent: Money,
    /// Requests of unknown price that were charged or may have been.
    pub unknown: usize,
}

impl RunProgress {
    /// How many requests have ended.
    pub fn ended(&self) -> usize {
        self.done + self.failed + self.cancelled
    }
}

/// The result of a run that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// The final progress.
    pub progress: RunProgress,
    /// How long the run took.
    pub took: Duration,
}
