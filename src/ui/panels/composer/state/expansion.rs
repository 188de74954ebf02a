//! The expansion of the composer's prompt, cached while the prompt stays the same.

use std::sync::Arc;

use crate::{
    composition::{expand_prompts, expansion_mode, wrap_prompt},
    prompt::{ExpansionMode, Prompts, Sources, TemplateProblem, is_json, spans},
    settings::{Composing, Style, Variants},
};

/// The prompts that the prompt expands to.
#[derive(Debug)]
pub struct Expansion {
    /// The options of expansion.
    pub composing: Composing,
    sources: Arc<Sources>,
    styles: Vec<Style>,
    text: String,
    plain: bool,
    prompts: Prompts,
    /// Whether the prompt has syntax that can be expanded in different ways.
    has_syntax: bool,
    stale: bool,
}

impl Default for Expansion {
    fn default() -> Self {
        Self {
            composing: Composing::default(),
            sources: Arc::default(),
            styles: Vec::new(),
            text: String::new(),
            plain: false,
            prompts: Prompts::plain(""),
            has_syntax: false,
            stale: false,
        }
    }
}

impl Expansion {
    /// Parses the prompt, if it has changed.
    pub fn follow(&mut self, text: &str) {
        let plain = self.composing.variants == Variants::AsWritten;
        if self.stale || plain != self.plain || text != self.text {
            text.clone_into(&mut self.text);
            self.prompts = expand_prompts(text, &self.styles, self.composing.variants, &self.sources);
            self.has_syntax = !is_json(text) && !spans(&wrap_prompt(text, &self.styles)).is_empty();
            (self.plain, self.stale) = (plain, false);
        }
    }

    /// Sets the variables, snippets and wildcards that prompts can name.
    pub fn set_sources(&mut self, sources: Arc<Sources>) {
        self.sources = sources;
        self.stale = true;
    }

    /// Sets the styles around the prompt.
    pub fn set_styles(&mut self, styles: Vec<Style>) {
        self.styles = styles;
        self.stale = true;
    }

    /// The styles around the prompt.
    pub fn styles(&self) -> &[Style] {
        &self.styles
    }

    /// The variables, snippets and wildcards that prompts can name.
    pub fn sources(&self) -> &Arc<Sources> {
        &self.sources
    }

    /// The problems of the prompt.
    pub fn problems(&self) -> &[TemplateProblem] {
        self.prompts.problems()
    }

    /// Whether the prompt has syntax that can be expanded in different ways.
    pub fn has_syntax(&self) -> bool {
        self.has_syntax
    }

    /// The number of prompts that the options select.
    pub fn count(&self) -> u128 {
        self.prompts.count_of(self.mode())
    }

    /// The selected prompts.
    pub fn prompts(&self) -> impl Iterator<Item = String> {
        self.prompts.of(self.mode())
    }

    fn mode(&self) -> ExpansionMode {
        expansion_mode(self.composing, &self.prompts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompt_is_parsed_in_the_chosen_mode() {
        let mut expansion = Expansion::default();
        let mut read = |variants, text: &str| {
            expansion.composing = Composing { variants, count: 3, seed: 7, ..Composing::default() };
            expansion.follow(text);
            (expansion.prompts().collect::<Vec<_>>(), expansion.has_syntax())
        };
        assert_eq!(read(Variants::Every, "{a|b} c"), (vec!["a c".to_owned(), "b c".to_owned()], true));
        assert_eq!(read(Variants::AsWritten, "{a|b} c"), (vec!["{a|b} c".to_owned()], true));
        let (random, _) = read(Variants::Random, "{1..99}");
        assert_eq!((random.len(), &random), (3, &read(Variants::Random, "{1..99}").0));
        assert_eq!(read(Variants::Random, "no choice"), (vec!["no choice".to_owned()], false), "asked once");
        let json = r#"{"a": "b|c"}"#;
        assert_eq!(read(Variants::Every, json), (vec![json.to_owned()], false));
    }
}
