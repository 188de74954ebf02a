//! The state of the queue.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    recipe::{Caps, ProfileId, RequestId},
    studio::{
        protocol::RequestCard,
        queue::{
            disk_watch::DiskWatch, published_status::PublishedStatus, request_registry::RequestRegistry,
            scheduling::duration_stats::DurationStats, scheduling::run_progress::Run, scheduling::scheduler::Scheduler,
        },
    },
};

/// The mutable state of all requests.
pub(in crate::studio) struct Queue {
    pub(super) registry: RequestRegistry,
    pub(super) scheduler: Scheduler,
    pub(super) durations: DurationStats,
    pub(super) disk_watch: DiskWatch,
    pub(super) run: Run,
    pub(super) published: PublishedStatus,
    /// When ready requests were dispatched last. Waits that have ended since then are not handled yet.
    pub(super) dispatched_at: Timestamp,
    /// Gateways that have answered since the program started.
    pub(super) answered: BTreeSet<ProfileId>,
}

impl Queue {
    pub(in crate::studio) fn new(caps: Caps, now: Timestamp) -> Self {
        Self {
            registry: RequestRegistry::default(),
            scheduler: Scheduler::new(caps, TimeZone::system(), now),
            durations: DurationStats::default(),
            disk_watch: DiskWatch::default(),
            run: Run::default(),
            published: PublishedStatus::default(),
            dispatched_at: now,
            answered: BTreeSet::new(),
        }
    }

    /// Changes the card of a request, if it has one.
    pub(in crate::studio) fn change_card(
        &mut self,
        id: RequestId,
        change: impl FnOnce(&mut RequestCard),
    ) -> Option<RequestCard> {
        self.registry.change(id, change)
    }
}
