//! Starts background tasks. The caller is informed of the end of every task, also if it panics.

use std::{future::Future, sync::Arc};

use crate::studio::{
    platform::file_dialogs::{DialogFuture, await_choice},
    protocol::{Event, Notice},
    runtime::{
        context::Context,
        task::{INTERNAL_ERROR, Task, catch_panic},
    },
};

impl Context {
    /// Runs a task on a thread that may block. If it panics, `failed` informs whatever waits for it.
    pub(in crate::studio) fn spawn_blocking(
        self: &Arc<Self>,
        task: Task,
        work: impl FnOnce(&Arc<Self>) + Send + 'static,
        failed: impl FnOnce(&Self) + Send + 'static,
    ) {
        let context = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            if context.catch_panic(task, || work(&context)).is_none() {
                failed(&context);
            }
        });
    }

    /// Runs an async task. If it panics, `failed` informs whatever waits for it.
    pub(in crate::studio) fn spawn(
        self: &Arc<Self>,
        task: Task,
        work: impl Future<Output = ()> + Send + 'static,
        failed: impl FnOnce(&Self) + Send + 'static,
    ) {
        let context = Arc::clone(self);
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
                failed(&context);
            }
        });
    }

    /// Waits for the person's choice in a dialog, and passes it to `chosen`.
    pub(in crate::studio) fn choose<T: Send + 'static>(
        self: &Arc<Self>,
        choice: DialogFuture<T>,
        chosen: impl FnOnce(&Arc<Self>, T) + Send + 'static,
    ) {
        let context = Arc::clone(self);
        let wait = async move {
            if let Some(choice) = await_choice(&context.events, choice).await {
                chosen(&context, choice);
            }
        };
        self.spawn(Task::Dialog, wait, |context| context.events.send(Event::Notice(Notice::DialogFailed)));
    }

    /// Runs work and returns its result; `None` if it panics.
    pub(in crate::studio) fn catch_panic<T>(&self, task: Task, work: impl FnOnce() -> T) -> Option<T> {
        catch_panic(task, || {
            (self.on_task)(task);
            work()
        })
    }

    /// Reports that a task has panicked for which no other event reports it.
    pub(in crate::studio) fn report_task_panic(&self) {
        self.events.send(Event::Notice(Notice::InternalError));
    }

    /// Reports that the library could not be read because a task has panicked.
    pub(in crate::studio) fn report_read_panic(&self) {
        self.events.send(Event::Notice(Notice::LibraryFailed { reason: INTERNAL_ERROR.to_owned() }));
    }
}
