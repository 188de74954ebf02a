//! What the window shows when the studio cannot start: the reason, and what to do.

use egui::{Align, Label, Layout, RichText, Ui, ViewportCommand};

use crate::{
    studio::StartError,
    ui::{
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind},
    },
};

/// Maximum width of a line in points.
const MAX_LINE_WIDTH: f32 = 460.0;

/// Draws the error over the whole window.
pub fn show(ui: &mut Ui, error: &StartError, text: &Text) {
    let palette = theme::palette(ui.visuals());
    ui.painter().rect_filled(ui.max_rect(), 0.0, palette.ground);
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.add_space((ui.available_height() * 0.36).max(size::SECTION));
        ui.set_max_width(MAX_LINE_WIDTH);
        ui.label(RichText::new(icons::WARNING).font(fonts::icons(32.0)).color(palette.accent));
        ui.add_space(size::GAP);
        let title =
            RichText::new(text.get("start-title")).font(fonts::semibold(size::TEXT_TITLE)).color(palette.strong);
        ui.label(title);
        ui.add_space(size::GAP);
        let sentence = RichText::new(text.start_error(error)).font(fonts::regular(size::TEXT)).color(palette.text);
        ui.add(Label::new(sentence).wrap().selectable(true).halign(Align::Center));
        ui.add_space(size::SECTION * 1.5);
        if ui.add(Button::new(text.get("copy-report")).kind(ButtonKind::Small)).clicked() {
            ui.ctx().copy_text(text.start_report(error));
        }
        ui.add_space(size::GAP);
        if ui.add(Button::new(text.get("start-close")).kind(ButtonKind::Primary)).clicked() {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
    });
}
