//! The state of the queue.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    recipe::{Caps, ProfileId, RequestId},
    studio::{
        protocol::RequestCard,
        queue::{
            disk_watch::DiskWatch, published_status::Told, request_registry::Cards, scheduling::duration_stats::Pace,
            scheduling::run_progress::Run, scheduling::scheduler::Scheduler,
        },
    },
};

/// Everything about requests that changes.
pub(in crate::studio) struct Queue {
    pub(super) cards: Cards,
    pub(super) scheduler: Scheduler,
    pub(super) pace: Pace,
    pub(super) disk: DiskWatch,
    pub(super) run: Run,
    pub(super) told: Told,
    /// When requests were last started that may start. A wait that has ended since then has not been noticed yet.
    pub(super) looked_at: Timestamp,
    /// Gateways that have answered since the program runs.
    pub(super) heard: BTreeSet<ProfileId>,
}

impl Queue {
    /// Changes the card of a request, if it has one.
    pub(in crate::studio) fn change_card(
        &mut self,
        id: RequestId,
        change: impl FnOnce(&mut RequestCard),
    ) -> Option<RequestCard> {
        self.cards.change(id, change)
    }

    pub(in crate::studio) fn new(caps: Caps, now: Timestamp) -> Self {
        Self {
            cards: Cards::default(),
            scheduler: Scheduler::new(caps, TimeZone::system(), now),
            pace: Pace::default(),
            disk: DiskWatch::default(),
            run: Run::default(),
            told: Told::default(),
            looked_at: now,
            heard: BTreeSet::new(),
        }
    }
}
