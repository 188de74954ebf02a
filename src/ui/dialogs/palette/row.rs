//! Draws a row of the palette: icon, name with its matching letters, faint words, and key caps at the right.

use std::sync::Arc;

use egui::{
    Color32, Galley, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    accesskit::Role,
    pos2,
    text::{LayoutJob, TextFormat, TextWrapping},
    vec2,
};

use crate::ui::{
    theme::{self, Palette, fonts, size},
    widgets::key_caps,
};

use super::{entry::PaletteEntry, matching::Hit};

/// Height of a row in points.
pub(super) const ROW: f32 = 32.0;
/// Height of the heading of a group in points.
pub(super) const HEADING: f32 = 28.0;
/// Space at the left and right of a row's contents.
const EDGE: f32 = 18.0;

/// Draws the heading of a group.
pub(super) fn heading(ui: &mut Ui, words: &str) {
    let palette = theme::palette(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEADING), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, words));
    let galley = ui.painter().layout_no_wrap(words.to_owned(), fonts::medium(size::TEXT_SMALL), palette.text);
    ui.painter().galley(pos2(rect.left() + EDGE, rect.bottom() - galley.size().y - 5.0), galley, palette.text);
}

/// Draws an entry.
pub(super) fn show(ui: &mut Ui, entry: &PaletteEntry, hit: &Hit, highlighted: bool) -> Response {
    let palette = theme::palette(ui.visuals());
    let is_available = entry.obstacle.is_none();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    // The field keeps the keyboard focus; arrow keys move among the rows.
    let sense = if is_available { Sense::CLICK } else { Sense::empty() };
    let response = ui.interact(rect, ui.scope_id().with(("palette row", hit.entry)), sense);
    let keys = entry.keys.map(key_caps).unwrap_or_default();
    response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, is_available, &entry.name));
    let faint = entry.obstacle.as_deref().unwrap_or(&entry.detail);
    let said = [faint.to_owned(), keys.join(" ")].into_iter().filter(|words| !words.is_empty());
    let said = said.collect::<Vec<_>>().join(", ");
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_selected(highlighted);
        if !said.is_empty() {
            node.set_description(said);
        }
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let inner = rect.shrink2(vec2(8.0, 0.5));
    if highlighted {
        ui.painter().rect_filled(inner, f32::from(size::RADIUS_CHIP), palette.raised);
        let bar = Rect::from_min_size(inner.left_top() + vec2(0.0, 7.0), vec2(3.0, inner.height() - 14.0));
        ui.painter().rect_filled(bar, 1.5, palette.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(inner, f32::from(size::RADIUS_CHIP), palette.field);
    }
    let ink = if is_available { palette.strong } else { palette.faint };
    let middle = rect.center().y;
    let put = |galley: Arc<Galley>, x: f32| {
        ui.painter().galley(pos2(x, (middle - galley.size().y / 2.0).round()), galley, ink);
    };
    let icon = ui.painter().layout_no_wrap(entry.icon.to_owned(), fonts::icons(size::ICON), palette.text);
    put(icon, rect.left() + EDGE);
    let right = caps(ui, &keys, rect, palette);
    let left = rect.left() + EDGE + size::ICON + size::GAP_ROW;
    let name = ui.painter().layout_job(name(entry, hit, ink, right - left, palette));
    let after = left + name.size().x + size::GAP_ROW;
    put(name, left);
    if !faint.is_empty() && after < right {
        let font = fonts::regular(size::TEXT_SMALL);
        let mut job = LayoutJob::simple_singleline(faint.to_owned(), font, palette.faint);
        job.wrap = TextWrapping::truncate_at_width(right - after);
        put(ui.painter().layout_job(job), after);
    }
    if is_available { response.on_hover_cursor(egui::CursorIcon::PointingHand) } else { response }
}

/// Lays out a name with its matching letters in the accent color.
fn name(entry: &PaletteEntry, hit: &Hit, ink: Color32, width: f32, palette: &Palette) -> LayoutJob {
    let plain = TextFormat::simple(fonts::regular(size::TEXT), ink);
    let marked = TextFormat {
        font_id: fonts::semibold(size::TEXT),
        color: palette.accent_text,
        underline: Stroke::new(1.0, palette.accent_text),
        ..plain.clone()
    };
    let mut job = LayoutJob::default();
    let mut letter = [0; 4];
    for (index, character) in entry.name.chars().enumerate() {
        let is_marked = u32::try_from(index).is_ok_and(|index| hit.letters.binary_search(&index).is_ok());
        let format = if is_marked { &marked } else { &plain };
        job.append(character.encode_utf8(&mut letter), 0.0, format.clone());
    }
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    job
}

/// Draws key caps from the right edge on. Returns where they begin.
fn caps(ui: &Ui, keys: &[String], rect: Rect, palette: &Palette) -> f32 {
    let mut right = rect.right() - EDGE;
    for key in keys.iter().rev() {
        let galley = ui.painter().layout_no_wrap(key.clone(), fonts::regular(size::TEXT_KEY), palette.text);
        let width = (galley.size().x + 10.0).max(20.0);
        let cap = Rect::from_min_size(pos2(right - width, rect.center().y - 9.0), vec2(width, 18.0));
        ui.painter().rect(cap, 4.0, palette.field, Stroke::new(1.0, palette.line), StrokeKind::Inside);
        ui.painter().galley(cap.center() - galley.size() / 2.0, galley, palette.text);
        right = cap.left() - size::GAP;
    }
    right
}
