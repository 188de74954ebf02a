//! Telling how the queue stands, a few times a second at most, and watching the clock for it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::studio::{
    protocol::{Event, QueueEvent, QueueStatus},
    queue::{context::QueueContext, queue::Queue},
};

use super::published_status::HEARTBEAT;

impl Queue {
    /// When the queue has to be looked at again, if nothing happens before; never while there is nothing to do.
    pub(in crate::studio) fn alarm(&mut self, cx: &QueueContext<'_>) -> Option<Instant> {
        let (now, looked_at) = (cx.context.now(), self.looked_at);
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
    pub(in crate::studio) fn look_at_queue(&mut self, cx: &QueueContext<'_>) {
        let now = cx.context.now();
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

    fn tell_queue(&mut self, cx: &QueueContext<'_>, now: Timestamp) {
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

    fn queue_state(&mut self, cx: &QueueContext<'_>, now: Timestamp) -> QueueStatus {
        let time_left = {
            let pace = self.pace.clone();
            self.with_rules(cx, |scheduler, rules| {
                let at_once = |profile: &_| scheduler.gateways.at_once(profile, (rules.of)(profile), rules.overall);
                pace.left(&scheduler.to_do(), at_once, rules.overall)
            })
        };
        let scheduler = &self.scheduler;
        let (on_hold, scheduled) = scheduler.line.held_and_later();
        QueueStatus {
            paused: scheduler.paused,
            draining: scheduler.finishing,
            running: scheduler.running().len(),
            queued: scheduler.line.len() - on_hold - scheduled,
            on_hold,
            scheduled,
            failed: self.cards.failed(),
            unreachable: scheduler.gateways.offline(),
            pauses: scheduler.gateways.resting(now),
            budget_blocks: scheduler.capped().to_vec(),
            disk_shortage: self.disk.short_of,
            progress: self.run.all(),
            batches: self.run.batches(),
            time_left,
            budget: scheduler.purse.spent(),
            order: Arc::clone(&self.told.order),
        }
    }

    /// Tells that a run has ended, if it has. What is held back or put off belongs to a later one.
    fn end_run(&mut self, cx: &QueueContext<'_>, now: Timestamp) {
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
