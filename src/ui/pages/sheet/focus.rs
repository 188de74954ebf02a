//! The keyboard of the table.

use egui::Id;

/// The widget that has the keyboard while arrows move among cells.
pub fn focus_id() -> Id {
    Id::unique("sheet table")
}
