//! Draws one image large, with its neighbors below.

use egui::{
    Color32, CornerRadius, CursorIcon, EventFilter, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo, accesskit::Role, pos2,
    vec2,
};

use crate::{
    recipe::{ImageId, find_mismatch},
    studio::{ImageLoadError, ThumbnailSize, View},
    ui::{
        actions::action::{Action, Actions},
        components::thumbnail,
        pages::gallery::focus_id,
        state::{selection::Selection, view_context::ViewContext},
        textures::TextureLookup,
        theme::{self, size},
    },
};

use super::{
    camera::ViewArea,
    full_image::FullImage,
    input::{interact, move_about},
    state::Viewer,
    toolbar::bar,
};

/// Height of the row of neighbors at the bottom, and the side of its images.
const STRIP: f32 = 92.0;

const STRIP_IMAGE: f32 = 68.0;

/// Draws the viewer. Only called while it is open.
pub fn show(ui: &mut Ui, viewer: &mut Viewer, selection: &mut Selection, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Some(id) = viewer.image else { return };
    let whole = ui.available_rect_before_wrap();
    let place = cx.known.view.as_ref().and_then(|view| Some((view, viewer.index(view)?)));
    let strip = if place.is_some_and(|(view, _)| view.ids.len() > 1) { STRIP } else { 0.0 };
    let area = Rect::from_min_max(whole.min, pos2(whole.right(), whole.bottom() - strip));
    let room = image(ui, viewer, id, area, cx);
    if let Some(room) = room {
        move_about(ui, viewer, &room);
    }
    if let Some(found) = cx.known.details(id).and_then(|details| {
        find_mismatch(&details.facts.recipe.effective().parameters, details.facts.width, details.facts.height)
    }) {
        let words = cx.text.mismatch(&found);
        ui.ctx().accesskit_node_builder(focus_id(), |node| node.set_description(words));
        thumbnail::badge(ui, area.shrink(12.0), &found, cx.text);
    }
    bar(ui, viewer, area, room.as_ref(), place.map(|(view, index)| (index, view.ids.len())), cx, actions);
    if let Some((view, index)) = place.filter(|_| strip > 0.0) {
        let rect = Rect::from_min_max(pos2(whole.left(), area.bottom()), whole.max);
        if let Some(chosen) = neighbors(ui, rect, view, index, cx) {
            selection.only(chosen);
            actions.push(Action::OpenImage(chosen));
        }
    }
}

/// Draws the best available version of the image. Returns its area, if its dimensions are known.
fn image(ui: &mut Ui, viewer: &mut Viewer, id: ImageId, area: Rect, cx: &ViewContext<'_>) -> Option<ViewArea> {
    let palette = theme::palette(ui.visuals());
    let details = cx.known.details(id);
    let name = details.map_or_else(|| cx.text.get("picture"), |details| details.facts.recipe.prompt.clone());
    let response = ui.interact(area, focus_id(), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    if ui.memory(egui::Memory::focused).is_none() {
        response.request_focus();
    }
    if response.has_focus() {
        let arrows =
            EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(focus_id(), arrows));
    }
    let look = cx.textures.lookup(id, ThumbnailSize::Large);
    if let Some(reason) = viewer.unreadable {
        let frame = Rect::from_center_size(area.center(), vec2(320.0, 200.0));
        let own = details.and_then(|details| details.facts.source.as_ref()).filter(|source| source.stays);
        let why = match own {
            Some(source) if reason == ImageLoadError::Missing => {
                cx.text.with("unreadable-moved", [("path", source.file.as_str().into())])
            }
            _ => thumbnail::why(reason, cx.text),
        };
        thumbnail::unreadable(ui, frame, &why, palette);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(why));
        return None;
    }
    let small = match look {
        TextureLookup::Ready(texture) => Some(texture),
        TextureLookup::Nothing | TextureLookup::Unreadable(_) => None,
    };
    let told = details.map(|details| vec2(details.facts.width as f32, details.facts.height as f32));
    let size =
        viewer.full.as_ref().map(FullImage::size).or(told).or_else(|| small.map(egui::TextureHandle::size_vec2))?;
    if size.x < 1.0 || size.y < 1.0 {
        return None;
    }
    let room = ViewArea { area, image: size, pixels_per_point: ui.ctx().pixels_per_point() };
    interact(ui, viewer, &room, &response);
    let rect = viewer.camera.place(&room);
    let zoom = viewer.camera.zoom(&room);
    let clipped = ui.painter().with_clip_rect(area);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    match small {
        // No other image may be visible behind a transparent one.
        Some(texture) if viewer.full.is_none() => {
            clipped.image(texture.id(), rect, whole, Color32::WHITE);
        }
        _ => {
            clipped.rect_filled(rect, 0.0, palette.field);
        }
    }
    if let Some(full) = &mut viewer.full {
        ui.scope(|ui| {
            ui.set_clip_rect(area.intersect(ui.clip_rect()));
            full.draw(ui, rect, area, zoom);
        });
    }
    Some(room)
}

/// Draws the row of neighbors. Returns the clicked one.
fn neighbors(ui: &Ui, rect: Rect, view: &View, index: usize, cx: &ViewContext<'_>) -> Option<ImageId> {
    let palette = theme::palette(ui.visuals());
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, palette.line));
    let pitch = STRIP_IMAGE + size::GAP;
    let fit = (((rect.width() - size::EDGE * 2.0 + size::GAP) / pitch).floor() as usize).max(1);
    let first = index.saturating_sub(fit / 2).min(view.ids.len().saturating_sub(fit));
    let mut chosen = None;
    for (place, &id) in view.ids.iter().skip(first).take(fit).enumerate() {
        let at = pos2(rect.left() + size::EDGE + place as f32 * pitch, rect.center().y - STRIP_IMAGE / 2.0);
        let tile = Rect::from_min_size(at, Vec2::splat(STRIP_IMAGE));
        let response = ui.interact(tile, egui::Id::unique(("neighbour", id)), Sense::CLICK);
        let here = first + place == index;
        let name = cx.text.with("viewer-neighbour", [("place", cx.text.count(first + place + 1).into())]);
        thumbnail::option_info(ui, &response, &name, here);
        thumbnail::draw_thumbnail(ui, tile, id, None, ThumbnailSize::Small, cx);
        let ring = CornerRadius::same(size::RADIUS_CARD + 3);
        if here {
            let stroke = Stroke::new(2.0, palette.accent);
            ui.painter().rect_stroke(tile.expand(3.0), ring, stroke, egui::StrokeKind::Middle);
        } else if response.hovered() {
            let stroke = Stroke::new(1.0, palette.faint);
            ui.painter().rect_stroke(tile.expand(3.0), ring, stroke, egui::StrokeKind::Middle);
        }
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            chosen = Some(id);
        }
    }
    chosen
}
