//! Telling how the queue stands, a few times a second at most, and watching the clock for it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    recipe::RequestId,
    studio::{Event, QueueEvent, QueueState},
};

use super::{Queue, context::QueueContext};

/// The shortest time between two words about the queue, and how much longer it is for each request that waits: its order
/// has to be made anew.
const BETWEEN: Duration = Duration::from_millis(150);
const FOR_EACH: Duration = Duration::from_micros(100);

/// How long the loop sleeps at most while something is to do.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How far the clock on the wall may go its own way before the machine is thought to have slept.
const DRIFT: Duration = Duration::from_secs(10);

/// What was told of the queue.
#[derive(Default)]
pub(super) struct Told {
    /// Something may have changed.
    news: bool,
    order_changed: bool,
    order: Arc<[RequestId]>,
    state: QueueState,
    /// When it was told last.
    at: Option<Instant>,
    /// What both clocks said when they were looked at last.
    clocks: Option<(Timestamp, Instant)>,
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

    fn due(&self) -> Option<Instant> {
        let wait = BETWEEN + FOR_EACH.saturating_mul(u32::try_from(self.order.len()).unwrap_or(u32::MAX));
        self.news.then(|| self.at.map_or_else(Instant::now, |at| at + wait))
    }

    /// Whether the machine has slept, or its clock was set, since this was asked last.
    fn slept(&mut self, now: Timestamp, instant: Instant) -> bool {
        let Some((wall, steady)) = self.clocks.replace((now, instant)) else { return false };
        let passed = instant.duration_since(steady);
        let by_the_wall = now.duration_since(wall);
        let drift = by_the_wall - jiff::SignedDuration::try_from(passed).unwrap_or(jiff::SignedDuration::MAX);
        drift.unsigned_abs() > DRIFT || passed > HEARTBEAT + DRIFT
    }
}

impl Queue {
    /// When the queue has to be looked at again, if nothing happens before; never while there is nothing to do.
    pub(in crate::studio) fn alarm(&mut self, cx: &mut QueueContext<'_>) -> Option<Instant> {
        let (now, looked_at) = (cx.world.now(), self.looked_at);
        let time = self.with_rules(cx, |scheduler, rules| scheduler.next_time(looked_at, rules));
        let time = [time, self.disk.next_look()].into_iter().flatten().min();
        let until = time.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default().min(HEARTBEAT));
        let busy = (!self.scheduler.running().is_empty()).then_some(HEARTBEAT);
        let beat = [until, busy].into_iter().flatten().min().map(|wait| Instant::now() + wait);
        if beat.is_none() {
            // Nobody looks at the clocks for a while.
            self.told.clocks = None;
        }
        [beat, self.told.due()].into_iter().flatten().min()
    }

    /// Looks at the queue: lets start what may, and tells how it stands if that is due.
    pub(in crate::studio) fn look_at_queue(&mut self, cx: &mut QueueContext<'_>) {
        let now = cx.world.now();
        if self.told.slept(now, Instant::now()) {
            // What is under way is left to its own time limits: it may be charged, and is not sent again.
            tracing::info!("the machine has slept, or its clock was set");
            self.scheduler.gateways.woke(now);
            self.cards.wake(now);
            self.disk.woke(now);
        }
        self.look_at_disk(cx);
        self.start_waiting(cx);
        if self.told.due().is_some_and(|due| due <= Instant::now()) {
            self.tell_queue(cx, now);
        }
    }

    fn tell_queue(&mut self, cx: &mut QueueContext<'_>, now: Timestamp) {
        self.end_run(cx, now);
        let told = &mut self.told;
        let first = told.at.is_none();
        (told.news, told.at) = (false, Some(Instant::now()));
        if std::mem::take(&mut told.order_changed) {
            told.order = self.scheduler.line.order().into();
        }
        let state = self.queue_state(cx, now);
        if first || state != self.told.state {
            self.told.state = state.clone();
            cx.send(Event::Queue(QueueEvent::Status(Box::new(state))));
        }
    }

    fn queue_state(&mut self, cx: &mut QueueContext<'_>, now: Timestamp) -> QueueState {
        let left = {
            let pace = self.pace.clone();
            self.with_rules(cx, |scheduler, rules| {
                let at_once = |profile: &_| scheduler.gateways.at_once(profile, (rules.of)(profile), rules.overall);
                pace.left(&scheduler.to_do(), at_once, rules.overall)
            })
        };
        let scheduler = &self.scheduler;
        let (held, later) = scheduler.line.held_and_later();
        QueueState {
            paused: scheduler.paused,
            finishing: scheduler.finishing,
            running: scheduler.running().len(),
            waiting: scheduler.line.len() - held - later,
            held,
            later,
            failed: self.cards.failed(),
            offline: scheduler.gateways.offline(),
            resting: scheduler.gateways.resting(now),
            capped: scheduler.capped().to_vec(),
            short_of: self.disk.short_of,
            progress: self.run.all(),
            batches: self.run.batches(),
            left,
            spent: scheduler.purse.spent(),
            order: Arc::clone(&self.told.order),
        }
    }

    /// Tells that a run has ended, if it has. What is held back or put off belongs to a later one.
    fn end_run(&mut self, cx: &mut QueueContext<'_>, now: Timestamp) {
        let scheduler = &self.scheduler;
        let (held, later) = scheduler.line.held_and_later();
        let to_do = scheduler.running().len() + scheduler.line.len() - held - later;
        if to_do > 0 || self.run.all().ended() == 0 {
            return;
        }
        let batches: Vec<_> = scheduler.line.ids().filter_map(|id| Some(scheduler.line.get(id)?.batch)).collect();
        if let Some(ended) = self.run.end(now) {
            cx.send(Event::Queue(QueueEvent::RunEnded(ended)));
        }
        for batch in batches {
            self.run.asked(batch, now);
        }
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
