//! Verifies the open library, and has the next start rebuild its index.

use std::{
    cell::Cell,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    error_chain::chain,
    studio::{
        protocol::{Event, MaintenanceCommand, MaintenanceEvent},
        runtime::{context::Context, task::Task},
    },
};

/// Time between two reports of progress.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// Handles a command about the library as a whole.
pub(in crate::studio) fn handle(command: MaintenanceCommand, context: &Arc<Context>) {
    match command {
        MaintenanceCommand::Verify => {
            context.spawn_blocking(
                Task::Verify,
                |context| verify(context),
                |context| {
                    let failed = MaintenanceEvent::Verified(Err(String::new()));
                    context.events.send(Event::Maintenance(failed));
                    context.report_task_panic();
                },
            );
        }
        MaintenanceCommand::RebuildAtNextStart => context.library.mark_damaged(),
    }
}

/// Reads every image of the library. Nothing is repaired, because requests may be running whose files look left over.
fn verify(context: &Context) {
    let reported = Cell::new(None::<Instant>);
    let progress = |done: usize, total: usize| {
        let is_due = reported.get().is_none_or(|last| last.elapsed() >= PROGRESS_INTERVAL);
        if is_due {
            reported.set(Some(Instant::now()));
            context.events.send(Event::Maintenance(MaintenanceEvent::Progress { done, total }));
        }
    };
    let verified = context.library.verify(false, progress).map(Arc::new).map_err(|error| {
        tracing::warn!(error = %chain(&error), "the library could not be verified");
        error.to_string()
    });
    context.events.send(Event::Maintenance(MaintenanceEvent::Verified(verified)));
}
