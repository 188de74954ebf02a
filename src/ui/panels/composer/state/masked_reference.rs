//! The mask that is sent with the first reference.

use crate::recipe::Reference;

use super::composer::Composer;

impl Composer {
    /// The reference that a mask belongs to: the edited image, or the first reference.
    pub(in crate::ui::panels::composer) fn masked(&self) -> Option<&Reference> {
        self.recipe.turns.last().map(|turn| &turn.image).or_else(|| self.recipe.references.first())
    }

    /// Puts the mask of the current first reference into the recipe.
    pub(in crate::ui::panels::composer) fn follow_mask(&mut self) {
        self.recipe.mask = self.masked().and_then(|first| self.masks.of(&first.sha256)).cloned();
    }

    /// Stores the mask of a recipe that was loaded.
    pub(in crate::ui::panels::composer) fn take_up_mask(&mut self) {
        if let (Some(first), Some(mask)) = (self.masked(), &self.recipe.mask) {
            let (sha256, mask) = (first.sha256.clone(), mask.clone());
            self.masks.set(&sha256, Some(mask));
        }
    }
}
