//! Menus that open below a button.

use egui::{Popup, PopupCloseBehavior, Response, Ui};

use crate::ui::theme::size;

use super::button::{Button, ButtonKind};

/// Opens a menu of this width in points below a button that was clicked. Any click closes it.
pub fn menu(button: &Response, name: &str, width: f32, contents: impl FnOnce(&mut Ui)) {
    Popup::menu(button)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .accessible_name(name)
        .gap(4.0)
        .width(width)
        .show(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 2.0;
            contents(ui);
        });
}

/// Draws an item of a menu. Returns whether it was chosen.
pub fn menu_item(ui: &mut Ui, label: impl Into<String>, chosen: bool, note: &str) -> bool {
    let mut button =
        Button::new(label).kind(ButtonKind::Quiet).selected(chosen).left_aligned().width(ui.available_width());
    if !note.is_empty() {
        button = button.trailing(note);
    }
    ui.add(button).clicked()
}

/// Draws an item of a menu with a small rectangle of this aspect ratio.
pub fn menu_shape(ui: &mut Ui, label: impl Into<String>, chosen: bool, ratio: f32) -> bool {
    let button = Button::new(label)
        .kind(ButtonKind::Quiet)
        .selected(chosen)
        .left_aligned()
        .aspect(ratio)
        .height(size::CHIP)
        .width(ui.available_width());
    ui.add(button).clicked()
}
