//! Puts parts of an image's recipe into the composer.

use crate::{prompt, recipe::Recipe, settings::PromptLibrary, ui::actions::payload::Recall};

use super::{composer::Composer, field_drafts::FieldDrafts, typed_parameter::TypedParameter};

impl Composer {
    /// Puts one part of a recipe into the composer and leaves everything else unchanged.
    pub fn recall(&mut self, part: Recall, recipe: Recipe, prompt_library: &PromptLibrary) {
        match part {
            Recall::Everything => self.reuse(recipe),
            Recall::Prompt => {
                self.remove_styles();
                let prompt = prompt::escape(&recipe.prompt).into_owned();
                self.keep_draft(&prompt);
                self.switch_prompt(prompt);
                self.recipe.negative = recipe.negative;
            }
            Recall::Template => {
                let Some(composed) = recipe.composed else { return };
                self.styles = composed.styles;
                self.follow_prompt_library(prompt_library);
                self.keep_draft(&composed.template);
                self.switch_prompt(composed.template);
                self.recipe.negative = composed.negative;
            }
            Recall::Parameters => {
                let seed = self.recipe.parameters.seed;
                self.recipe.parameters = recipe.parameters;
                self.recipe.parameters.seed = seed;
                self.drafts = FieldDrafts::of(&self.recipe.parameters);
            }
            Recall::Seed => {
                let seed = recipe.parameters.seed.map_or_else(String::new, |seed| seed.to_string());
                self.set_entry(TypedParameter::Seed, seed);
            }
            Recall::References => {
                self.recipe.references = recipe.references;
                self.want_tiles();
            }
        }
    }
}
