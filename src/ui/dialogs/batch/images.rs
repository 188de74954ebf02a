//! The images of a batch, with a caption below each.

use egui::{Align2, CornerRadius, Rect, RichText, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use crate::{
    studio::ThumbnailSize,
    ui::{
        components::thumbnail,
        state::view_context::ViewContext,
        theme::{self, fonts, size},
    },
};

use super::{count::BatchEstimate, plan::BatchMode, state::BatchDialog};

/// Images in a row, and the maximum number of images.
const COLUMNS: usize = 6;
const SHOWN: usize = COLUMNS * 2;
/// Height of an image, and of its caption.
const IMAGE: f32 = 84.0;
const CAPTION: f32 = 18.0;

/// Draws the first images, and the number of further ones.
pub(super) fn show(ui: &mut Ui, dialog: &BatchDialog, count: &BatchEstimate, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let shown = &dialog.images[..dialog.images.len().min(SHOWN)];
    let width = (ui.available_width() - size::GAP * (COLUMNS - 1) as f32) / COLUMNS as f32;
    let rows = shown.len().div_ceil(COLUMNS);
    let pitch = vec2(width + size::GAP, IMAGE + CAPTION + size::GAP);
    let height = (rows as f32 * pitch.y - size::GAP).max(0.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    for (index, id) in shown.iter().enumerate() {
        let at = rect.min + vec2((index % COLUMNS) as f32, (index / COLUMNS) as f32) * pitch;
        let tile = Rect::from_min_size(at, vec2(width, IMAGE));
        thumbnail::draw_thumbnail(ui, tile, *id, None, ThumbnailSize::Small, cx);
        let (caption, goes) = caption(dialog, index, count, cx);
        if !goes {
            let radius = CornerRadius::same(size::RADIUS_CARD);
            ui.painter().rect_filled(tile, radius, palette.panel.gamma_multiply(0.7));
        }
        let below = egui::pos2(tile.left(), tile.bottom() + CAPTION / 2.0 + 2.0);
        let ink = if goes { palette.text } else { palette.bad };
        ui.painter().text(below, Align2::LEFT_CENTER, &caption, fonts::regular(size::TEXT_SMALL), ink);
        let prompt = dialog.details.get(id).map(|details| details.facts.recipe.prompt.trim()).unwrap_or_default();
        let name = if prompt.is_empty() { cx.text.get("picture") } else { prompt.to_owned() };
        let response = ui.interact(tile, ui.scope_id().with(("batch image", *id)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        if !caption.is_empty() {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(caption.as_str()));
        }
        if !prompt.is_empty() {
            response.on_hover_text(prompt);
        }
    }
    let more = dialog.images.len() - shown.len();
    if more > 0 {
        let words = cx.text.with("batch-more-pictures", [("count", more.into())]);
        ui.label(RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(palette.faint));
    }
}

/// The caption of an image, and whether the image is sent.
fn caption(dialog: &BatchDialog, index: usize, count: &BatchEstimate, cx: &ViewContext<'_>) -> (String, bool) {
    if dialog.plan.mode == BatchMode::Together {
        return match count.most_references {
            Some(most) if index >= most => (cx.text.get("batch-not-sent"), false),
            _ => (cx.text.with("batch-place", [("n", (index + 1).into())]), true),
        };
    }
    let variants = usize::try_from(count.variants).unwrap_or(usize::MAX);
    let words = if variants > 1 { cx.text.with("batch-variants", [("count", variants.into())]) } else { String::new() };
    (words, true)
}
