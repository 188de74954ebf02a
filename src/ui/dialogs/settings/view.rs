//! Draws the settings.

use egui::{Align, Frame, Layout, Margin, Rect, ScrollArea, Ui, vec2};

use crate::ui::{
    accessibility,
    actions::{action::Actions, payload::SettingsSection},
    state::view_context::ViewContext,
    theme::{self, icons, size},
    widgets::{Button, ButtonKind, dialog::Dialog, field::Field},
};

use super::{providers, rows, state::SettingsDialog};

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    for action in std::mem::take(&mut dialog.wanted) {
        actions.push(action);
    }
    dialog.begin_frame(cx);
    let title = cx.text.get("settings-title");
    let shown = Dialog::new("settings", &title).flush().show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, cx, actions),
        |ui, _| ui.add(Button::new(cx.text.get("done")).kind(ButtonKind::Primary)).clicked(),
    );
    if shown.footer || shown.close {
        providers::keep(dialog, actions);
        dialog.close();
    }
}

fn body(ui: &mut Ui, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let height = size::SETTINGS_BODY.min(ui.available_height());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), egui::Sense::hover());
    let (left, right) = rect.split_left_right_at_x(rect.left() + size::SETTINGS_SECTIONS);
    ui.painter().vline(left.right(), rect.y_range(), egui::Stroke::new(1.0, palette.line));
    let place = |rect: Rect| egui::UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min));
    ui.scope_builder(place(left.shrink(12.0)), |ui| {
        accessibility::area(ui, 0);
        ui.spacing_mut().item_spacing.y = 2.0;
        let name = cx.text.get("settings-search");
        let field = Field::new(&name).hint(name.as_str()).icon(icons::SEARCH).height(size::CHIP);
        field.show(ui, &mut dialog.search);
        ui.add_space(size::GAP_SMALL);
        let is_searching = dialog.is_searching();
        for section in SettingsSection::ALL {
            let button = Button::new(section.name(cx))
                .kind(ButtonKind::Tab)
                .selected(dialog.open == Some(section) && !is_searching)
                .left_aligned()
                .height(32.0)
                .width(ui.available_width());
            if ui.add(button).clicked() {
                dialog.open = Some(section);
                dialog.search.clear();
            }
        }
    });
    ui.scope_builder(place(right), |ui| {
        accessibility::area(ui, 1);
        ui.set_clip_rect(right.intersect(ui.clip_rect()));
        let part = (dialog.open.map(|section| section as u8), dialog.is_searching());
        ScrollArea::vertical().id_salt(part).auto_shrink([false, false]).show(ui, |ui| {
            Frame::new().inner_margin(Margin::symmetric(20, 18)).show(ui, |ui| {
                ui.set_width(ui.available_width());
                if dialog.is_searching() {
                    rows::found(ui, dialog, cx, actions);
                } else {
                    rows::section(ui, dialog.open.unwrap_or_default(), dialog, cx, actions);
                }
            });
        });
    });
}
