//! Writes a text into the prompt where its cursor is.

use egui::{
    Context,
    text::{CCursor, CCursorRange},
    text_edit::TextEditState,
};

use crate::ui::panels::composer::{focus::prompt_id, state::composer::Composer};

/// Inserts a text at the last cursor position of the prompt, in place of the selection.
pub fn insert(ctx: &Context, composer: &mut Composer, words: &str) {
    let prompt = &mut composer.recipe.prompt;
    let end = prompt.chars().count();
    let state = TextEditState::load(ctx, prompt_id());
    let range = state.as_ref().and_then(|state| state.cursor.char_range());
    let (from, to) = range.map_or((end, end), |range| {
        let (a, b) = (range.primary.index.0.min(end), range.secondary.index.0.min(end));
        (a.min(b), a.max(b))
    });
    let byte = |character: usize| prompt.char_indices().nth(character).map_or(prompt.len(), |(byte, _)| byte);
    let bytes = byte(from)..byte(to);
    prompt.replace_range(bytes, words);
    if let Some(mut state) = state {
        let after = CCursor::new(from + words.chars().count());
        state.cursor.set_char_range(Some(CCursorRange::one(after)));
        state.store(ctx, prompt_id());
    }
    composer.expansion.follow(&composer.recipe.prompt);
    composer.focus_wanted = true;
}
