//! Moves images to the trash and back, and deletes them for good.

use crate::{
    error_chain::chain,
    library::LibraryError,
    recipe::ImageId,
    studio::{
        organize::serial_worker::CancelFlags,
        protocol::{BulkOperation, Event, Notice, OrganizeEvent},
        runtime::{context::Context, task::INTERNAL_ERROR, task_message::TaskMessage},
    },
};

/// Number of images that are moved in one step.
const IMAGES_PER_STEP: usize = 250;

/// A job of the trash worker.
pub(in crate::studio) enum TrashJob {
    /// Moves images to the trash.
    Discard(Vec<ImageId>),
    /// Restores images from the trash.
    Restore(Vec<ImageId>),
    /// Deletes all images in the trash.
    Empty,
}

/// Runs a job and sends its result. If it stops half-way, the result covers the finished part.
pub(in crate::studio) fn run(context: &Context, flags: &CancelFlags, job: TrashJob) {
    let library = &context.library;
    let (event, result) = match job {
        TrashJob::Discard(mut ids) => {
            let (done, result) = flags.in_steps((context, BulkOperation::MoveToTrash), &ids, IMAGES_PER_STEP, |ids| {
                library.trash().discard(ids)
            });
            ids.truncate(done);
            (Event::Organize(OrganizeEvent::MovedToTrash(ids)), result)
        }
        TrashJob::Restore(mut ids) => {
            let (done, result) = flags
                .in_steps((context, BulkOperation::Restore), &ids, IMAGES_PER_STEP, |ids| library.trash().restore(ids));
            ids.truncate(done);
            (Event::Organize(OrganizeEvent::RestoredFromTrash(ids)), result)
        }
        TrashJob::Empty => {
            let (emptied, result) = empty_trash(context, flags);
            (Event::Organize(OrganizeEvent::TrashEmptied(emptied)), result)
        }
    };
    // Sent first, so that a front end that waits for the result knows that it is incomplete.
    if let Err(error) = result {
        tracing::error!(error = %chain(&error), "the trash could not be used");
        context.events.send(Event::Notice(Notice::TrashFailed { reason: error.to_string() }));
    }
    context.events.send(event);
    context.notify_core(TaskMessage::LibraryChanged);
}

/// Reports that a job has panicked, and that it has ended.
pub(in crate::studio) fn report_panic(context: &Context) {
    context.events.send(Event::Notice(Notice::TrashFailed { reason: INTERNAL_ERROR.to_owned() }));
    for event in [
        Event::Organize(OrganizeEvent::MovedToTrash(Vec::new())),
        Event::Organize(OrganizeEvent::RestoredFromTrash(Vec::new())),
        Event::Organize(OrganizeEvent::TrashEmptied(0)),
    ] {
        context.events.send(event);
    }
    context.notify_core(TaskMessage::LibraryChanged);
}

fn empty_trash(context: &Context, flags: &CancelFlags) -> (usize, Result<(), LibraryError>) {
    let total = match context.library.trash().totals() {
        Ok((total, _)) => total,
        Err(error) => return (0, Err(error)),
    };
    let mut emptied = 0;
    let result = context.library.trash().empty(|done| {
        emptied = done;
        if done < total {
            context.events.send(Event::Organize(OrganizeEvent::Progress {
                operation: BulkOperation::EmptyTrash,
                done,
                total,
            }));
        }
        !flags.is_cancelled()
    });
    (emptied, result)
}
