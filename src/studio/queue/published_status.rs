//! The status of the queue as it was published last, and when it is due again.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{recipe::RequestId, studio::protocol::QueueStatus};

/// The shortest time between two events about the queue, and how much longer it is for each queued request, because the
/// order of all is computed for each event.
const BETWEEN: Duration = Duration::from_millis(150);
const FOR_EACH: Duration = Duration::from_micros(100);

/// How long the loop sleeps at most while something is to do.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(20);

/// How far the clock on the wall may go its own way before the machine is thought to have slept.
const DRIFT: Duration = Duration::from_secs(10);

/// What was told of the queue.
#[derive(Default)]
pub(super) struct Told {
    /// Something may have changed.
    pub news: bool,
    pub order_changed: bool,
    pub order: Arc<[RequestId]>,
    pub state: QueueStatus,
    /// When it was told last.
    pub at: Option<Instant>,
    /// What both clocks said when they were looked at last.
    pub clocks: Option<(Timestamp, Instant)>,
}

impl Told {
    /// Something may have changed.
    pub fn news(&mut self) {
        self.news = true;
    }

    /// The order of those who wait may have changed as well.
    pub fn order_changed(&mut self) {
        self.news = true;
        self.order_changed = true;
    }

    pub fn due(&self) -> Option<Instant> {
        let wait = BETWEEN + FOR_EACH.saturating_mul(u32::try_from(self.order.len()).unwrap_or(u32::MAX));
        self.news.then(|| self.at.map_or_else(Instant::now, |at| at + wait))
    }

    /// Whether the machine has slept, or its clock was set, since this was asked last.
    pub fn slept(&mut self, now: Timestamp, instant: Instant) -> bool {
        let Some((wall, steady)) = self.clocks.replace((now, instant)) else { return false };
        let passed = instant.duration_since(steady);
        let by_the_wall = now.duration_since(wall);
        let drift = by_the_wall - jiff::SignedDuration::try_from(passed).unwrap_or(jiff::SignedDuration::MAX);
        drift.unsigned_abs() > DRIFT || passed > HEARTBEAT + DRIFT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_has_slept_is_told_from_one_that_waits() {
        let instant = Instant::now();
        let wall = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let after = |seconds| instant + Duration::from_secs(seconds);
        let mut told = Told::default();
        assert!(!told.slept(wall(0), after(0)));
        assert!(!told.slept(wall(20), after(20)));
        assert!(told.slept(wall(3_620), after(25)), "the steady clock has stood still");
        assert!(!told.slept(wall(3_630), after(35)));
        assert!(told.slept(wall(30), after(45)), "the clock on the wall was set back");
        assert!(told.slept(wall(7_230), after(7_245)), "nobody has looked at the clocks for too long");
    }
}
