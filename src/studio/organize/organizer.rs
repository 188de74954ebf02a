//! Marks, collections and the trash.

use std::{sync::Arc, time::Duration};

use crate::studio::{
    organize::{
        marks_job::{self, Done, Wish},
        serial_worker::InLine,
        trash_job::{self, Discard},
    },
    protocol::{BulkOperation, OrganizeCommand},
    runtime::{context::Context, task::Task},
};

/// Changes marks and collections, and moves images to and from the trash, in the order of the commands.
pub(in crate::studio) struct Organizer {
    marks: InLine<Wish>,
    trash: InLine<Discard>,
}

impl Organizer {
    /// Starts the workers. Must be called on the runtime.
    pub(in crate::studio) fn new(context: &Arc<Context>) -> Self {
        let mut done = Done::default();
        let grant = move |context: &Context, reins: &_, wish| done.grant(context, reins, wish);
        Self {
            marks: InLine::new(context, Task::Organize, grant, marks_job::broke_down),
            trash: InLine::new(context, Task::Trash, trash_job::grant, trash_job::broke_down),
        }
    }

    /// Sends the collections.
    pub(in crate::studio) fn load(&self) {
        self.marks.wish(Wish::Tell);
    }

    /// Handles a command about marks, collections and the trash.
    pub(in crate::studio) fn handle(&self, command: OrganizeCommand) {
        match command {
            OrganizeCommand::Change { images, change } => self.marks.wish(Wish::Change(images, change)),
            OrganizeCommand::EditCollections(edit) => self.marks.wish(Wish::Collections(edit)),
            OrganizeCommand::Undo(name) => self.marks.wish(Wish::Undo(name)),
            OrganizeCommand::SuggestTags(beginning) => self.marks.wish(Wish::Tags(beginning)),
            OrganizeCommand::MoveToTrash(ids) => self.trash.wish(Discard::Delete(ids)),
            OrganizeCommand::RestoreFromTrash(ids) => self.trash.wish(Discard::Restore(ids)),
            OrganizeCommand::EmptyTrash => self.trash.wish(Discard::Empty),
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
