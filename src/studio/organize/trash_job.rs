//! Pictures go to the trash, come back from it, or are deleted for good.

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

/// How many pictures are moved at once.
const PIECE: usize = 250;

/// Something that is wished for.
pub(in crate::studio) enum Discard {
    /// To the trash with these.
    Delete(Vec<ImageId>),
    /// Back with these.
    Restore(Vec<ImageId>),
    /// All that is in the trash is deleted for good.
    Empty,
}

/// Does what is wished for, and tells what came of it: when it stops half-way, of that half.
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
    // First, so that who waits for the work to be done hears that it is not.
    if let Err(error) = result {
        tracing::error!(error = %chain(&error), "the trash could not be used");
        context.events.send(Event::Notice(Notice::TrashFailed { reason: error.to_string() }));
    }
    context.events.send(event);
    context.notify_core(TaskMessage::LibraryChanged);
}

/// Says that work has panicked, and ends whatever it was.
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
