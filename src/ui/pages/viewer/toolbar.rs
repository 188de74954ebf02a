//! The bar above the image.

use egui::{Align, CornerRadius, Frame, Layout, Margin, Rect, RichText, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::ui::{
    actions::{action::Actions, ui_command::UiCommand},
    components::command_button,
    state::view_context::ViewContext,
    theme::{self, Palette, fonts, icons, size},
    widgets::{Button, ButtonKind},
};

use super::{camera::ViewArea, input::ZOOM_STEP, state::Viewer};

/// Draws the bar over the image: back button, position, zoom.
pub(super) fn bar(
    ui: &mut Ui,
    viewer: &mut Viewer,
    area: Rect,
    room: Option<&ViewArea>,
    position: Option<(usize, usize)>,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let left = (area.center().x - viewer.bar / 2.0).max(area.left() + 8.0);
    let rect = Rect::from_min_max(pos2(left.round(), area.top() + 12.0), pos2(area.right() - 8.0, area.top() + 52.0));
    let builder = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Min));
    ui.scope_builder(builder, |ui| {
        let shown = Frame::new()
            .fill(palette.panel.gamma_multiply(0.95))
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(CornerRadius::same(10))
            .inner_margin(Margin::same(4))
            .show(ui, |ui| {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    let back = Button::new(UiCommand::Back.name(text))
                        .with_icon(UiCommand::Back.icon())
                        .kind(ButtonKind::Quiet);
                    if ui.add(back).clicked() {
                        actions.run(UiCommand::Back);
                    }
                    if let Some((index, total)) = position {
                        let parts = [("place", text.count(index + 1).into()), ("total", text.count(total).into())];
                        step(ui, UiCommand::MoveLeft, index > 0, cx, actions);
                        label(ui, text.with("viewer-position", parts), palette);
                        step(ui, UiCommand::MoveRight, index + 1 < total, cx, actions);
                    }
                    if let Some(room) = room {
                        zooms(ui, viewer, room, cx);
                    }
                    if ui
                        .add(command_button::command_icon(UiCommand::Edit, text))
                        .on_hover_text(UiCommand::Edit.tip(text))
                        .clicked()
                    {
                        actions.run(UiCommand::Edit);
                    }
                });
            });
        let width = shown.response.rect.width();
        if (width - viewer.bar).abs() > 0.5 {
            viewer.bar = width;
            ui.ctx().request_discard("the bar has another width");
        }
    });
}

fn label(ui: &mut Ui, words: String, palette: &Palette) {
    ui.add_space(4.0);
    ui.label(RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.text));
    ui.add_space(4.0);
}

pub(super) fn step(ui: &mut Ui, verb: UiCommand, enabled: bool, cx: &ViewContext<'_>, actions: &mut Actions) {
    let icon = if verb == UiCommand::MoveLeft { icons::LEFT } else { icons::RIGHT };
    if ui.add(Button::icon(icon, verb.name(cx.text)).enabled(enabled)).on_hover_text(verb.name(cx.text)).clicked() {
        actions.run(verb);
    }
}

fn zooms(ui: &mut Ui, viewer: &mut Viewer, room: &ViewArea, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let middle = room.area.center();
    let zoom = viewer.camera.zoom(room);
    let fit = Button::new(text.get("viewer-fit")).kind(ButtonKind::Tab).selected(viewer.camera.fits());
    if ui.add(fit).clicked() {
        viewer.camera.fit();
    }
    let percent = |zoom: f32| text.with("viewer-zoom", [("percent", ((zoom * 100.0).round() as u32).into())]);
    let one = Button::new(percent(1.0)).kind(ButtonKind::Tab).selected(!viewer.camera.fits() && zoom == 1.0);
    if ui.add(one).clicked() {
        viewer.camera.zoom_to(1.0, middle, room);
    }
    if ui.add(Button::icon(icons::MINUS, text.get("viewer-zoom-out"))).clicked() {
        viewer.camera.zoom_to(zoom / ZOOM_STEP, middle, room);
    }
    // The width is that of the widest text, so that the bar does not move.
    ui.allocate_ui_with_layout(
        vec2(48.0, size::CHIP),
        Layout::centered_and_justified(egui::Direction::LeftToRight),
        |ui| {
            ui.label(
                RichText::new(percent(viewer.camera.zoom(room)))
                    .font(fonts::regular(size::TEXT_CHIP))
                    .color(palette.text),
            );
        },
    );
    if ui.add(Button::icon(icons::ADD, text.get("viewer-zoom-in"))).clicked() {
        viewer.camera.zoom_to(zoom * ZOOM_STEP, middle, room);
    }
}
