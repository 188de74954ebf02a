//! One picture, large: its thumbnail at once, all of its pixels when they are there.

mod camera;
mod full;

use egui::{
    Align, Color32, CornerRadius, CursorIcon, EventFilter, Frame, Key, Layout, Margin, Modifiers, Rect, RichText,
    Sense, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};

use crate::{
    recipe::{ImageId, mismatch},
    studio::{Event, ThumbnailSize, Unreadable, View},
};

use super::{
    Cx,
    action::{Action, Actions, Verb},
    gallery::{self, focus_id},
    icons,
    known::Known,
    selection::Selection,
    textures::Look,
    theme::{self, Palette, fonts, size},
    widgets::{Button, Kind},
};
use camera::{Camera, Room};
use full::Full;

/// What one press of + or − multiplies the zoom by.
const ZOOM_STEP: f32 = 1.5;
/// Points that the wheel turns for a zoom of e.
const WHEEL: f32 = 240.0;
/// Height of the row of neighbours at the bottom, and the side of its pictures.
const STRIP: f32 = 92.0;
const STRIP_PICTURE: f32 = 68.0;

/// What the viewer remembers.
#[derive(Debug, Default)]
pub struct Viewer {
    image: Option<ImageId>,
    full: Option<Full>,
    unreadable: Option<Unreadable>,
    camera: Camera,
    /// Where the picture is, at the view's revision.
    place: Option<(ImageId, u64, usize)>,
    /// Width of the bar when it was last drawn, to put it into the middle.
    bar: f32,
}

impl Viewer {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, _known: &Known) {
        if let Event::Full { id, pixels } = event
            && self.image == Some(*id)
        {
            match pixels {
                Ok(pixels) if pixels.width > 0 && pixels.height > 0 => self.full = Some(Full::new(pixels.clone())),
                Ok(_) => self.unreadable = Some(Unreadable::Broken),
                Err(reason) => self.unreadable = Some(*reason),
            }
        }
    }

    /// The picture that is shown, if the viewer is open.
    pub fn image(&self) -> Option<ImageId> {
        self.image
    }

    /// Opens a picture; the caller asks the studio for its pixels.
    pub fn open(&mut self, id: ImageId) {
        *self = Self { image: Some(id), bar: self.bar, ..Self::default() };
    }

    /// Goes back to the gallery.
    pub fn close(&mut self) {
        *self = Self { bar: self.bar, ..Self::default() };
    }

    /// Moves to the neighbour that a moving verb names.
    pub fn step(&mut self, verb: Verb, known: &Known, selection: &mut Selection) {
        let Some(view) = &known.view else { return };
        let Some(index) = self.index(view) else { return };
        let next = match verb {
            Verb::MoveLeft => index.checked_sub(1),
            _ => Some(index + 1),
        };
        if let Some(&id) = next.and_then(|next| view.ids.get(next)) {
            self.open(id);
            selection.only(id);
        }
    }

    /// Where the picture is in the view.
    fn index(&mut self, view: &View) -> Option<usize> {
        let id = self.image?;
        if let Some((known, revision, index)) = self.place
            && (known, revision) == (id, view.revision)
        {
            return Some(index);
        }
        let index = view.ids.position(id)?;
        self.place = Some((id, view.revision, index));
        Some(index)
    }
}

/// Draws the viewer in the gallery's place. Only called while it is open.
pub fn show(ui: &mut Ui, viewer: &mut Viewer, selection: &mut Selection, cx: &Cx<'_>, actions: &mut Actions) {
    let Some(id) = viewer.image else { return };
    let whole = ui.available_rect_before_wrap();
    let place = cx.known.view.as_ref().and_then(|view| Some((view, viewer.index(view)?)));
    let strip = if place.is_some_and(|(view, _)| view.ids.len() > 1) { STRIP } else { 0.0 };
    let area = Rect::from_min_max(whole.min, pos2(whole.right(), whole.bottom() - strip));
    let room = picture(ui, viewer, id, area, cx);
    if let Some(room) = room {
        move_about(ui, viewer, &room);
    }
    if let Some(found) = cx
        .known
        .details(id)
        .and_then(|details| mismatch(&details.recipe.as_sent().parameters, details.width, details.height))
    {
        let words = cx.text.mismatch(&found);
        ui.ctx().accesskit_node_builder(focus_id(), |node| node.set_description(words));
        gallery::badge(ui, area.shrink(12.0), &found, cx.text);
    }
    bar(ui, viewer, area, room.as_ref(), place.map(|(view, index)| (index, view.ids.len())), cx, actions);
    if let Some((view, index)) = place.filter(|_| strip > 0.0) {
        let rect = Rect::from_min_max(pos2(whole.left(), area.bottom()), whole.max);
        if let Some(chosen) = neighbours(ui, rect, view, index, cx) {
            selection.only(chosen);
            actions.push(Action::OpenImage(chosen));
        }
    }
}

/// Draws the picture as well as it is known. Returns the room it has, if its dimensions are known.
fn picture(ui: &mut Ui, viewer: &mut Viewer, id: ImageId, area: Rect, cx: &Cx<'_>) -> Option<Room> {
    let palette = theme::palette(ui.visuals());
    let details = cx.known.details(id);
    let name = details.map_or_else(|| cx.text.get("picture"), |details| details.recipe.prompt.clone());
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
    let look = cx.textures.look(id, ThumbnailSize::Large);
    if let Some(reason) = viewer.unreadable {
        let frame = Rect::from_center_size(area.center(), vec2(320.0, 200.0));
        let own = details.and_then(|details| details.source.as_ref()).filter(|source| source.stays);
        let why = match own {
            Some(source) if reason == Unreadable::Missing => {
                cx.text.with("unreadable-moved", [("path", source.file.as_str().into())])
            }
            _ => gallery::why(reason, cx.text),
        };
        gallery::unreadable(ui, frame, &why, palette);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(why));
        return None;
    }
    let small = match look {
        Look::Ready(texture) => Some(texture),
        Look::Nothing | Look::Unreadable(_) => None,
    };
    let told = details.map(|details| vec2(details.width as f32, details.height as f32));
    let size = viewer.full.as_ref().map(Full::size).or(told).or_else(|| small.map(egui::TextureHandle::size_vec2))?;
    if size.x < 1.0 || size.y < 1.0 {
        return None;
    }
    let room = Room { area, picture: size, pixels_per_point: ui.ctx().pixels_per_point() };
    interact(ui, viewer, &room, &response);
    let rect = viewer.camera.place(&room);
    let zoom = viewer.camera.zoom(&room);
    let clipped = ui.painter().with_clip_rect(area);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    match small {
        // Under transparent pictures no other may be seen.
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

/// Wheel, pinch, drag and double click.
fn interact(ui: &Ui, viewer: &mut Viewer, room: &Room, response: &egui::Response) {
    if response.clicked() {
        response.request_focus();
    }
    if response.double_clicked() {
        let at = response.interact_pointer_pos().unwrap_or_else(|| room.area.center());
        if viewer.camera.fits() && room.fitting() < 1.0 {
            viewer.camera.zoom_to(1.0, at, room);
        } else {
            viewer.camera.fit();
        }
    }
    let movable = viewer.camera.place(room).size().max_elem() > 0.0 && !viewer.camera.fits();
    if response.dragged() && movable {
        viewer.camera.pan(response.drag_delta(), room);
        ui.set_cursor_icon(CursorIcon::Grabbing);
    } else if response.hovered() && movable {
        ui.set_cursor_icon(CursorIcon::Grab);
    }
    if let Some(at) = response.hover_pos() {
        let (wheel, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let factor = pinch * (wheel / WHEEL).exp();
        if factor != 1.0 {
            let zoom = viewer.camera.zoom(room) * factor;
            viewer.camera.zoom_to(zoom, at, room);
        }
    }
}

/// + and −, 0 and 1.
fn move_about(ui: &Ui, viewer: &mut Viewer, room: &Room) {
    let focused = ui.memory(egui::Memory::focused);
    let covered = ui.memory(|memory| memory.top_modal_layer().is_some());
    if covered || focused.is_some_and(|id| id != focus_id()) {
        return;
    }
    let press = |keys: &[Key]| {
        ui.input_mut(|input| {
            keys.iter().any(|key| input.consume_key(Modifiers::NONE, *key) || input.consume_key(Modifiers::SHIFT, *key))
        })
    };
    let middle = room.area.center();
    if press(&[Key::Plus, Key::Equals]) {
        viewer.camera.zoom_to(viewer.camera.zoom(room) * ZOOM_STEP, middle, room);
    }
    if press(&[Key::Minus]) {
        viewer.camera.zoom_to(viewer.camera.zoom(room) / ZOOM_STEP, middle, room);
    }
    if press(&[Key::F]) {
        viewer.camera.fit();
    }
    if press(&[Key::Z]) {
        viewer.camera.zoom_to(1.0, middle, room);
    }
}

/// The bar over the picture: the way back, the position, the zoom.
fn bar(
    ui: &mut Ui,
    viewer: &mut Viewer,
    area: Rect,
    room: Option<&Room>,
    position: Option<(usize, usize)>,
    cx: &Cx<'_>,
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
                    let back = Button::new(Verb::Back.name(text)).with_icon(Verb::Back.icon()).kind(Kind::Quiet);
                    if ui.add(back).clicked() {
                        actions.verb(Verb::Back);
                    }
                    if let Some((index, total)) = position {
                        let parts = [("place", text.count(index + 1).into()), ("total", text.count(total).into())];
                        step(ui, Verb::MoveLeft, index > 0, cx, actions);
                        label(ui, text.with("viewer-position", parts), palette);
                        step(ui, Verb::MoveRight, index + 1 < total, cx, actions);
                    }
                    if let Some(room) = room {
                        zooms(ui, viewer, room, cx);
                    }
                    if ui.add(Button::verb_icon(Verb::Edit, text)).on_hover_text(Verb::Edit.tip(text)).clicked() {
                        actions.verb(Verb::Edit);
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

fn step(ui: &mut Ui, verb: Verb, enabled: bool, cx: &Cx<'_>, actions: &mut Actions) {
    let icon = if verb == Verb::MoveLeft { icons::LEFT } else { icons::RIGHT };
    if ui.add(Button::icon(icon, verb.name(cx.text)).enabled(enabled)).on_hover_text(verb.name(cx.text)).clicked() {
        actions.verb(verb);
    }
}

fn zooms(ui: &mut Ui, viewer: &mut Viewer, room: &Room, cx: &Cx<'_>) {
    let palette = theme::palette(ui.visuals());
    let text = cx.text;
    let middle = room.area.center();
    let zoom = viewer.camera.zoom(room);
    let fit = Button::new(text.get("viewer-fit")).kind(Kind::Tab).selected(viewer.camera.fits());
    if ui.add(fit).clicked() {
        viewer.camera.fit();
    }
    let percent = |zoom: f32| text.with("viewer-zoom", [("percent", ((zoom * 100.0).round() as u32).into())]);
    let one = Button::new(percent(1.0)).kind(Kind::Tab).selected(!viewer.camera.fits() && zoom == 1.0);
    if ui.add(one).clicked() {
        viewer.camera.zoom_to(1.0, middle, room);
    }
    if ui.add(Button::icon(icons::MINUS, text.get("viewer-zoom-out"))).clicked() {
        viewer.camera.zoom_to(zoom / ZOOM_STEP, middle, room);
    }
    // As wide as the widest, so that the bar stands still.
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

/// The row of neighbours. Returns the one that was pressed.
fn neighbours(ui: &Ui, rect: Rect, view: &View, index: usize, cx: &Cx<'_>) -> Option<ImageId> {
    let palette = theme::palette(ui.visuals());
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, palette.line));
    let pitch = STRIP_PICTURE + size::GAP;
    let fit = (((rect.width() - size::EDGE * 2.0 + size::GAP) / pitch).floor() as usize).max(1);
    let first = index.saturating_sub(fit / 2).min(view.ids.len().saturating_sub(fit));
    let mut chosen = None;
    for (place, &id) in view.ids.iter().skip(first).take(fit).enumerate() {
        let at = pos2(rect.left() + size::EDGE + place as f32 * pitch, rect.center().y - STRIP_PICTURE / 2.0);
        let tile = Rect::from_min_size(at, Vec2::splat(STRIP_PICTURE));
        let response = ui.interact(tile, egui::Id::unique(("neighbour", id)), Sense::CLICK);
        let here = first + place == index;
        let name = cx.text.with("viewer-neighbour", [("place", cx.text.count(first + place + 1).into())]);
        gallery::option_info(ui, &response, &name, here);
        gallery::picture(ui, tile, id, None, ThumbnailSize::Small, cx);
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
