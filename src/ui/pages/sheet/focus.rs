//! The keyboard focus of the table.

use egui::Id;

/// The id of the widget that is focused while arrow keys move among cells.
pub fn focus_id() -> Id {
    Id::unique("sheet table")
}
