//! The colors of the focused image, each of which searches for similar ones, and the search for similar images.

use egui::{Color32, CornerRadius, CursorIcon, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2};

use crate::{
    recipe::ImageId,
    studio::{Filter, Query, Term},
    ui::{
        actions::action::{Action, Actions},
        state::view_context::ViewContext,
        theme::{self, size},
        widgets::{Button, ButtonKind, focus_ring, section_label},
    },
};

/// Height of the strip.
const HEIGHT: f32 = 22.0;

/// Draws the strip, if the colors are known.
pub fn show(ui: &mut Ui, id: ImageId, colors: &[[u8; 3]], cx: &ViewContext<'_>, actions: &mut Actions) {
    ui.add_space(size::GAP_SMALL);
    if colors.is_empty() {
        return;
    }
    let palette = theme::palette(ui.visuals());
    section_label(ui, &cx.text.get("palette"), |ui| {
        ui.spacing_mut().item_spacing.x = size::EDGE;
        for (key, filter) in [("palette-similar", Filter::ColorsOf(id)), ("palette-alike", Filter::Like(id))] {
            if ui.add(Button::new(cx.text.get(key)).kind(ButtonKind::Link)).clicked() {
                find(filter, actions);
            }
        }
    });
    ui.add_space(4.0);
    let (strip, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let width = strip.width() / colors.len() as f32;
    for (index, [r, g, b]) in colors.iter().copied().enumerate() {
        let left = strip.min + vec2(width * index as f32, 0.0);
        let rect = Rect::from_min_size(left, vec2(width, HEIGHT));
        let name = cx.text.with("palette-find", [("colour", format!("#{r:02x}{g:02x}{b:02x}").into())]);
        let response = ui.interact(rect, ui.scope_id().with(("swatch", index)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let radius = CornerRadius {
            nw: if index == 0 { 5 } else { 0 },
            sw: if index == 0 { 5 } else { 0 },
            ne: if index + 1 == colors.len() { 5 } else { 0 },
            se: if index + 1 == colors.len() { 5 } else { 0 },
        };
        ui.painter().rect_filled(rect, radius, Color32::from_rgb(r, g, b));
        if response.hovered() {
            ui.painter().rect_stroke(rect, radius, Stroke::new(2.0, palette.strong), StrokeKind::Inside);
        }
        if response.has_focus() {
            focus_ring(ui.painter(), rect.shrink(2.0), radius, palette);
        }
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name).clicked() {
            find(Filter::Color([r, g, b]), actions);
        }
    }
    ui.add_space(size::SECTION);
}

fn find(filter: Filter, actions: &mut Actions) {
    actions.push(Action::Search(Query::default().with(&Term::of(filter)).to_string()));
}
