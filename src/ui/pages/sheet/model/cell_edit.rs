//! The text of a cell while it is edited, and the keys that leave it.

use egui::{Id, ImeEvent, Key, Modifiers, Ui};

/// A cell while it is edited.
#[derive(Debug)]
pub(in crate::ui::pages::sheet) struct CellEdit {
    pub(in crate::ui::pages::sheet) row: usize,
    pub(in crate::ui::pages::sheet) column: usize,
    pub(in crate::ui::pages::sheet) text: String,
    /// Whether an input method is composing: keys belong to it then.
    pub(in crate::ui::pages::sheet) composing: bool,
    /// Whether it is still to be focused.
    pub(in crate::ui::pages::sheet) new: bool,
}

/// Where the focus goes when a cell is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui::pages::sheet) enum CellExit {
    Down,
    Next,
    Back,
    /// The text is discarded.
    Nowhere,
}

pub(in crate::ui::pages::sheet) fn field_id() -> Id {
    Id::unique("sheet cell")
}

impl CellEdit {
    pub(in crate::ui::pages::sheet) fn new(row: usize, column: usize, text: String) -> Self {
        Self { row, column, text, composing: false, new: true }
    }

    /// Takes the keys that leave the cell before the field sees them.
    pub(in crate::ui::pages::sheet) fn left(&mut self, ui: &Ui) -> Option<CellExit> {
        ui.input_mut(|input| {
            let mut involved = self.composing;
            for event in &input.events {
                if let egui::Event::Ime(event) = event {
                    involved = true;
                    self.composing = matches!(event, ImeEvent::Preedit { text, .. } if !text.is_empty());
                }
            }
            if involved {
                return None;
            }
            let ways = [
                (Modifiers::SHIFT, Key::Tab, CellExit::Back),
                (Modifiers::NONE, Key::Tab, CellExit::Next),
                (Modifiers::NONE, Key::Enter, CellExit::Down),
                (Modifiers::NONE, Key::Escape, CellExit::Nowhere),
            ];
            // Plain keys: with Alt, Enter is a line break.
            let exact = |input: &egui::InputState, modifiers: Modifiers| input.modifiers.matches_exact(modifiers);
            let way = ways.into_iter().find(|(modifiers, key, _)| exact(input, *modifiers) && input.key_pressed(*key));
            way.map(|(modifiers, key, left)| {
                input.consume_key(modifiers, key);
                left
            })
        })
    }
}
