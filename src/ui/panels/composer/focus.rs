//! The ids of the fields that others can focus.

use egui::Id;

/// The id of the model field.
pub fn model_id() -> Id {
    field_id()
}

/// The id of the prompt's field.
pub fn prompt_id() -> Id {
    Id::unique("prompt")
}

pub(super) fn field_id() -> Id {
    Id::unique("model")
}
