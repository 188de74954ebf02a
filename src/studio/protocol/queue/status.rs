//! The status of the queue as a whole.

use std::{sync::Arc, time::Duration};

use crate::recipe::{BatchId, ProfileId, RequestId};

use super::{
    budget::{BudgetBlock, BudgetStatus},
    disk_space::DiskSpace,
    gateways::{GatewayPause, UnreachableGateway},
    progress::RunProgress,
};

/// The status of the queue. It is sent when it has changed, a few times per second at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueStatus {
    /// A person has paused the queue.
    pub paused: bool,
    /// The program ends when the requests under way have ended; nothing else starts.
    pub draining: bool,
    /// Requests under way.
    pub running: usize,
    /// Queued requests that could start, including those that wait for a gateway or because of a cap.
    pub queued: usize,
    /// Requests that are on hold, including those that were queued when the program stopped.
    pub on_hold: usize,
    /// Requests that are scheduled for a later time.
    pub scheduled: usize,
    /// Failed requests that were not dismissed.
    pub failed: usize,
    /// Unreachable gateways. Their requests wait, and continue automatically.
    pub unreachable: Vec<UnreachableGateway>,
    /// Gateways to which nothing is sent for a while because of their rate limits.
    pub pauses: Vec<GatewayPause>,
    /// Caps that block requests. They continue automatically when the cap is raised, or its day or month is over.
    pub budget_blocks: Vec<BudgetBlock>,
    /// Set while the library's disk has no space for the next request. The queue continues automatically when it has.
    pub disk_shortage: Option<DiskSpace>,
    /// The progress of the current run.
    pub progress: RunProgress,
    /// The progress of its batches.
    pub batches: Vec<(BatchId, RunProgress)>,
    /// How long the current run is expected to take still, from measured durations; `None` if that is unknown.
    pub time_left: Option<Duration>,
    /// What was spent and is reserved.
    pub budget: BudgetStatus,
    /// The queued requests, in the order in which they are expected to start.
    pub order: Arc<[RequestId]>,
}

impl QueueStatus {
    /// The pause of a gateway, if it has one.
    pub fn pause_of(&self, profile: &ProfileId) -> Option<&GatewayPause> {
        self.pauses.iter().find(|pause| pause.profile == *profile)
    }
}
