//! Undo while writing: each prompt in the field has a history of its own.

use std::collections::VecDeque;

use egui::{
    Context, Id,
    text::{CCursor, CCursorRange},
    text_edit::TextEditState,
    util::undoer::Undoer,
};

/// The undo history of one prompt, in egui's format.
type UndoHistory = Undoer<(CCursorRange, String)>;

/// Maximum number of kept histories.
const MAX_HISTORIES: usize = 50;

/// The histories of the prompts that are not in the field, by their texts; the last one is the most recent.
#[derive(Debug, Default)]
pub(in crate::ui::panels::composer) struct TextUndo {
    kept: VecDeque<(String, UndoHistory)>,
    /// The previous prompt of the field.
    left: Option<String>,
}

impl TextUndo {
    /// Notes that this prompt is about to be replaced.
    pub(in crate::ui::panels::composer) fn leave(&mut self, prompt: &str) {
        self.left.get_or_insert_with(|| prompt.to_owned());
    }

    /// Gives the field the history of its current prompt. Called before the field is drawn.
    pub(in crate::ui::panels::composer) fn follow(&mut self, ctx: &Context, field: Id, prompt: &str) {
        let Some(left) = self.left.take().filter(|left| left != prompt) else { return };
        let Some(mut state) = TextEditState::load(ctx, field) else { return };
        let mut undoer = state.undoer();
        let cursor = state.cursor.char_range().unwrap_or_default();
        undoer.add_undo(&(cursor, left.clone()));
        self.kept.retain(|(text, _)| *text != left);
        self.kept.push_back((left, undoer));
        if self.kept.len() > MAX_HISTORIES {
            self.kept.pop_front();
        }
        let known = self.kept.iter().position(|(text, _)| text == prompt);
        let known = known.and_then(|index| self.kept.remove(index));
        state.set_undoer(known.map(|(_, undoer)| undoer).unwrap_or_default());
        state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(prompt.chars().count()))));
        state.store(ctx, field);
    }
}
