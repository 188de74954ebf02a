//! When the library's disk is checked for free space.

use std::time::Duration;

use jiff::Timestamp;

use crate::studio::protocol::DiskSpace;

/// How often the disk is looked at while something waits for it.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// So often the time between two looks is doubled at most.
const MAX_DOUBLINGS: u32 = 7;

/// Waits for room.
#[derive(Debug, Default)]
pub(super) struct DiskWatch {
    /// What was found when a request could not be sent. Nothing is sent while this is set.
    pub short_of: Option<DiskSpace>,
    /// When the disk is looked at next; none while a look is under way or nothing waits.
    pub next_look: Option<Timestamp>,
    /// How often responses were read again that still could not be stored.
    pub vain: u32,
}

impl DiskWatch {
    /// When the disk is looked at next, if something waits for it.
    pub fn next_look(&self) -> Option<Timestamp> {
        self.next_look
    }

    /// The machine has slept, or its clock was set.
    pub fn woke(&mut self, now: Timestamp) {
        self.next_look = self.next_look.map(|_| now);
    }

    pub fn look_later(&mut self, now: Timestamp) {
        // A disk with room may still refuse what is written, for a quota for example.
        let wait = LOOK_EVERY.saturating_mul(1 << self.vain.min(MAX_DOUBLINGS));
        self.next_look = now.checked_add(wait).ok();
    }
}
