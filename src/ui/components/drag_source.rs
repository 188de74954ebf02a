//! Images that are dragged out of the gallery, and the areas where they can be dropped.

use std::sync::Arc;

use egui::{Align2, Color32, Context, CornerRadius, DragAndDrop, Id, LayerId, Order, Rect, Stroke, Ui, vec2};

use crate::{
    recipe::ImageId,
    studio::ThumbnailSize,
    ui::{
        state::view_context::ViewContext,
        textures::{self, TextureLookup},
        theme::{self, fonts, size},
    },
};

/// Side of the image under the pointer.
const SIDE: f32 = 72.0;

/// Images that are being dragged.
#[derive(Clone, Debug)]
pub struct DraggedImages {
    /// The dragged images in the order of the view.
    pub images: Arc<[ImageId]>,
    /// The image under the pointer when the drag began.
    pub taken: ImageId,
}

impl DraggedImages {
    /// Begins to drag images.
    pub fn begin(ctx: &Context, images: Arc<[ImageId]>, taken: ImageId) {
        DragAndDrop::set_payload(ctx, Self { images, taken });
    }

    /// Whether images are being dragged.
    pub fn any(ctx: &Context) -> bool {
        DragAndDrop::has_payload_of_type::<Self>(ctx)
    }

    /// Whether images are being dragged over a place.
    pub fn over(ui: &Ui, place: Rect) -> bool {
        Self::any(ui.ctx()) && ui.rect_contains_pointer(place)
    }

    /// The images that were dropped on an area in this frame.
    pub fn let_go(ui: &Ui, place: Rect) -> Option<Arc<[ImageId]>> {
        if Self::over(ui, place) && ui.input(|input| input.pointer.any_released()) {
            DragAndDrop::take_payload::<Self>(ui.ctx()).map(|dragged| Arc::clone(&dragged.images))
        } else {
            None
        }
    }
}

/// Draws a thumbnail and the number of dragged images beside the pointer.
pub(in crate::ui) fn show(ui: &Ui, cx: &ViewContext<'_>) {
    let Some(dragged) = DragAndDrop::payload::<DraggedImages>(ui.ctx()) else { return };
    let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) else { return };
    let palette = theme::palette(ui.visuals());
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("dragged")));
    let rect = Rect::from_min_size(pointer + vec2(10.0, 10.0), egui::Vec2::splat(SIDE));
    let radius = CornerRadius::same(size::RADIUS);
    if dragged.images.len() > 1 {
        let behind = rect.translate(vec2(4.0, 4.0));
        painter.rect(behind, radius, palette.raised, Stroke::new(1.0, palette.line), egui::StrokeKind::Inside);
    }
    painter.rect_filled(rect, radius, palette.field);
    if let TextureLookup::Ready(texture) = cx.textures.lookup(dragged.taken, ThumbnailSize::Small) {
        let uv = textures::cover(texture.size_vec2(), rect.size());
        let shape = egui::epaint::RectShape::filled(rect, radius, Color32::WHITE).with_texture(texture.id(), uv);
        painter.add(shape);
    }
    painter.rect_stroke(rect, radius, Stroke::new(1.0, palette.line), egui::StrokeKind::Outside);
    if dragged.images.len() > 1 {
        let words = cx.text.count(dragged.images.len());
        let galley = painter.layout_no_wrap(words, fonts::semibold(size::TEXT_CHIP), palette.accent_ink);
        let room = galley.size() + vec2(12.0, 4.0);
        let badge = Align2::RIGHT_TOP.align_size_within_rect(room, rect.expand(6.0));
        painter.rect_filled(badge, CornerRadius::same((room.y / 2.0) as u8), palette.accent_fill);
        painter.galley(badge.min + vec2(6.0, 2.0), galley, palette.accent_ink);
    }
}
