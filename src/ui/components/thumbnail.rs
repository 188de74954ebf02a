//! Thumbnails: an image cropped to its frame, what differs from the request, and why it cannot be shown.

use egui::{
    Align2, Color32, CornerRadius, Rect, Response, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role,
    epaint::RectShape, pos2, vec2,
};

use crate::{
    recipe::{ImageId, Mismatch},
    studio::{ImageLoadError, ImageRow, ThumbnailSize},
    ui::{
        state::view_context::ViewContext,
        text::Text,
        textures::{self, TextureLookup},
        theme::{self, Palette, fonts, icons, size},
    },
};

/// The buttons' ground: dark in both themes, because it lies on images.
pub const BUTTON_GROUND: Color32 = Color32::from_black_alpha(0xaa);

/// Tells screen readers of one choice among several.
pub fn option_info(ui: &Ui, response: &Response, name: &str, selected: bool) {
    response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, true, name));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(selected));
}

/// Says at the lower left of an area how its image differs from what was requested, in as many words as fit.
pub fn badge(ui: &Ui, area: Rect, mismatch: &Mismatch, text: &Text) {
    let lay = |words: String| ui.painter().layout_no_wrap(words, fonts::regular(size::TEXT_BADGE), Color32::WHITE);
    let edge = vec2(7.0, 3.0);
    let words = [text.mismatch(mismatch), mismatch.to_string(), format!("≠ {}", mismatch.requested())];
    let fitting = words.into_iter().map(lay).find(|words| words.size().x + edge.x * 2.0 <= area.width());
    let Some(words) = fitting else { return };
    let size = words.size() + edge * 2.0;
    let rect = Rect::from_min_size(pos2(area.left(), area.bottom() - size.y), size);
    ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS_BADGE), BUTTON_GROUND);
    ui.painter().galley(rect.min + edge, words, Color32::WHITE);
}

/// The image itself, cropped to its frame; its average color until it is there. Returns why it never will be.
pub fn draw_thumbnail(
    ui: &Ui,
    rect: Rect,
    image: ImageId,
    row: Option<&ImageRow>,
    wanted: ThumbnailSize,
    cx: &ViewContext<'_>,
) -> Option<ImageLoadError> {
    let palette = theme::palette(ui.visuals());
    let radius = CornerRadius::same(size::RADIUS_CARD);
    match cx.textures.lookup(image, wanted) {
        TextureLookup::Ready(texture) => {
            let uv = textures::cover(texture.size_vec2(), rect.size());
            ui.painter().rect_filled(rect, radius, palette.field);
            let shape = RectShape::filled(rect, radius, Color32::WHITE).with_texture(texture.id(), uv);
            ui.painter().add(shape);
        }
        TextureLookup::Nothing => {
            let color = row.map_or(palette.field, |row| {
                let [r, g, b] = row.color;
                Color32::from_rgb(r, g, b)
            });
            ui.painter().rect_filled(rect, radius, color);
        }
        TextureLookup::Unreadable(reason) => {
            unreadable(ui, rect, &why(reason, cx.text), palette);
            return Some(reason);
        }
    }
    None
}

/// What stands in place of an image that cannot be shown.
pub fn unreadable(ui: &Ui, rect: Rect, why: &str, palette: &Palette) {
    let radius = CornerRadius::same(size::RADIUS_CARD);
    ui.painter().rect(rect, radius, palette.field, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let middle = rect.center();
    let icon = pos2(middle.x, middle.y - 12.0);
    ui.painter().text(icon, Align2::CENTER_CENTER, icons::WARNING, fonts::icons(22.0), palette.faint);
    let font = fonts::regular(size::TEXT_CHIP);
    let words = ui.painter().layout(why.to_owned(), font, palette.text, rect.width() - 16.0);
    let at = pos2(middle.x - words.size().x / 2.0, middle.y + 6.0);
    ui.painter().galley(at, words, palette.text);
}

/// Why an image cannot be shown.
pub fn why(reason: ImageLoadError, text: &Text) -> String {
    text.get(match reason {
        ImageLoadError::Missing => "unreadable-missing",
        ImageLoadError::Damaged => "unreadable-broken",
        ImageLoadError::TooLarge => "unreadable-too-large",
    })
}
