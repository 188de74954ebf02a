//! The list of shortcuts, created from the list of commands.

use egui::{Align, Layout, RichText, Ui, vec2};

use crate::ui::{
    actions::ui_command::UiCommand,
    state::view_context::ViewContext,
    theme::{self, fonts, size},
    widgets::{dialog::line, key_cap, keys_text},
};

/// Draws the section.
pub(super) fn show(ui: &mut Ui, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    ui.spacing_mut().item_spacing.y = 0.0;
    for verb in UiCommand::ALL.into_iter().filter(|verb| !verb.keys().is_empty()) {
        ui.allocate_ui_with_layout(
            vec2(ui.available_width(), size::BUTTON),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.set_min_height(size::BUTTON);
                ui.label(RichText::new(verb.icon()).font(fonts::icons(size::ICON)).color(palette.faint));
                ui.label(RichText::new(verb.name(cx.text)).color(palette.strong));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
                    for keys in verb.keys().iter().rev() {
                        key_cap(ui, &keys_text(*keys, cfg!(target_os = "macos")));
                    }
                });
            },
        );
        line(ui, palette.line);
    }
}
