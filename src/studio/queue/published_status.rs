//! The status of the queue as it was published last, and when it is published next.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{recipe::RequestId, studio::protocol::QueueStatus};

/// The shortest time between two events about the queue, and how much longer it is for each queued request, because the
/// order of all is computed for each event.
const MIN_PUBLISH_INTERVAL: Duration = Duration::from_millis(150);
const PUBLISH_INTERVAL_PER_REQUEST: Duration = Duration::from_micros(100);

/// How long the core sleeps at most while requests are under way or queued.
pub(super) const MAX_SLEEP: Duration = Duration::from_secs(20);

/// If the wall clock differs from the monotonic clock by more than this, the machine has slept or the clock was set.
const MAX_CLOCK_DRIFT: Duration = Duration::from_secs(10);

/// The status that was published last.
#[derive(Default)]
pub(super) struct PublishedStatus {
    /// Whether the status may have changed since.
    pub is_dirty: bool,
    /// Whether the order of queued requests may have changed since.
    pub is_order_dirty: bool,
    pub order: Arc<[RequestId]>,
    pub status: QueueStatus,
    /// When it was published.
    pub at: Option<Instant>,
    /// Both clocks, as they were when they were compared last.
    pub clocks: Option<(Timestamp, Instant)>,
}

impl PublishedStatus {
    /// Marks the status as changed.
    pub fn mark_dirty(&mut self) {
        self.is_dirty = true;
    }

    /// Marks the status and the order of queued requests as changed.
    pub fn mark_order_dirty(&mut self) {
        self.is_dirty = true;
        self.is_order_dirty = true;
    }

    /// When the status is published next; `None` if it has not changed.
    pub fn due(&self) -> Option<Instant> {
        let queued = u32::try_from(self.order.len()).unwrap_or(u32::MAX);
        let interval = MIN_PUBLISH_INTERVAL + PUBLISH_INTERVAL_PER_REQUEST.saturating_mul(queued);
        self.is_dirty.then(|| self.at.map_or_else(Instant::now, |at| at + interval))
    }

    /// Whether the machine has slept, or its clock was set, since the last call.
    pub fn has_slept(&mut self, now: Timestamp, instant: Instant) -> bool {
        let Some((last_now, last_instant)) = self.clocks.replace((now, instant)) else { return false };
        let monotonic = instant.duration_since(last_instant);
        let wall = now.duration_since(last_now);
        let drift = wall - jiff::SignedDuration::try_from(monotonic).unwrap_or(jiff::SignedDuration::MAX);
        drift.unsigned_abs() > MAX_CLOCK_DRIFT || monotonic > MAX_SLEEP + MAX_CLOCK_DRIFT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_and_clock_changes_are_detected_and_waiting_is_not() {
        let instant = Instant::now();
        let wall = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let after = |seconds| instant + Duration::from_secs(seconds);
        let mut published = PublishedStatus::default();
        assert!(!published.has_slept(wall(0), after(0)));
        assert!(!published.has_slept(wall(20), after(20)));
        assert!(published.has_slept(wall(3_620), after(25)), "the monotonic clock has stood still");
        assert!(!published.has_slept(wall(3_630), after(35)));
        assert!(published.has_slept(wall(30), after(45)), "the wall clock was set back");
        assert!(published.has_slept(wall(7_230), after(7_245)), "the clocks were not compared for too long");
    }
}
