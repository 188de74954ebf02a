//! What of a picture's recipe is put into the composer.

use crate::{prompt, recipe::Recipe, settings::Kit};

use super::{Composer, drafts::Drafts};

/// A part of a recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recall {
    /// All of it: the same is asked again.
    Everything,
    /// The prompt as it was sent, and what was to be avoided.
    Prompt,
    /// The template as it was written, and the styles around it.
    Template,
    /// The parameters but for the seed.
    Parameters,
    /// The seed.
    Seed,
    /// The references.
    References,
}

impl Recall {
    /// Every part, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Everything, Self::Prompt, Self::Template, Self::Parameters, Self::Seed, Self::References];

    /// Whether a recipe has this part.
    pub fn is_in(self, recipe: &Recipe) -> bool {
        match self {
            Self::Everything | Self::Prompt | Self::Parameters => true,
            Self::Template => recipe.composed.is_some(),
            Self::Seed => recipe.parameters.seed.is_some(),
            Self::References => !recipe.references.is_empty(),
        }
    }

    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Everything => "recall-everything",
            Self::Prompt => "recall-prompt",
            Self::Template => "recall-template",
            Self::Parameters => "recall-parameters",
            Self::Seed => "recall-seed",
            Self::References => "recall-references",
        }
    }
}

impl Composer {
    /// Puts one part of a recipe into the composer and leaves everything else as it is.
    pub fn recall(&mut self, part: Recall, recipe: Recipe, kit: &Kit) {
        match part {
            Recall::Everything => self.reuse(recipe),
            Recall::Prompt => {
                self.take_off_styles();
                let prompt = prompt::escape(&recipe.prompt).into_owned();
                self.keep_draft(&prompt);
                self.switch_prompt(prompt);
                self.recipe.negative = recipe.negative;
            }
            Recall::Template => {
                let Some(composed) = recipe.composed else { return };
                self.styles = composed.styles;
                self.follow_kit(kit);
                self.keep_draft(&composed.template);
                self.switch_prompt(composed.template);
                self.recipe.negative = composed.negative;
            }
            Recall::Parameters => {
                let seed = self.recipe.parameters.seed;
                self.recipe.parameters = recipe.parameters;
                self.recipe.parameters.seed = seed;
                self.drafts = Drafts::of(&self.recipe.parameters);
            }
            Recall::Seed => {
                let seed = recipe.parameters.seed.map_or_else(String::new, |seed| seed.to_string());
                self.set_entry(super::entry::Entry::Seed, seed);
            }
            Recall::References => {
                self.recipe.references = recipe.references;
                self.want_tiles();
            }
        }
    }
}
