//! The ids of the fields that can be given the keyboard.

use egui::Id;

/// The model field's id, by which it gets the keyboard.
pub fn model_id() -> Id {
    field_id()
}

/// The widget that the prompt is written in.
pub fn prompt_id() -> Id {
    Id::unique("prompt")
}

pub(super) fn field_id() -> Id {
    Id::unique("model")
}
