//! Publishes the status of the queue, a few times per second at most, and detects that the machine has slept.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::studio::{
    protocol::{Event, QueueEvent, QueueStatus},
    queue::{context::QueueContext, queue::Queue},
};

use super::published_status::MAX_SLEEP;

impl Queue {
    /// When [`Self::tick`] has to be called next, if nothing happens before; `None` while there is nothing to do.
    pub(in crate::studio) fn next_wakeup(&mut self, cx: &QueueContext<'_>) -> Option<Instant> {
        let (now, dispatched_at) = (cx.context.now(), self.dispatched_at);
        let scheduled = self.with_limits(cx, |scheduler, limits| scheduler.next_change(dispatched_at, limits));
        let next = [scheduled, self.disk_watch.next_check()].into_iter().flatten().min();
        let wait = next.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default().min(MAX_SLEEP));
        let busy = (!self.scheduler.running().is_empty()).then_some(MAX_SLEEP);
        let wakeup = [wait, busy].into_iter().flatten().min().map(|wait| Instant::now() + wait);
        if wakeup.is_none() {
            // The clocks are not compared for a while, and must not count as a sleep of the machine then.
            self.published.clocks = None;
        }
        [wakeup, self.published.due()].into_iter().flatten().min()
    }

    /// Starts what may start now, and publishes the status if that is due.
    pub(in crate::studio) fn tick(&mut self, cx: &QueueContext<'_>) {
        let now = cx.context.now();
        if self.published.has_slept(now, Instant::now()) {
            // Requests under way keep their own time limits: they may be charged, and are not sent again.
            tracing::info!("the machine has slept, or its clock was set");
            self.scheduler.gateways.on_clock_change(now);
            self.registry.wake_due_retries(now);
            self.disk_watch.on_clock_change(now);
        }
        self.check_disk(cx);
        self.dispatch_ready(cx);
        if self.published.due().is_some_and(|due| due <= Instant::now()) {
            self.publish_status(cx, now);
        }
    }

    fn publish_status(&mut self, cx: &QueueContext<'_>, now: Timestamp) {
        self.end_run(cx, now);
        let published = &mut self.published;
        let is_first = published.at.is_none();
        (published.is_dirty, published.at) = (false, Some(Instant::now()));
        if std::mem::take(&mut published.is_order_dirty) {
            published.order = self.scheduler.pending.order().into();
        }
        let status = self.current_status(cx, now);
        if is_first || status != self.published.status {
            self.published.status = status.clone();
            cx.send(Event::Queue(QueueEvent::Status(Box::new(status))));
        }
    }

    fn current_status(&mut self, cx: &QueueContext<'_>, now: Timestamp) -> QueueStatus {
        let time_left = {
            let durations = self.durations.clone();
            self.with_limits(cx, |scheduler, limits| {
                let concurrency = |profile: &_| {
                    scheduler.gateways.effective_concurrency(profile, (limits.for_gateway)(profile), limits.max_total)
                };
                durations.time_left(&scheduler.ready_counts(), concurrency, limits.max_total)
            })
        };
        let scheduler = &self.scheduler;
        let (on_hold, scheduled) = scheduler.pending.on_hold_and_scheduled();
        QueueStatus {
            paused: scheduler.paused,
            draining: scheduler.draining,
            running: scheduler.running().len(),
            queued: scheduler.pending.len() - on_hold - scheduled,
            on_hold,
            scheduled,
            failed: self.registry.failed(),
            unreachable: scheduler.gateways.unreachable(),
            pauses: scheduler.gateways.pauses(now),
            budget_blocks: scheduler.budget_blocks().to_vec(),
            disk_shortage: self.disk_watch.shortage,
            progress: self.run.all(),
            batches: self.run.batches(),
            time_left,
            budget: scheduler.budget.status(),
            order: Arc::clone(&self.published.order),
        }
    }

    /// Reports the end of the run, if it has ended. Requests that are on hold or scheduled belong to a later run.
    fn end_run(&mut self, cx: &QueueContext<'_>, now: Timestamp) {
        let scheduler = &self.scheduler;
        let (on_hold, scheduled) = scheduler.pending.on_hold_and_scheduled();
        let unfinished = scheduler.running().len() + scheduler.pending.len() - on_hold - scheduled;
        if unfinished > 0 || self.run.all().ended() == 0 {
            return;
        }
        let batches: Vec<_> = scheduler.pending.ids().filter_map(|id| Some(scheduler.pending.get(id)?.batch)).collect();
        if let Some(summary) = self.run.finish(now) {
            cx.send(Event::Queue(QueueEvent::RunEnded(summary)));
        }
        for batch in batches {
            self.run.add(batch, now);
        }
    }
}
