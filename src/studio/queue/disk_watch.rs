//! When the library's disk is checked for free space.

use std::time::Duration;

use jiff::Timestamp;

use crate::studio::protocol::DiskSpace;

/// How often the disk is checked while something waits for space.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// How often the interval is doubled at most.
const MAX_INTERVAL_DOUBLINGS: u32 = 7;

/// Whether the disk is short of space, and when it is checked next.
#[derive(Debug, Default)]
pub(super) struct DiskWatch {
    /// The space that was missing when a request could not be sent. Nothing is sent while this is set.
    pub shortage: Option<DiskSpace>,
    /// When the disk is checked next; `None` during a check and while nothing waits for space.
    pub next_check: Option<Timestamp>,
    /// How often responses were read again without success.
    pub failed_rereads: u32,
}

impl DiskWatch {
    /// When the disk is checked next, if something waits for space.
    pub fn next_check(&self) -> Option<Timestamp> {
        self.next_check
    }

    /// Checks at once after the machine has slept or its clock was set.
    pub fn on_clock_change(&mut self, now: Timestamp) {
        self.next_check = self.next_check.map(|_| now);
    }

    /// Schedules the next check.
    pub fn schedule_check(&mut self, now: Timestamp) {
        // The interval grows, because a disk with free space may still refuse writes, for example because of a quota.
        let interval = CHECK_INTERVAL.saturating_mul(1 << self.failed_rereads.min(MAX_INTERVAL_DOUBLINGS));
        self.next_check = now.checked_add(interval).ok();
    }
}
