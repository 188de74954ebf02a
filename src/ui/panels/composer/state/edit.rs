//! The image that is changed in words, and what was said about it before.

use crate::{
    recipe::{ImageId, Part, Recipe, Reference, Turn},
    studio::Details,
};

/// How much of a prompt names a picture.
const NAME: usize = 40;

/// A picture that is changed in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageEdit {
    /// Which picture.
    pub id: ImageId,
    /// The same as it goes along.
    pub picture: Reference,
    /// The conversation up to it; empty if nobody knows what was said.
    pub turns: Vec<Turn>,
}

impl ImageEdit {
    pub(in crate::ui::panels::composer) fn of(details: &Details) -> Self {
        let picture = Reference {
            sha256: details.sha256.clone(),
            mime: details.format.mime().to_owned(),
            name: details.recipe.prompt.chars().take(NAME).collect(),
            image: Some(details.id),
        };
        let turns = details.recipe.turns_to(picture.clone(), &details.answer);
        Self { id: details.id, picture, turns }
    }

    /// What a recipe that changes a picture says of it.
    pub(in crate::ui::panels::composer) fn in_recipe(recipe: &Recipe) -> Option<Self> {
        let Part::Edit(id) = recipe.part else { return None };
        let picture = match recipe.turns.last() {
            Some(last) => &last.picture,
            None => recipe.references.iter().find(|reference| reference.image == Some(id))?,
        };
        Some(Self { id, picture: picture.clone(), turns: recipe.turns.clone() })
    }
}
