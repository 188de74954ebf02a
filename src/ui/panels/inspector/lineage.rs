//! The lineage of the focused image: its parents, itself, its variations.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2,
};

use crate::{
    recipe::ImageId,
    studio::{Filter, ImageDetails, Lineage, Query, Term, ThumbnailSize, UsedInput},
    ui::{
        actions::action::{Action, Actions},
        components::thumbnail,
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, focus_ring, section_label},
    },
};

/// Side of an image.
const IMAGE: f32 = 40.0;
/// Space between two images.
const APART: f32 = 6.0;
/// Width of an arrow.
const ARROW: f32 = 18.0;
/// Maximum number of images beside the focused one.
const ROOM: usize = 4;

/// Draws the strip. Nothing for an image without parents and variations.
pub(super) fn show(ui: &mut Ui, details: &ImageDetails, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Lineage { parents, children, children_total } = &details.lineage;
    if parents.is_empty() && *children_total == 0 {
        return;
    }
    let text = cx.text;
    section_label(ui, &text.get("history"), |ui| {
        ui.spacing_mut().item_spacing.x = size::EDGE;
        let counts = [
            ("history-variations", *children_total, Filter::Uses(UsedInput::Image(details.facts.id))),
            ("history-parents", parents.len(), Filter::Parents(details.facts.id)),
        ];
        for (key, count, filter) in counts.into_iter().filter(|(_, count, _)| *count > 0) {
            let link = Button::new(text.with(key, [("count", count.into())])).kind(ButtonKind::Link);
            if ui.add(link).on_hover_text(text.get("history-find")).clicked() {
                find(filter, actions);
            }
        }
    });
    ui.add_space(4.0);
    let (before, after) = shares(parents.len(), children.len());
    let (strip, _) = ui.allocate_exact_size(vec2(ui.available_width(), IMAGE), Sense::hover());
    let mut pen = Pen { left: strip.left(), strip };
    if parents.len() > before {
        let name = text.with("history-parents", [("count", parents.len().into())]);
        if pen.more(ui, parents.len() - before, &name) {
            find(Filter::Parents(details.facts.id), actions);
        }
    }
    for (index, parent) in parents.iter().take(before).enumerate() {
        let name = text.with("history-parent", [("n", (index + 1).into()), ("count", parents.len().into())]);
        pen.image(ui, *parent, &name, cx, actions);
    }
    if before > 0 {
        pen.arrow(ui);
    }
    pen.subject(ui, details.facts.id, cx);
    if after > 0 {
        pen.arrow(ui);
    }
    for (index, child) in children.iter().take(after).enumerate() {
        let name = text.with("history-variation", [("n", (index + 1).into()), ("count", (*children_total).into())]);
        pen.image(ui, *child, &name, cx, actions);
    }
    if *children_total > after {
        let name = text.with("history-variations", [("count", (*children_total).into())]);
        if pen.more(ui, *children_total - after, &name) {
            find(Filter::Uses(UsedInput::Image(details.facts.id)), actions);
        }
    }
    ui.add_space(size::SECTION);
}

/// The numbers of parents and variations that fit.
fn shares(parents: usize, children: usize) -> (usize, usize) {
    let before = parents.min(ROOM - children.min(ROOM / 2));
    (before, children.min(ROOM - before))
}

fn find(filter: Filter, actions: &mut Actions) {
    actions.push(Action::Search(Query::default().with(&Term::of(filter)).to_string()));
}

/// Draws one item after the other into the strip.
struct Pen {
    strip: Rect,
    left: f32,
}

impl Pen {
    fn place(&mut self, width: f32, after: f32) -> Rect {
        let rect = Rect::from_min_size(egui::pos2(self.left, self.strip.top()), vec2(width, IMAGE));
        self.left += width + after;
        rect
    }

    fn image(&mut self, ui: &Ui, id: ImageId, name: &str, cx: &ViewContext<'_>, actions: &mut Actions) {
        let rect = self.place(IMAGE, APART);
        let response = ui.interact(rect, ui.scope_id().with(("history", id)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
        thumbnail::draw_thumbnail(ui, rect, id, None, ThumbnailSize::Small, cx);
        let palette = theme::palette(ui.visuals());
        let radius = CornerRadius::same(size::RADIUS_CARD);
        if response.hovered() {
            ui.painter().rect_stroke(rect, radius, Stroke::new(2.0, palette.strong), StrokeKind::Inside);
        }
        if response.has_focus() {
            focus_ring(ui.painter(), rect, radius, palette);
        }
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name).clicked() {
            actions.push(Action::GoTo(id));
        }
    }

    fn subject(&mut self, ui: &Ui, id: ImageId, cx: &ViewContext<'_>) {
        let rect = self.place(IMAGE, APART);
        thumbnail::draw_thumbnail(ui, rect.shrink(2.0), id, None, ThumbnailSize::Small, cx);
        let palette = theme::palette(ui.visuals());
        let radius = CornerRadius::same(size::RADIUS_CARD);
        ui.painter().rect_stroke(rect, radius, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    }

    fn arrow(&mut self, ui: &Ui) {
        self.left -= APART;
        let rect = self.place(ARROW, 0.0);
        let faint = theme::palette(ui.visuals()).faint;
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::FORWARD, fonts::icons(12.0), faint);
    }

    /// Draws "+2" for further images. Returns whether it was clicked.
    fn more(&mut self, ui: &Ui, count: usize, name: &str) -> bool {
        let palette = theme::palette(ui.visuals());
        let font = fonts::regular(size::TEXT_CHIP);
        let words = ui.painter().layout_no_wrap(format!("+{count}"), font, Color32::PLACEHOLDER);
        let rect = self.place(words.size().x + APART, APART);
        let response = ui.interact(rect, ui.scope_id().with(("history more", self.left as i32)), Sense::click());
        let name = format!("+{count}, {name}");
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let ink = if response.hovered() || response.has_focus() { palette.strong } else { palette.text };
        ui.painter().galley(rect.center() - words.size() / 2.0, words, ink);
        if response.has_focus() {
            focus_ring(ui.painter(), rect, CornerRadius::same(size::RADIUS_BADGE), palette);
        }
        response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name).clicked()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_and_variations_share_the_space() {
        assert_eq!(shares(1, 3), (1, 3));
        assert_eq!(shares(9, 9), (2, 2));
        assert_eq!(shares(9, 1), (3, 1));
        assert_eq!(shares(0, 9), (0, 4));
        assert_eq!(shares(9, 0), (4, 0));
    }
}
