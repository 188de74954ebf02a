//! Waits for room on the library's disk: for requests that are not sent without it, and for responses that could not be
//! stored.

use std::sync::Arc;

use crate::{
    recipe::{FailureKind, RequestId},
    studio::{
        protocol::{CardState, DiskSpace},
        queue::{context::QueueContext, queue::Queue},
        requests::request_task,
        runtime::{context::Context, task::Task, task_message::TaskMessage},
    },
};

impl Queue {
    /// The disk has no room for a request: it goes back to its place in the queue, and nothing is sent until there is.
    pub(super) fn no_room(&mut self, cx: &QueueContext<'_>, id: RequestId, room: DiskSpace) {
        // A person has stopped it meanwhile.
        if let Some(job) = self.cards.stopped(id) {
            let recipe = Arc::clone(&job.recipe);
            return Self::follow(
                cx,
                id,
                &recipe,
                request_task::cancel_unsent(Arc::clone(cx.context), id, Arc::clone(&recipe)),
            );
        }
        let now = cx.context.now();
        if let Some(job) = self.cards.advance(id, CardState::Queued) {
            cx.send(crate::studio::protocol::Event::Queue(crate::studio::protocol::QueueEvent::RequestChanged(job)));
        }
        if self.disk.short_of.replace(room).is_none() {
            tracing::warn!(
                free = room.free,
                needed = room.needed,
                "the library's disk has no room for the next request"
            );
        }
        self.disk.look_later(now);
        self.scheduler.put_back(id, now);
        self.told.order_changed();
    }

    /// A request has failed: if that is because its response found no room, the disk is watched for it.
    pub(super) fn watch_disk(&mut self, cx: &QueueContext<'_>) {
        if cx.context.interactive && self.disk.next_look.is_none() && !self.waiting_for_room().is_empty() {
            self.disk.look_later(cx.context.now());
        }
    }

    /// Looks at the disk if that is due.
    pub(super) fn look_at_disk(&mut self, cx: &QueueContext<'_>) {
        let now = cx.context.now();
        if self.disk.next_look.is_none_or(|at| at > now) {
            return;
        }
        self.disk.next_look = None;
        let next = self.scheduler.line.order().first().and_then(|id| self.cards.get(*id));
        let stuck = self.waiting_for_room().first().and_then(|id| self.cards.get(*id));
        let Some(recipe) = next.or(stuck).map(|job| Arc::clone(&job.recipe)) else {
            self.disk.short_of = None;
            return;
        };
        let look =
            move |context: &Arc<Context>| context.notify_core(TaskMessage::DiskChecked(context.room.look(&recipe)));
        // A look that panics is taken again later.
        let none =
            |context: &Context| context.notify_core(TaskMessage::DiskChecked(DiskSpace { free: 0, needed: u64::MAX }));
        cx.context.spawn_blocking(Task::Disk, look, none);
    }

    /// The disk was looked at.
    pub(in crate::studio) fn found_room(&mut self, cx: &QueueContext<'_>, room: DiskSpace) {
        let now = cx.context.now();
        if room.free < room.needed {
            if let Some(short_of) = &mut self.disk.short_of {
                *short_of = room;
                self.told.news();
            }
            if self.disk.short_of.is_some() || !self.waiting_for_room().is_empty() {
                self.disk.look_later(now);
            }
            return;
        }
        if self.disk.short_of.take().is_some() {
            tracing::info!(free = room.free, "the library's disk has room again");
            self.told.news();
        }
        let waiting = self.waiting_for_room();
        self.disk.vain = if waiting.is_empty() { 0 } else { self.disk.vain.saturating_add(1) };
        for id in waiting {
            cx.context.notify_core(TaskMessage::RereadResponse(id));
        }
        self.start_waiting(cx);
    }

    /// The requests whose responses are kept because there was no room for their images.
    fn waiting_for_room(&self) -> Vec<RequestId> {
        self.cards.failed_with(|failure| failure.kind == FailureKind::DiskFull && failure.kept.is_some())
    }
}
