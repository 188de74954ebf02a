//! Marks, collections and the trash.

use std::{sync::Arc, time::Duration};

use crate::studio::{
    organize::{
        marks_job::{self, OrganizeJob, UndoHistory},
        serial_worker::SerialWorker,
        trash_job::{self, TrashJob},
    },
    protocol::{BulkOperation, OrganizeCommand},
    runtime::{context::Context, task::Task},
};

/// Changes marks and collections, and moves images to and from the trash, in the order of the commands.
pub(in crate::studio) struct OrganizeWorkers {
    marks: SerialWorker<OrganizeJob>,
    trash: SerialWorker<TrashJob>,
}

impl OrganizeWorkers {
    /// Starts the workers. Must be called on the runtime.
    pub(in crate::studio) fn new(context: &Arc<Context>) -> Self {
        let mut history = UndoHistory::default();
        let run = move |context: &Context, flags: &_, job| history.run(context, flags, job);
        Self {
            marks: SerialWorker::new(context, Task::Organize, run, marks_job::report_panic),
            trash: SerialWorker::new(context, Task::Trash, trash_job::run, trash_job::report_panic),
        }
    }

    /// Sends the collections.
    pub(in crate::studio) fn load(&self) {
        self.marks.submit(OrganizeJob::SendCollections);
    }

    /// Handles a command about marks, collections and the trash.
    pub(in crate::studio) fn handle(&self, command: OrganizeCommand) {
        match command {
            OrganizeCommand::Change { images, change } => self.marks.submit(OrganizeJob::Change(images, change)),
            OrganizeCommand::EditCollections(edit) => self.marks.submit(OrganizeJob::Collections(edit)),
            OrganizeCommand::Undo(number) => self.marks.submit(OrganizeJob::Undo(number)),
            OrganizeCommand::SuggestTags(beginning) => self.marks.submit(OrganizeJob::SuggestTags(beginning)),
            OrganizeCommand::MoveToTrash(ids) => self.trash.submit(TrashJob::Discard(ids)),
            OrganizeCommand::RestoreFromTrash(ids) => self.trash.submit(TrashJob::Restore(ids)),
            OrganizeCommand::EmptyTrash => self.trash.submit(TrashJob::Empty),
            OrganizeCommand::Stop(BulkOperation::ChangeMarks) => self.marks.stop(),
            OrganizeCommand::Stop(BulkOperation::MoveToTrash | BulkOperation::Restore | BulkOperation::EmptyTrash) => {
                self.trash.stop();
            }
        }
    }

    /// Waits until all commands are carried out, but not much longer than the limit. Returns whether they are.
    pub(in crate::studio) async fn finish(self, limit: Duration) -> bool {
        let (organized, moved) = tokio::join!(self.marks.finish(limit), self.trash.finish(limit));
        organized && moved
    }
}
