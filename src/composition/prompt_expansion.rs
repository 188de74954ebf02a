//! From the contents of a composer, or the arguments of a command, to the recipes of requests: the template with the
//! styles around it, each prompt that it stands for, and a record of what each prompt was made of.

use std::sync::Arc;

use crate::{
    prompt::{ExpansionMode, Prompts, Sources, escape, is_json},
    recipe::{Composed, Recipe},
    settings::{Composing, Style, Variants},
};

use super::styles::{with_styles, wrap_prompt};

/// The contents of a composer: a recipe whose prompt is a template, and what its expansion depends on.
#[derive(Clone, Debug, Default)]
pub struct Composition {
    /// The recipe. Its prompt is the template.
    pub recipe: Recipe,
    /// The selected styles.
    pub styles: Vec<Style>,
    /// How the template is read.
    pub composing: Composing,
    /// What names of wildcards and variables in it mean.
    pub sources: Arc<Sources>,
}

impl Composition {
    /// The prompts that the template stands for, with the styles' words around each.
    pub fn prompts(&self) -> Prompts {
        expand_prompts(&self.recipe.prompt, &self.styles, self.composing.variants, &self.sources)
    }

    /// How many of those prompts are sent.
    pub fn count(&self) -> u128 {
        let prompts = self.prompts();
        prompts.count_of(expansion_mode(self.composing, &prompts))
    }

    /// The recipe with what the styles add. Its prompt is still the template.
    pub fn with_styles(&self) -> Recipe {
        with_styles(&self.recipe, &self.styles)
    }

    /// One recipe for each prompt that is sent, made lazily.
    pub fn recipes(&self) -> impl Iterator<Item = Recipe> + use<> {
        let prompts = self.prompts();
        let mode = expansion_mode(self.composing, &prompts);
        let styled = self.with_styles();
        let (template, negative) = (self.recipe.prompt.clone(), self.recipe.negative.trim().to_owned());
        let styles: Vec<String> = self.styles.iter().map(|style| style.name.clone()).collect();
        prompts.of(mode).map(move |prompt| {
            let written = prompt == template && styles.is_empty();
            let composed =
                || Composed { template: template.clone(), styles: styles.clone(), negative: negative.clone() };
            Recipe { prompt, composed: (!written).then(composed), ..styled.clone() }
        })
    }
}

/// The prompts that a template stands for, with the words of styles around it.
pub fn expand_prompts(template: &str, styles: &[Style], variants: Variants, sources: &Sources) -> Prompts {
    let plain = variants == Variants::AsWritten;
    // JSON is literal text, also where words are put around it.
    let own = if is_json(template) && !plain && !styles.is_empty() { escape(template) } else { template.into() };
    let whole = wrap_prompt(&own, styles);
    if plain { Prompts::plain(&whole) } else { Prompts::new(&whole, sources) }
}

/// Which of the prompts are sent: all of them, or a random selection.
pub fn expansion_mode(composing: Composing, prompts: &Prompts) -> ExpansionMode {
    let Composing { variants, count, seed, .. } = composing;
    match variants {
        Variants::Random if prompts.count() > 1 => ExpansionMode::Random { count: count.max(1), seed },
        Variants::Random | Variants::Every | Variants::AsWritten => ExpansionMode::Every,
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
    fn each_prompt_becomes_a_recipe_that_records_its_template() {
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
    fn a_prompt_without_syntax_or_styles_records_no_template() {
        let recipes: Vec<Recipe> = composition("a fox").recipes().collect();
        assert_eq!((recipes.len(), &recipes[0].composed), (1, &None));
    }
}
