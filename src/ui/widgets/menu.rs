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
    let response = ui.add(button);
    focus_first_item(&response);
    response.clicked()
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

/// The context menu of a widget: a secondary click opens it at the pointer, the key for menus below the widget. `by_key`
/// says that the key was pressed for a widget that does not have the keyboard focus itself.
pub fn context_menu(response: &Response, by_key: bool) -> Popup<'_> {
    let ctx = &response.ctx;
    let (id, opened_by_key) = (Popup::default_response_id(response), response.id.with("menu by key"));
    let pressed = by_key || response.has_focus() && takes_menu_key(ctx);
    if pressed {
        Popup::open_id(ctx, id);
        ctx.data_mut(|data| {
            data.insert_temp(opened_by_key, true);
            data.insert_temp(first_item_id(), true);
        });
        ctx.request_repaint();
    } else if !Popup::is_id_open(ctx, id) || response.secondary_clicked() {
        ctx.data_mut(|data| data.remove::<bool>(opened_by_key));
    }
    let popup = Popup::context_menu(response);
    if ctx.data(|data| data.get_temp::<bool>(opened_by_key)).is_some() {
        popup.at_position(response.rect.left_top() + egui::vec2(size::GAP, size::GAP))
    } else {
        popup
    }
}

/// Gives the keyboard focus to the first item of a menu that a key has opened. To be called for each item.
pub fn focus_first_item(item: &Response) {
    if item.ctx.data_mut(|data| data.remove_temp::<bool>(first_item_id())).is_some() {
        item.request_focus();
    }
}

fn first_item_id() -> egui::Id {
    egui::Id::unique("first menu item")
}

/// Takes the key for menus, as keyboards and screen readers know it.
fn takes_menu_key(ctx: &egui::Context) -> bool {
    ctx.input_mut(|input| {
        input.consume_key(egui::Modifiers::NONE, egui::Key::Menu)
            || input.consume_key(egui::Modifiers::SHIFT, egui::Key::F10)
    })
}
