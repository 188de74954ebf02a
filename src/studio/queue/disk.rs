//! Waits for space on the library's disk: for requests that are not sent without it, and for responses that could not
//! be stored.

use std::sync::Arc;

use crate::{
    recipe::{FailureKind, RequestId},
    studio::{
        protocol::{CardState, DiskSpace, Event, QueueEvent},
        queue::{context::QueueContext, queue::Queue},
        requests::request_task,
        runtime::{context::Context, task::Task, task_message::TaskMessage},
    },
};

impl Queue {
    /// Puts a request back into the queue for whose response the disk has no space, and sends nothing until there is.
    pub(super) fn on_no_disk_space(&mut self, cx: &QueueContext<'_>, id: RequestId, space: DiskSpace) {
        // A person may have cancelled it in the meantime.
        if let Some(card) = self.registry.being_cancelled(id) {
            let recipe = Arc::clone(&card.recipe);
            return Self::spawn_request(
                cx,
                id,
                &recipe,
                request_task::cancel_unsent(Arc::clone(cx.context), id, Arc::clone(&recipe)),
            );
        }
        let now = cx.context.now();
        if let Some(card) = self.registry.set_state(id, CardState::Queued) {
            cx.send(Event::Queue(QueueEvent::RequestChanged(card)));
        }
        if self.disk_watch.shortage.replace(space).is_none() {
            tracing::warn!(
                free = space.free,
                needed = space.needed,
                "the library's disk has no space for the next request"
            );
        }
        self.disk_watch.schedule_check(now);
        self.scheduler.requeue(id, now);
        self.published.mark_order_dirty();
    }

    /// Starts to watch the disk if responses of failed requests could not be stored for lack of space.
    pub(super) fn watch_disk(&mut self, cx: &QueueContext<'_>) {
        if cx.context.interactive && self.disk_watch.next_check.is_none() && !self.failed_on_full_disk().is_empty() {
            self.disk_watch.schedule_check(cx.context.now());
        }
    }

    /// Checks the disk if a check is due.
    pub(super) fn check_disk(&mut self, cx: &QueueContext<'_>) {
        let now = cx.context.now();
        if self.disk_watch.next_check.is_none_or(|at| at > now) {
            return;
        }
        self.disk_watch.next_check = None;
        let next = self.scheduler.pending.order().first().and_then(|id| self.registry.get(*id));
        let failed = self.failed_on_full_disk().first().and_then(|id| self.registry.get(*id));
        let Some(recipe) = next.or(failed).map(|card| Arc::clone(&card.recipe)) else {
            self.disk_watch.shortage = None;
            return;
        };
        let check = move |context: &Arc<Context>| {
            context.notify_core(TaskMessage::DiskChecked(context.disk_space.check(&recipe)));
        };
        // A check that panics counts as a full disk, so that it is repeated later.
        let failed = |context: &Context| {
            context.notify_core(TaskMessage::DiskChecked(DiskSpace { free: 0, needed: u64::MAX }));
        };
        cx.context.spawn_blocking(Task::Disk, check, failed);
    }

    /// Handles the result of a check: continues if there is space, else schedules the next check.
    pub(in crate::studio) fn on_disk_checked(&mut self, cx: &QueueContext<'_>, space: DiskSpace) {
        let now = cx.context.now();
        if space.free < space.needed {
            if let Some(shortage) = &mut self.disk_watch.shortage {
                *shortage = space;
                self.published.mark_dirty();
            }
            if self.disk_watch.shortage.is_some() || !self.failed_on_full_disk().is_empty() {
                self.disk_watch.schedule_check(now);
            }
            return;
        }
        if self.disk_watch.shortage.take().is_some() {
            tracing::info!(free = space.free, "the library's disk has space again");
            self.published.mark_dirty();
        }
        let failed = self.failed_on_full_disk();
        self.disk_watch.failed_rereads =
            if failed.is_empty() { 0 } else { self.disk_watch.failed_rereads.saturating_add(1) };
        for id in failed {
            cx.context.notify_core(TaskMessage::RereadResponse(id));
        }
        self.dispatch_ready(cx);
    }

    /// The failed requests whose responses are kept because there was no space for their images.
    fn failed_on_full_disk(&self) -> Vec<RequestId> {
        self.registry.failed_with(|failure| failure.kind == FailureKind::DiskFull && failure.kept.is_some())
    }
}
