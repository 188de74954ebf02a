//! The changes that can be undone, one after the other.

use crate::{
    recipe::ImageId,
    studio::{Command, Event},
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
            Event::Deleted(ids) if ids.is_empty() => {}
            Event::Deleted(ids) => self.push(UndoableChange::Deleted(ids.clone())),
            // The images may have been restored in another way.
            Event::Restored(ids) => {
                self.0.retain(|done| !matches!(done, UndoableChange::Deleted(known) if known == ids))
            }
            // Deleted images cannot be restored.
            Event::TrashEmptied(1..) => self.0.retain(|done| !matches!(done, UndoableChange::Deleted(_))),
            Event::ImportDone(imported) if !imported.new.is_empty() => {
                self.push(UndoableChange::Imported(imported.new.clone()))
            }
            Event::Organised { undo: Some(name), .. } | Event::CollectionsEdited(name) => {
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
            UndoableChange::Deleted(ids) => Command::Restore(ids),
            UndoableChange::Imported(ids) => Command::Delete(ids),
            UndoableChange::Organised(name) => Command::UndoOrganising(name),
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
        let rated = |name| Event::Organised { undo: name, images: [id].into(), change: Some(Change::Rate(3)) };
        stack.fold(&rated(Some(1)));
        stack.fold(&Event::Deleted(vec![id]));
        stack.fold(&Event::CollectionsEdited(2));
        // This event changed nothing.
        stack.fold(&rated(None));
        assert!(matches!(stack.take(), Some(Command::UndoOrganising(2))));
        assert!(matches!(stack.take(), Some(Command::Restore(ids)) if ids == [id]));
        assert!(matches!(stack.take(), Some(Command::UndoOrganising(1))));
        assert!(stack.is_empty() && stack.take().is_none());
    }
}
