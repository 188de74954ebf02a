//! The image that is edited, and its conversation.

use crate::{
    recipe::{BatchRole, ImageId, Recipe, Reference, Turn},
    studio::ImageDetails,
};

/// Maximum number of characters of a prompt that name an image.
const NAME: usize = 40;

/// An image that is edited with prompts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageEdit {
    /// The image.
    pub id: ImageId,
    /// The image as a reference.
    pub image: Reference,
    /// The conversation up to it; empty if it is unknown.
    pub turns: Vec<Turn>,
}

impl ImageEdit {
    pub(in crate::ui::panels::composer) fn of(details: &ImageDetails) -> Self {
        let image = Reference {
            sha256: details.sha256.clone(),
            mime: details.facts.format.mime().to_owned(),
            name: details.facts.recipe.prompt.chars().take(NAME).collect(),
            image: Some(details.facts.id),
        };
        let turns = details.facts.recipe.turns_up_to(image.clone(), &details.facts.answer);
        Self { id: details.facts.id, image, turns }
    }

    /// The edited image of a recipe, if it has one.
    pub(in crate::ui::panels::composer) fn in_recipe(recipe: &Recipe) -> Option<Self> {
        let BatchRole::Edit(id) = recipe.role else { return None };
        let image = match recipe.turns.last() {
            Some(last) => &last.image,
            None => recipe.references.iter().find(|reference| reference.image == Some(id))?,
        };
        Some(Self { id, image: image.clone(), turns: recipe.turns.clone() })
    }
}
