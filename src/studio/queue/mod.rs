//! The queue: what is asked for, in which order, how much at once, and for how much money.
//!
//! Who starts when is decided without tasks or a clock ([`scheduler`], with the line, the gateways and the purse), so
//! that tests can try every course of events. The loop acts on it: requests are written down before anybody hears of
//! them ([`asking`]), set out and are followed ([`driving`]), a person steers them ([`steering`]), what they come to is
//! written down ([`booking`]), and the window is told ([`telling`]).

mod again;
mod asking;
pub(super) mod booking;
mod cards;
mod context;
mod disk;
mod driving;
mod gateways;
mod limiter;
mod line;
#[cfg(test)]
mod model;
mod pace;
mod purse;
mod run;
mod scheduler;
mod split;
mod steering;
mod telling;

pub(super) use again::{is_limit, wait};
pub(super) use asking::Asking;
pub(super) use cards::Reins;
pub(super) use context::QueueContext;
#[cfg(feature = "bench")]
pub(super) use limiter::Limiter;

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};

use crate::recipe::{Caps, ProfileId, RequestId};

use super::Job;

use cards::Cards;
use disk::DiskWatch;
use pace::Pace;
use run::Run;
use scheduler::Scheduler;
use telling::Told;

/// Everything about requests that changes.
pub(super) struct Queue {
    cards: Cards,
    scheduler: Scheduler,
    pace: Pace,
    disk: DiskWatch,
    run: Run,
    told: Told,
    /// When requests were last started that may start. A wait that has ended since then has not been noticed yet.
    looked_at: Timestamp,
    /// Gateways that have answered since the program runs.
    heard: BTreeSet<ProfileId>,
}

impl Queue {
    /// Changes the card of a request, if it has one.
    pub(super) fn change_card(&mut self, id: RequestId, change: impl FnOnce(&mut Job)) -> Option<Job> {
        self.cards.change(id, change)
    }

    pub(super) fn new(caps: Caps, now: Timestamp) -> Self {
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
