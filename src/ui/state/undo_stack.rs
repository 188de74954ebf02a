//! The changes that can be undone, one after the other.

use crate::{
    recipe::ImageId,
    studio::{Command, Event, ImportEvent, OrganizeCommand, OrganizeEvent},
};

/// Maximum number of changes that can be undone.
const MAX_UNDO_STEPS: usize = 200;

/// A change that can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
enum UndoableChange {
    /// Images were moved to the trash.
    Deleted(Vec<ImageId>),
    /// Images were imported.
    Imported(Vec<ImageId>),
    /// Ratings, tags or collections changed; the id is the studio's.
    Organised(u64),
}

/// The changes that can be undone, oldest first.
#[derive(Debug, Default)]
pub struct UndoStack(Vec<UndoableChange>);

impl UndoStack {
    /// Folds an event of the studio into this state.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::Organize(OrganizeEvent::MovedToTrash(ids)) if ids.is_empty() => {}
            Event::Organize(OrganizeEvent::MovedToTrash(ids)) => self.push(UndoableChange::Deleted(ids.clone())),
            // The images may have been restored in another way.
            Event::Organize(OrganizeEvent::RestoredFromTrash(ids)) => {
                self.0.retain(|done| !matches!(done, UndoableChange::Deleted(known) if known == ids));
            }
            // Deleted images cannot be restored.
            Event::Organize(OrganizeEvent::TrashEmptied(1..)) => {
                self.0.retain(|done| !matches!(done, UndoableChange::Deleted(_)));
            }
            Event::Import(ImportEvent::Done(imported)) if !imported.imported.is_empty() => {
                self.push(UndoableChange::Imported(imported.imported.clone()));
            }
            Event::Organize(
                OrganizeEvent::Changed { undo: Some(name), .. } | OrganizeEvent::CollectionsEdited(name),
            ) => {
                self.push(UndoableChange::Organised(*name));
            }
            _ => {}
        }
    }

    fn push(&mut self, done: UndoableChange) {
        self.0.push(done);
        if self.0.len() > MAX_UNDO_STEPS {
            self.0.remove(0);
        }
    }

    /// Whether there is nothing to undo.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The command that undoes the last change.
    pub fn take(&mut self) -> Option<Command> {
        self.0.pop().map(|done| match done {
            UndoableChange::Deleted(ids) => Command::Organize(OrganizeCommand::RestoreFromTrash(ids)),
            UndoableChange::Imported(ids) => Command::Organize(OrganizeCommand::MoveToTrash(ids)),
            UndoableChange::Organised(name) => Command::Organize(OrganizeCommand::Undo(name)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Change;

    #[test]
    fn things_of_different_kinds_are_taken_back_in_turn() {
        let id = ImageId::from_uuid(uuid::Uuid::from_u128(1));
        let mut stack = UndoStack::default();
        let rated = |name| {
            Event::Organize(OrganizeEvent::Changed { undo: name, images: [id].into(), change: Some(Change::Rate(3)) })
        };
        stack.fold(&rated(Some(1)));
        stack.fold(&Event::Organize(OrganizeEvent::MovedToTrash(vec![id])));
        stack.fold(&Event::Organize(OrganizeEvent::CollectionsEdited(2)));
        // This event changed nothing.
        stack.fold(&rated(None));
        assert!(matches!(stack.take(), Some(Command::Organize(OrganizeCommand::Undo(2)))));
        assert!(matches!(stack.take(), Some(Command::Organize(OrganizeCommand::RestoreFromTrash(ids))) if ids == [id]));
        assert!(matches!(stack.take(), Some(Command::Organize(OrganizeCommand::Undo(1)))));
        assert!(stack.is_empty() && stack.take().is_none());
    }
}
