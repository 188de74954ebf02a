//! Starts background tasks. The caller is informed of the end of every task, also if it panics.

use std::{future::Future, sync::Arc};

use crate::studio::{
    platform::file_dialogs::{Choice, await_choice},
    protocol::{Event, Notice},
    runtime::{
        context::World,
        task::{BROKE_DOWN, Task, caught},
    },
};

impl World {
    /// Runs a task on a thread that may block. If it panics, `failed` tells whoever waits for it.
    pub(in crate::studio) fn on_thread(
        self: &Arc<Self>,
        task: Task,
        work: impl FnOnce(&Arc<Self>) + Send + 'static,
        failed: impl FnOnce(&Self) + Send + 'static,
    ) {
        let world = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            if world.caught(task, || work(&world)).is_none() {
                failed(&world);
            }
        });
    }

    /// Runs a task that waits. If it panics, `failed` tells whoever waits for it.
    pub(in crate::studio) fn spawn(
        self: &Arc<Self>,
        task: Task,
        work: impl Future<Output = ()> + Send + 'static,
        failed: impl FnOnce(&Self) + Send + 'static,
    ) {
        let world = Arc::clone(self);
        let begun = Arc::clone(self);
        let working = tokio::spawn(async move {
            (begun.on_task)(task);
            work.await;
        });
        tokio::spawn(async move {
            if let Err(error) = working.await
                && error.is_panic()
            {
                tracing::error!(?task, "a task panicked");
                failed(&world);
            }
        });
    }

    /// Waits for the person's choice in a dialog, and passes it on.
    pub(in crate::studio) fn choose<T: Send + 'static>(
        self: &Arc<Self>,
        choice: Choice<T>,
        chosen: impl FnOnce(&Arc<Self>, T) + Send + 'static,
    ) {
        let world = Arc::clone(self);
        let waiting = async move {
            if let Some(choice) = await_choice(&world.events, choice).await {
                chosen(&world, choice);
            }
        };
        self.spawn(Task::Dialog, waiting, |world| world.events.send(Event::Notice(Notice::NoDialog)));
    }

    /// Runs work; nothing if it panics.
    pub(in crate::studio) fn caught<T>(&self, task: Task, work: impl FnOnce() -> T) -> Option<T> {
        caught(task, || {
            (self.on_task)(task);
            work()
        })
    }

    /// Says that a task has panicked for which no other event says it.
    pub(in crate::studio) fn task_failed(&self) {
        self.events.send(Event::Notice(Notice::TaskFailed));
    }

    /// Says that the library could not be read because a task has panicked.
    pub(in crate::studio) fn reading_failed(&self) {
        self.events.send(Event::Notice(Notice::LibraryTrouble { reason: BROKE_DOWN.to_owned() }));
    }
}
