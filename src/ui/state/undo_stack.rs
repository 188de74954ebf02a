//! What was done last and can be taken back, one after the other.

use crate::{
    recipe::ImageId,
    studio::{Command, Event},
};

/// How many things can be taken back.
const MAX_UNDO_STEPS: usize = 200;

/// Something that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
enum UndoableChange {
    /// Pictures went to the trash.
    Deleted(Vec<ImageId>),
    /// Pictures were brought in.
    Imported(Vec<ImageId>),
    /// What is said about pictures, or the collections, changed; the studio's name for it.
    Organised(u64),
}

/// What can be taken back, oldest first.
#[derive(Debug, Default)]
pub struct UndoStack(Vec<UndoableChange>);

impl UndoStack {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::Deleted(ids) if ids.is_empty() => {}
            Event::Deleted(ids) => self.push(UndoableChange::Deleted(ids.clone())),
            // They may have come back in another way.
            Event::Restored(ids) => {
                self.0.retain(|done| !matches!(done, UndoableChange::Deleted(known) if known == ids))
            }
            // What was in it cannot come back.
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

    /// Whether there is nothing to take back.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What takes back the last thing that was done.
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
        // Nothing was changed by this one.
        stack.fold(&rated(None));
        assert!(matches!(stack.take(), Some(Command::UndoOrganising(2))));
        assert!(matches!(stack.take(), Some(Command::Restore(ids)) if ids == [id]));
        assert!(matches!(stack.take(), Some(Command::UndoOrganising(1))));
        assert!(stack.is_empty() && stack.take().is_none());
    }
}
