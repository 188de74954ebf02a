//! Pointer and keys that zoom and move the image.

use egui::{CursorIcon, Key, Modifiers, Ui};

use crate::ui::pages::gallery::focus_id;

use super::{camera::ViewArea, state::Viewer};

/// Zoom factor of the keys + and −.
pub(super) const ZOOM_STEP: f32 = 1.5;

/// Wheel distance in points for a zoom factor of e.
const WHEEL: f32 = 240.0;

/// Handles wheel, pinch, drag and double click.
pub(super) fn interact(ui: &Ui, viewer: &mut Viewer, room: &ViewArea, response: &egui::Response) {
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

/// Handles the keys +, −, 0 and 1.
pub(super) fn move_about(ui: &Ui, viewer: &mut Viewer, room: &ViewArea) {
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
