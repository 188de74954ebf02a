//! The edit mode of the composer: which image is edited, and its conversation.

use crate::{
    recipe::{BatchRole, ImageId},
    studio::{Command, GalleryCommand, ImageDetails},
    ui::state::studio_state::StudioState,
};

use super::{composer::Composer, edit::ImageEdit};

impl Composer {
    /// Begins to edit an image. Its details are requested if they are not loaded.
    pub fn edit(&mut self, id: ImageId, known: &StudioState) -> Option<Command> {
        self.focus();
        let Some(details) = known.details(id) else {
            self.edit_wanted = Some(id);
            return Some(Command::Gallery(GalleryCommand::LoadDetails(id)));
        };
        self.begin_edit(details);
        self.switch_to_instruction();
        None
    }

    /// Handles the details of an image that is or is to be edited.
    pub(in crate::ui::panels::composer) fn update_conversation(&mut self, details: &ImageDetails) {
        if self.edit_wanted == Some(details.facts.id) {
            self.edit_wanted = None;
            self.begin_edit(details);
            self.switch_to_instruction();
        } else if let Some(edit) = &mut self.edit
            && edit.id == details.facts.id
            && edit.turns.is_empty()
        {
            edit.turns = ImageEdit::of(details).turns;
        }
    }

    /// Handles a new image: the conversation continues with its own result.
    pub(in crate::ui::panels::composer) fn follow_conversation(&mut self, details: &ImageDetails) {
        let came_of_this = self.edit.is_some()
            && !self.recipe.turns.is_empty()
            && details.facts.recipe.role == self.recipe.role
            && details.facts.recipe.turns == self.recipe.turns;
        if !came_of_this {
            return;
        }
        let written =
            details.facts.recipe.composed.as_ref().map_or(&details.facts.recipe.prompt, |composed| &composed.template);
        let still_there = *written == self.recipe.prompt;
        self.begin_edit(details);
        // A prompt that was changed in the meantime stays.
        if still_there {
            self.switch_prompt(String::new());
        }
    }

    pub(in crate::ui::panels::composer) fn begin_edit(&mut self, details: &ImageDetails) {
        self.leave_edit();
        // The references of the image are part of it already; those that were added since are sent.
        let known = &details.facts.recipe.references;
        self.recipe.references.retain(|reference| known.iter().all(|sent| sent.sha256 != reference.sha256));
        self.edit = Some(ImageEdit::of(details));
        self.apply_edit();
    }

    pub(in crate::ui::panels::composer) fn switch_to_instruction(&mut self) {
        self.keep_draft("");
        self.switch_prompt(String::new());
    }

    /// Puts the image or its conversation into the recipe.
    pub(in crate::ui::panels::composer) fn apply_edit(&mut self) {
        let Some(edit) = &self.edit else { return };
        self.recipe.role = BatchRole::Edit(edit.id);
        self.recipe.references.retain(|reference| reference.sha256 != edit.image.sha256);
        if self.converses() {
            self.recipe.turns.clone_from(&edit.turns);
        } else {
            self.recipe.turns.clear();
            self.recipe.references.insert(0, edit.image.clone());
        }
        self.want_tiles();
    }

    /// Whether the conversation is sent.
    pub(in crate::ui::panels::composer) fn converses(&self) -> bool {
        self.expansion.composing.converse && self.edit.as_ref().is_some_and(|edit| !edit.turns.is_empty())
    }

    /// Chooses between sending the conversation and sending only the image.
    pub(in crate::ui::panels::composer) fn set_converse(&mut self, converse: bool) {
        self.expansion.composing.converse = converse;
        self.apply_edit();
    }

    /// Continues from an earlier step of the conversation.
    pub(in crate::ui::panels::composer) fn continue_from(&mut self, step: usize) {
        let Some(edit) = &mut self.edit else { return };
        let Some(turn) = edit.turns.get(step) else { return };
        if let Some(id) = turn.image.image {
            edit.image = turn.image.clone();
            edit.id = id;
            edit.turns.truncate(step + 1);
            self.apply_edit();
        }
    }

    /// Ends the edit mode.
    pub(in crate::ui::panels::composer) fn leave_edit(&mut self) {
        if let Some(edit) = self.edit.take() {
            self.recipe.role = BatchRole::Prompt;
            self.recipe.turns.clear();
            self.recipe.references.retain(|reference| reference.sha256 != edit.image.sha256);
            self.want_tiles();
        }
    }

    /// Enters or leaves the edit mode after a recipe was loaded.
    pub(in crate::ui::panels::composer) fn take_up_edit(&mut self) {
        self.edit = ImageEdit::in_recipe(&self.recipe);
        match &self.edit {
            Some(edit) if edit.turns.is_empty() => {
                self.wanted.push(Command::Gallery(GalleryCommand::LoadDetails(edit.id)));
            }
            Some(_) => self.expansion.composing.converse = true,
            None => {
                self.recipe.role = BatchRole::Prompt;
                self.recipe.turns.clear();
            }
        }
    }
}
