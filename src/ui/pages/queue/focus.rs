//! The keyboard focus of the list.

use egui::{Id, Rect, Ui, pos2};

/// The id of the widget that is focused while arrow keys move among rows.
pub fn focus_id() -> Id {
    Id::unique("queue list")
}

/// Whether the list has the keyboard focus.
pub(super) fn has_keyboard(ui: &Ui) -> bool {
    ui.memory(|memory| memory.has_focus(focus_id()))
}

/// The rectangle of the focus widget, which is not drawn.
pub(super) fn corner(area: Rect) -> Rect {
    Rect::from_min_size(pos2(area.left(), area.top()), egui::Vec2::splat(1.0))
}
