//! The small round mark that shows a state by its color.

use egui::{Color32, Sense, Ui, vec2};

/// A small round light.
pub fn dot(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(7.0, 7.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.5, color);
}
