//! From what stands in a composer, or in the arguments of a command, to the requests that are meant: the template with
//! the styles around it, each prompt that it stands for, and what each was made of.

use std::sync::Arc;

use crate::{
    prompt::{Mode, Prompts, Sources, escape, is_json},
    recipe::{Composed, Recipe},
    settings::{Composing, Style, Variants},
};

/// What stands in a composer.
#[derive(Clone, Debug, Default)]
pub struct Composition {
    /// What is asked for. Its prompt is the template.
    pub recipe: Recipe,
    /// The styles that are on.
    pub styles: Vec<Style>,
    /// How the template is read.
    pub composing: Composing,
    /// What names in it mean.
    pub sources: Arc<Sources>,
}

impl Composition {
    /// The prompts that the template stands for, with the styles' words around each.
    pub fn prompts(&self) -> Prompts {
        prompts(&self.recipe.prompt, &self.styles, self.composing.variants, &self.sources)
    }

    /// How many of those are meant.
    pub fn count(&self) -> u128 {
        let prompts = self.prompts();
        prompts.count_of(mode(self.composing, &prompts))
    }

    /// What is asked for, with what the styles add; the prompt apart, which is made of the template.
    pub fn meant(&self) -> Recipe {
        meant(&self.recipe, &self.styles)
    }

    /// One request for each prompt that is meant, one after another.
    pub fn recipes(&self) -> impl Iterator<Item = Recipe> + use<> {
        let prompts = self.prompts();
        let mode = mode(self.composing, &prompts);
        let meant = self.meant();
        let (template, negative) = (self.recipe.prompt.clone(), self.recipe.negative.trim().to_owned());
        let styles: Vec<String> = self.styles.iter().map(|style| style.name.clone()).collect();
        prompts.of(mode).map(move |prompt| {
            let written = prompt == template && styles.is_empty();
            let composed =
                || Composed { template: template.clone(), styles: styles.clone(), negative: negative.clone() };
            Recipe { prompt, composed: (!written).then(composed), ..meant.clone() }
        })
    }
}

/// The prompts that a template stands for, with styles around it.
pub fn prompts(template: &str, styles: &[Style], variants: Variants, sources: &Sources) -> Prompts {
    let plain = variants == Variants::AsWritten;
    // JSON stands for itself, also where words are put around it.
    let own = if is_json(template) && !plain && !styles.is_empty() { escape(template) } else { template.into() };
    let whole = Style::around(&own, styles);
    if plain { Prompts::plain(&whole) } else { Prompts::new(&whole, sources) }
}

/// What is asked for, with what styles add; the prompt apart, which is made of the template.
pub fn meant(recipe: &Recipe, styles: &[Style]) -> Recipe {
    Recipe {
        negative: Style::avoided(&recipe.negative, styles),
        parameters: Style::filled(&recipe.parameters, styles),
        ..recipe.clone()
    }
}

/// Which of the prompts are meant.
pub fn mode(composing: Composing, prompts: &Prompts) -> Mode {
    let Composing { variants, count, seed, .. } = composing;
    match variants {
        Variants::Random if prompts.count() > 1 => Mode::Random { count: count.max(1), seed },
        Variants::Random | Variants::Every | Variants::AsWritten => Mode::Every,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composition(prompt: &str) -> Composition {
        let recipe = Recipe { prompt: prompt.to_owned(), negative: "fog ".to_owned(), ..Recipe::default() };
        Composition { recipe, ..Composition::default() }
    }

    #[test]
    fn each_prompt_that_is_meant_becomes_a_request_and_knows_what_it_was_made_of() {
        let style = Style {
            name: "Film".to_owned(),
            suffix: "35 mm".to_owned(),
            negative: "text".to_owned(),
            ..Style::default()
        };
        let all = Composition { styles: vec![style], ..composition("{a|b} fox") };
        let recipes: Vec<Recipe> = all.recipes().collect();
        assert_eq!((recipes.len(), all.count()), (2, 2));
        assert_eq!((recipes[1].prompt.as_str(), recipes[1].negative.as_str()), ("b fox, 35 mm", "fog, text"));
        let composed = recipes[1].composed.as_ref().unwrap();
        assert_eq!((composed.template.as_str(), composed.negative.as_str()), ("{a|b} fox", "fog"));
        assert_eq!(composed.styles, ["Film"]);
    }

    #[test]
    fn what_was_sent_as_it_was_written_needs_no_more_words() {
        let recipes: Vec<Recipe> = composition("a fox").recipes().collect();
        assert_eq!((recipes.len(), &recipes[0].composed), (1, &None));
    }
}
