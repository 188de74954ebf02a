//! The conversation about an image: its steps, from each of which the person can continue, and what is sent.

use egui::{
    Align2, Color32, CornerRadius, Label, Rect, RichText, ScrollArea, Sense, TextWrapMode, Ui, WidgetInfo, WidgetText,
    accesskit::Role, epaint::RectShape, pos2, vec2,
};

use crate::{
    recipe::{Abilities, Reference, Turn},
    ui::{
        actions::action::{Action, Actions},
        state::view_context::ViewContext,
        textures,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, focus_ring, section_label},
    },
};

use super::{
    references::limits_among,
    state::{composer::Composer, reference_thumbnails::ReferenceThumbnails},
};

/// Side of the thumbnails.
const IMAGE: f32 = 32.0;
/// Height of a step.
const STEP: f32 = 40.0;
/// Maximum height of the list, which scrolls beyond it.
const MAX_LIST_HEIGHT: f32 = STEP * 4.5;

/// Draws the section. Only called while an image is edited.
pub(super) fn show(
    ui: &mut Ui,
    composer: &mut Composer,
    abilities: &Abilities,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let Some(edit) = composer.edit.clone() else { return };
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    section_label(ui, &text.get("edit-section"), |ui| {
        let leave = Button::new(text.get("edit-leave")).kind(ButtonKind::Link).color(palette.accent_text);
        if ui.add(leave.name(text.get("edit-leave-name"))).clicked() {
            composer.leave_edit();
        }
    });
    if composer.edit.is_none() {
        return;
    }
    let converses = composer.converses();
    let alone =
        Turn { prompt: edit.image.name.clone(), references: Vec::new(), image: edit.image.clone(), signed: None };
    let steps = if converses { edit.turns.as_slice() } else { std::slice::from_ref(&alone) };
    let mut go_on = None;
    ScrollArea::vertical()
        .id_salt("turns")
        .max_height(MAX_LIST_HEIGHT)
        .stick_to_bottom(true)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, turn) in steps.iter().enumerate() {
                let last = index + 1 == steps.len();
                if step(ui, index, turn, last, &mut composer.tiles, cx, actions) {
                    go_on = Some(index);
                }
            }
        });
    if !edit.turns.is_empty() {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
            for (converse, label, tip) in
                [(false, "edit-alone", "edit-alone-tip"), (true, "edit-converse", "edit-converse-tip")]
            {
                let chip = Button::new(text.get(label)).kind(ButtonKind::LowChip).selected(converses == converse);
                if ui.add(chip).on_hover_text(text.get(tip)).clicked() {
                    composer.set_converse(converse);
                }
            }
        });
    }
    if let Some(index) = go_on {
        composer.continue_from(index);
    }
    let words = RichText::new(along(composer, abilities, cx)).font(fonts::regular(size::TEXT_SMALL));
    ui.add(Label::new(words.color(palette.text)).wrap());
}

/// Draws a step: the image and its instruction. Returns whether to continue from it.
fn step(
    ui: &mut Ui,
    index: usize,
    turn: &Turn,
    last: bool,
    tiles: &mut ReferenceThumbnails,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) -> bool {
    let palette = theme::palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), STEP), Sense::hover());
    let image = Rect::from_min_size(rect.min + vec2(0.0, (STEP - IMAGE) / 2.0), egui::Vec2::splat(IMAGE));
    thumbnail(ui, image, index, &turn.image, last, tiles, cx, actions);
    let name = cx.text.with("edit-go-on", [("step", (index + 1).into())]);
    let mut right = rect.right();
    let mut go_on = false;
    if !last {
        let at = Rect::from_min_size(
            pos2(right - size::CHIP, rect.center().y - size::CHIP / 2.0),
            egui::Vec2::splat(size::CHIP),
        );
        let button = Button::icon(icons::UNDO, name.as_str());
        go_on = ui.put(at, button).on_hover_text(name).clicked();
        right = at.left();
        ui.advance_cursor_after_rect(rect);
    }
    let room = Rect::from_min_max(pos2(image.right() + size::GAP, rect.top()), pos2(right - 4.0, rect.bottom()));
    let ink = if last { palette.strong } else { palette.text };
    let said = turn.prompt.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = RichText::new(said.as_str()).font(fonts::regular(size::TEXT_CHIP)).color(ink);
    let galley = WidgetText::from(words).into_galley(
        ui,
        Some(TextWrapMode::Truncate),
        room.width().max(0.0),
        egui::TextStyle::Small,
    );
    let at = pos2(room.left(), room.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
    let label = ui.interact(room, egui::Id::unique(("turn", index)), Sense::hover());
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    label.on_hover_text(&turn.prompt);
    go_on
}

/// Draws the image of a step. A click opens it in the viewer.
#[expect(clippy::too_many_arguments, reason = "it is one place on screen")]
fn thumbnail(
    ui: &Ui,
    rect: Rect,
    index: usize,
    reference: &Reference,
    last: bool,
    tiles: &mut ReferenceThumbnails,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let palette = theme::palette(ui.visuals());
    let radius = CornerRadius::same(size::RADIUS_BADGE);
    let response = ui.interact(rect, egui::Id::unique(("turn image", index)), Sense::click());
    let name = cx.text.with("edit-open", [("step", (index + 1).into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    ui.painter().rect_filled(rect, radius, palette.field);
    match tiles.texture(ui, &reference.sha256) {
        Some(texture) => {
            let uv = textures::cover(texture.size_vec2(), rect.size());
            ui.painter().add(RectShape::filled(rect, radius, Color32::WHITE).with_texture(texture.id(), uv));
        }
        None => {
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::IMAGE, fonts::icons(16.0), palette.faint);
        }
    }
    if last {
        let line = egui::Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(rect, radius, line, egui::StrokeKind::Outside);
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect, radius, palette);
    }
    let clicked = response.clicked();
    response.on_hover_cursor(egui::CursorIcon::ZoomIn).on_hover_text(name);
    if let (true, Some(id)) = (clicked, reference.image) {
        actions.push(Action::OpenImage(id));
    }
}

/// The number and the size of the images that are sent.
fn along(composer: &Composer, abilities: &Abilities, cx: &ViewContext<'_>) -> String {
    let text = cx.text;
    let sent = abilities.fit(&composer.meant()).0;
    let images: Vec<&Reference> = sent.images().collect();
    let most = limits_among(&sent, &composer.tiles, abilities).bytes.unwrap_or(u64::MAX);
    let files = images.iter().map(|image| composer.tiles.measured(&image.sha256));
    let bytes: Option<u64> = files.map(|file| Some(file?.bytes.min(most))).sum();
    let count = text.with("edit-along", [("count", images.len().into())]);
    match bytes {
        Some(bytes) => [count, text.bytes(bytes)].join(&text.get("fact-separator")),
        None => count,
    }
}
