//! The keyboard of the list, and where its pop-ups open.

use egui::{Id, Rect, Ui, pos2};

/// The widget that has the keyboard while arrows move among lines.
pub fn focus_id() -> Id {
    Id::unique("queue list")
}

/// Whether the list has the keyboard.
pub(super) fn has_keyboard(ui: &Ui) -> bool {
    ui.memory(|memory| memory.has_focus(focus_id()))
}

/// Where the keyboard's widget lies, which has no looks of its own.
pub(super) fn corner(area: Rect) -> Rect {
    Rect::from_min_size(pos2(area.left(), area.top()), egui::Vec2::splat(1.0))
}
