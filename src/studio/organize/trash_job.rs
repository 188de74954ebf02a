//! Moves images to the trash and back, and deletes them for good.

use crate::{
    error_chain::chain,
    library::LibraryError,
    recipe::ImageId,
    studio::{
        organize::serial_worker::Reins,
        protocol::{BulkOperation, Event, Notice, OrganizeEvent},
        runtime::{context::Context, task::INTERNAL_ERROR, task_message::TaskMessage},
    },
};

/// Number of images that are moved in one step.
const PIECE: usize = 250;

/// A job of the trash worker.
pub(in crate::studio) enum Discard {
    /// Moves images to the trash.
    Delete(Vec<ImageId>),
    /// Restores images from the trash.
    Restore(Vec<ImageId>),
    /// Deletes all images in the trash.
    Empty,
}

/// Runs a job and sends its result. If it stops half-way, the result covers the finished part.
pub(in crate::studio) fn grant(context: &Context, reins: &Reins, wish: Discard) {
    let library = &context.library;
    let (event, result) = match wish {
        Discard::Delete(mut ids) => {
            let (done, result) =
                reins.in_pieces((context, BulkOperation::MoveToTrash), &ids, PIECE, |ids| library.trash().discard(ids));
            ids.truncate(done);
            (Event::Organize(OrganizeEvent::MovedToTrash(ids)), result)
        }
        Discard::Restore(mut ids) => {
            let (done, result) =
                reins.in_pieces((context, BulkOperation::Restore), &ids, PIECE, |ids| library.trash().restore(ids));
            ids.truncate(done);
            (Event::Organize(OrganizeEvent::RestoredFromTrash(ids)), result)
        }
        Discard::Empty => {
            let (emptied, result) = empty(context, reins);
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
pub(in crate::studio) fn broke_down(context: &Context) {
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

fn empty(context: &Context, reins: &Reins) -> (usize, Result<(), LibraryError>) {
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
        !reins.pulled()
    });
    (emptied, result)
}
