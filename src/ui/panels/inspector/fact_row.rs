//! A row with a label and a value.

use egui::{Label, RichText, Ui};

use crate::ui::theme::{self, fonts};

/// Width of the facts' labels.
const LABELS: f32 = 84.0;

pub(super) fn fact(ui: &mut Ui, label: &str, value: &str) {
    let palette = theme::palette(ui.visuals());
    let font = fonts::regular(12.5);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.scope(|ui| {
            ui.set_width(LABELS);
            ui.add(Label::new(RichText::new(label).font(font.clone()).color(palette.faint)).wrap());
        });
        ui.scope(|ui| {
            ui.set_width(ui.available_width());
            ui.add(Label::new(RichText::new(value).font(font).color(palette.strong)).wrap().selectable(true));
        });
    });
    ui.add_space(7.0);
}
