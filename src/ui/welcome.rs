//! What stands in the middle before there is a first picture.

use egui::{RichText, Ui};

use super::{
    Cx,
    action::Actions,
    theme::{self, fonts, size},
};

/// Draws the welcome into an empty gallery.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, _actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.4);
        ui.label(
            RichText::new(cx.text.get("welcome-title")).font(fonts::semibold(size::TEXT_TITLE)).color(palette.strong),
        );
    });
}
