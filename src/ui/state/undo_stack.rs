//! The changes that can be undone and redone, one after the other: of the library, the settings, the prompt library and
//! the composer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    recipe::{CollectionEdit, ImageId, MarkChange, Recipe},
    settings::{PromptLibrary, Settings},
    studio::{Command, ImportEvent, OrganizeCommand, OrganizeEvent},
};

/// Maximum number of changes that can be undone.
const MAX_UNDO_STEPS: usize = 200;
/// Changes of the same kind that follow each other faster than this are one: a slider is dragged, a name is typed.
const MERGE_INTERVAL: Duration = Duration::from_secs(1);

/// What stands in the composer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComposerContents {
    /// The recipe.
    pub recipe: Recipe,
    /// The names of the active styles.
    pub styles: Vec<String>,
}

/// A change that can be undone.
#[derive(Clone, Debug, PartialEq)]
enum UndoableChange {
    /// Images were moved to the trash.
    Deleted(Vec<ImageId>),
    /// Images were imported.
    Imported(Vec<ImageId>),
    /// Ratings, tags or collections of images changed; the number is the studio's.
    Organized(u64, Arc<[ImageId]>, MarkChange),
    /// What is left of an undo that stopped half-way.
    Rest(u64),
    /// The collections were edited; the number is the studio's.
    Collections(u64, CollectionEdit),
    /// The settings before and after.
    Settings(Box<(Settings, Settings)>),
    /// The prompt library before and after.
    PromptLibrary(Box<(PromptLibrary, PromptLibrary)>),
    /// The composer before and after.
    Composer(Box<(ComposerContents, ComposerContents)>),
}

/// What carries out an undo or a redo.
#[derive(Debug)]
pub enum UndoEffect {
    /// Send a command to the studio.
    Send(Box<Command>),
    /// Save these settings.
    Settings(Box<Settings>),
    /// Save this prompt library.
    PromptLibrary(Box<PromptLibrary>),
    /// Put these contents into the composer; the prompt only if the change replaced it.
    Composer {
        /// The contents.
        contents: Box<ComposerContents>,
        /// Whether the prompt is replaced as well.
        with_prompt: bool,
    },
}

/// The changes that can be undone and redone, oldest first.
#[derive(Debug, Default)]
pub struct UndoStack {
    past: Vec<UndoableChange>,
    future: Vec<UndoableChange>,
    /// The number of redone changes that the studio has not confirmed yet.
    redoing: usize,
    /// Images that go to the trash because their import was undone.
    undone_imports: Vec<Vec<ImageId>>,
    /// What stood in the composer when it was looked at last.
    composer: Option<ComposerContents>,
    /// When the last change was made.
    changed_at: Option<Instant>,
}

impl UndoStack {
    /// Folds an event about marks, collections and the trash into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        match event {
            OrganizeEvent::MovedToTrash(ids) if ids.is_empty() => {
                self.redoing = self.redoing.saturating_sub(1);
            }
            OrganizeEvent::MovedToTrash(ids) => match self.undone_imports.iter().position(|undone| undone == ids) {
                Some(index) => {
                    self.undone_imports.remove(index);
                }
                None => self.confirm(UndoableChange::Deleted(ids.clone())),
            },
            // The images may have been restored in another way.
            OrganizeEvent::RestoredFromTrash(ids) => {
                self.past.retain(|done| !matches!(done, UndoableChange::Deleted(known) if known == ids));
            }
            // Deleted images cannot be restored.
            OrganizeEvent::TrashEmptied(1..) => {
                self.past.retain(|done| !matches!(done, UndoableChange::Deleted(_)));
                self.future.retain(|done| !matches!(done, UndoableChange::Imported(_)));
            }
            OrganizeEvent::Changed { undo: Some(name), images, change } => match change {
                Some(change) => {
                    self.confirm(UndoableChange::Organized(*name, Arc::clone(images), change.clone()));
                }
                None => self.past.push(UndoableChange::Rest(*name)),
            },
            OrganizeEvent::CollectionsEdited { undo, edit } => {
                self.confirm(UndoableChange::Collections(*undo, edit.clone()));
            }
            OrganizeEvent::TrashEmptied(0)
            | OrganizeEvent::Changed { undo: None, .. }
            | OrganizeEvent::Progress { .. }
            | OrganizeEvent::Collections(_)
            | OrganizeEvent::TagSuggestions(..) => {}
        }
    }

    /// Folds an event about imports into this state.
    pub fn fold_import(&mut self, event: &ImportEvent) {
        if let ImportEvent::Done(imported) = event
            && !imported.imported.is_empty()
        {
            self.push(UndoableChange::Imported(imported.imported.clone()));
        }
    }

    /// Adds a change of the settings.
    pub fn push_settings(&mut self, before: &Settings, after: &Settings) {
        if before == after {
            return;
        }
        let merges = self.merges();
        match self.past.last_mut() {
            Some(UndoableChange::Settings(change)) if merges => change.1.clone_from(after),
            _ => self.push(UndoableChange::Settings(Box::new((before.clone(), after.clone())))),
        }
        self.changed_at = Some(Instant::now());
    }

    /// Adds a change of the prompt library.
    pub fn push_kit(&mut self, before: &PromptLibrary, after: &PromptLibrary) {
        let merges = self.merges();
        match self.past.last_mut() {
            Some(UndoableChange::PromptLibrary(change)) if merges => change.1.clone_from(after),
            _ => self.push(UndoableChange::PromptLibrary(Box::new((before.clone(), after.clone())))),
        }
        self.changed_at = Some(Instant::now());
    }

    /// Looks at the composer, and adds a change if a person has changed it. The prompt has an undo of its own while it
    /// is edited, so that its text alone is no change.
    pub fn follow_composer(&mut self, recipe: &Recipe, styles: &[String], by_person: bool) {
        let same = |contents: &ComposerContents| contents.recipe == *recipe && contents.styles == styles;
        if self.composer.as_ref().is_some_and(same) {
            return;
        }
        let now = ComposerContents { recipe: recipe.clone(), styles: styles.to_vec() };
        let Some(before) = self.composer.replace(now.clone()) else { return };
        let but_for_prompt = Recipe { prompt: now.recipe.prompt.clone(), ..before.recipe.clone() };
        if !by_person || (but_for_prompt == now.recipe && before.styles == now.styles) {
            return;
        }
        let merges = self.merges();
        match self.past.last_mut() {
            Some(UndoableChange::Composer(change)) if merges => change.1 = now,
            _ => self.push(UndoableChange::Composer(Box::new((before, now)))),
        }
        self.changed_at = Some(Instant::now());
    }

    /// Whether a change belongs to the last one.
    fn merges(&self) -> bool {
        self.future.is_empty() && self.changed_at.is_some_and(|last| last.elapsed() < MERGE_INTERVAL)
    }

    /// Adds a change that the studio has made.
    fn confirm(&mut self, done: UndoableChange) {
        if self.redoing > 0 {
            self.redoing -= 1;
            self.past.push(done);
        } else {
            self.push(done);
        }
    }

    /// Adds a new change; what was undone before it cannot be redone any more.
    fn push(&mut self, done: UndoableChange) {
        self.future.clear();
        self.changed_at = None;
        self.past.push(done);
        if self.past.len() > MAX_UNDO_STEPS {
            self.past.remove(0);
        }
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Takes the last change, and returns what undoes it.
    pub fn undo(&mut self) -> Option<UndoEffect> {
        let done = self.past.pop()?;
        self.changed_at = None;
        let effect = match &done {
            UndoableChange::Deleted(ids) => organize(OrganizeCommand::RestoreFromTrash(ids.clone())),
            UndoableChange::Imported(ids) => {
                self.undone_imports.push(ids.clone());
                organize(OrganizeCommand::MoveToTrash(ids.clone()))
            }
            UndoableChange::Rest(name) => return Some(organize(OrganizeCommand::Undo(*name))),
            UndoableChange::Organized(name, ..) | UndoableChange::Collections(name, _) => {
                organize(OrganizeCommand::Undo(*name))
            }
            UndoableChange::Settings(change) => UndoEffect::Settings(Box::new(change.0.clone())),
            UndoableChange::PromptLibrary(change) => UndoEffect::PromptLibrary(Box::new(change.0.clone())),
            UndoableChange::Composer(change) => self.composer_effect(&change.0, &change.1),
        };
        self.future.push(done);
        Some(effect)
    }

    /// Takes the change that was undone last, and returns what redoes it.
    pub fn redo(&mut self) -> Option<UndoEffect> {
        let done = self.future.pop()?;
        self.changed_at = None;
        // The studio confirms some changes by an event, which adds them again with another number.
        let (effect, is_confirmed) = match &done {
            UndoableChange::Deleted(ids) => (organize(OrganizeCommand::MoveToTrash(ids.clone())), true),
            UndoableChange::Imported(ids) => (organize(OrganizeCommand::RestoreFromTrash(ids.clone())), false),
            UndoableChange::Organized(_, images, change) => {
                let (images, change) = (Arc::clone(images), change.clone());
                (organize(OrganizeCommand::Change { images, change }), true)
            }
            UndoableChange::Rest(name) => (organize(OrganizeCommand::Undo(*name)), false),
            UndoableChange::Collections(_, edit) => (organize(OrganizeCommand::EditCollections(edit.clone())), true),
            UndoableChange::Settings(change) => (UndoEffect::Settings(Box::new(change.1.clone())), false),
            UndoableChange::PromptLibrary(change) => (UndoEffect::PromptLibrary(Box::new(change.1.clone())), false),
            UndoableChange::Composer(change) => (self.composer_effect(&change.1, &change.0), false),
        };
        if is_confirmed {
            self.redoing += 1;
        } else {
            self.past.push(done);
        }
        Some(effect)
    }

    /// What puts contents into the composer instead of others.
    fn composer_effect(&mut self, contents: &ComposerContents, instead_of: &ComposerContents) -> UndoEffect {
        // The next look at the composer finds what was put there, which is no change of a person.
        self.composer = None;
        let with_prompt = contents.recipe.prompt != instead_of.recipe.prompt;
        UndoEffect::Composer { contents: Box::new(contents.clone()), with_prompt }
    }
}

fn organize(command: OrganizeCommand) -> UndoEffect {
    UndoEffect::Send(Box::new(Command::Organize(command)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(1))
    }

    fn rated(undo: Option<u64>) -> OrganizeEvent {
        OrganizeEvent::Changed { undo, images: [id()].into(), change: Some(MarkChange::Rate(3)) }
    }

    fn sent(effect: Option<UndoEffect>) -> OrganizeCommand {
        match effect {
            Some(UndoEffect::Send(command)) => match *command {
                Command::Organize(command) => command,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn changes_of_different_kinds_are_undone_in_order() {
        let mut stack = UndoStack::default();
        stack.fold_organize(&rated(Some(1)));
        stack.fold_organize(&OrganizeEvent::MovedToTrash(vec![id()]));
        let light = Settings { theme: crate::settings::Theme::Light, ..Settings::default() };
        stack.push_settings(&Settings::default(), &light);
        // This event changed nothing.
        stack.fold_organize(&rated(None));
        assert!(matches!(stack.undo(), Some(UndoEffect::Settings(settings)) if *settings == Settings::default()));
        assert!(matches!(sent(stack.undo()), OrganizeCommand::RestoreFromTrash(ids) if ids == [id()]));
        assert!(matches!(sent(stack.undo()), OrganizeCommand::Undo(1)));
        assert!(!stack.can_undo() && stack.undo().is_none());
    }

    #[test]
    fn undone_changes_are_redone_until_a_new_change() {
        let mut stack = UndoStack::default();
        stack.fold_organize(&rated(Some(1)));
        stack.fold_organize(&OrganizeEvent::MovedToTrash(vec![id()]));
        stack.undo();
        stack.fold_organize(&OrganizeEvent::RestoredFromTrash(vec![id()]));
        stack.undo();
        assert!(matches!(sent(stack.redo()), OrganizeCommand::Change { change: MarkChange::Rate(3), .. }));
        stack.fold_organize(&rated(Some(2)));
        assert!(matches!(sent(stack.redo()), OrganizeCommand::MoveToTrash(_)));
        stack.fold_organize(&OrganizeEvent::MovedToTrash(vec![id()]));
        assert!(!stack.can_redo());
        stack.undo();
        assert!(matches!(sent(stack.undo()), OrganizeCommand::Undo(2)), "the redone change has another number");
        stack.fold_organize(&rated(Some(3)));
        assert!(!stack.can_redo(), "something new was done");
    }

    #[test]
    fn undone_import_is_not_a_deletion() {
        let mut stack = UndoStack::default();
        stack.past.push(UndoableChange::Imported(vec![id()]));
        assert!(matches!(sent(stack.undo()), OrganizeCommand::MoveToTrash(_)));
        stack.fold_organize(&OrganizeEvent::MovedToTrash(vec![id()]));
        assert!(!stack.can_undo() && stack.can_redo());
        assert!(matches!(sent(stack.redo()), OrganizeCommand::RestoreFromTrash(_)));
        assert!(stack.can_undo());
    }

    #[test]
    fn undo_restores_the_composer_and_keeps_a_typed_prompt() {
        let mut stack = UndoStack::default();
        let recipe = |prompt: &str, model: &str| Recipe {
            prompt: prompt.to_owned(),
            model: model.to_owned(),
            ..Recipe::default()
        };
        stack.follow_composer(&recipe("", "a"), &[], true);
        stack.follow_composer(&recipe("fox", "a"), &[], true);
        assert!(!stack.can_undo(), "the field of the prompt has an undo of its own");
        stack.follow_composer(&recipe("fox", "b"), &[], false);
        assert!(!stack.can_undo(), "no person has changed it");
        stack.follow_composer(&recipe("fox", "c"), &[], true);
        match stack.undo() {
            Some(UndoEffect::Composer { contents, with_prompt: false }) => assert_eq!(contents.recipe.model, "b"),
            other => panic!("{other:?}"),
        }
        stack.follow_composer(&recipe("fox", "b"), &[], true);
        assert!(stack.can_redo(), "what an undo puts there is no new change");
    }
}
