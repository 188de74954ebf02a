//! How large a picture is drawn and which part of it is in the middle. Pure arithmetic.

use egui::{Pos2, Rect, Vec2, vec2};

/// The greatest zoom.
const MAX_ZOOM: f32 = 32.0;
/// Space around a picture that fits.
const MARGIN: f32 = 16.0;

/// A view of a picture. Zoom counts screen pixels to one of the picture's own, so that 1 is sharp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// `None` fits the picture in.
    zoom: Option<f32>,
    /// The point of the picture that is in the middle, from 0 to 1 along each side.
    center: Vec2,
}

impl Default for Camera {
    fn default() -> Self {
        Self { zoom: None, center: Vec2::splat(0.5) }
    }
}

/// The room that a picture is drawn in.
#[derive(Clone, Copy, Debug)]
pub struct ViewArea {
    /// Where it is on screen.
    pub area: Rect,
    /// The picture's dimensions in pixels.
    pub picture: Vec2,
    /// Screen pixels to a point.
    pub pixels_per_point: f32,
}

impl ViewArea {
    /// The zoom at which the whole picture is seen; pictures smaller than the room are not enlarged.
    pub fn fitting(&self) -> f32 {
        let room = (self.area.size() - Vec2::splat(MARGIN * 2.0)).max(Vec2::splat(1.0)) * self.pixels_per_point;
        (room.x / self.picture.x).min(room.y / self.picture.y).min(1.0)
    }
}

impl Camera {
    /// The zoom.
    pub fn zoom(&self, room: &ViewArea) -> f32 {
        self.zoom.unwrap_or_else(|| room.fitting())
    }

    /// Whether the picture is fitted in.
    pub fn fits(&self) -> bool {
        self.zoom.is_none()
    }

    /// Where the whole picture lies on screen.
    pub fn place(&self, room: &ViewArea) -> Rect {
        let size = room.picture * self.zoom(room) / room.pixels_per_point;
        let corner = room.area.center() - self.held(room, size) * size;
        Rect::from_min_size(corner, size)
    }

    /// The point in the middle, held so that no empty ground is shown that need not be.
    fn held(&self, room: &ViewArea, size: Vec2) -> Vec2 {
        let hold = |center: f32, size: f32, area: f32| {
            if size <= area { 0.5 } else { center.clamp(area / size / 2.0, 1.0 - area / size / 2.0) }
        };
        vec2(hold(self.centre.x, size.x, room.area.width()), hold(self.centre.y, size.y, room.area.height()))
    }

    /// Fits the picture in.
    pub fn fit(&mut self) {
        *self = Self::default();
    }

    /// Zooms so that what is under a point stays there.
    pub fn zoom_to(&mut self, zoom: f32, at: Pos2, room: &ViewArea) {
        let before = self.place(room);
        let under = (at - before.min) / before.size();
        let zoom = zoom.clamp(room.fitting().min(1.0), MAX_ZOOM);
        let size = room.picture * zoom / room.pixels_per_point;
        self.zoom = Some(zoom);
        self.centre = under - (at - room.area.center()) / size;
        self.centre = self.held(room, size);
    }

    /// Moves the picture by so many points.
    pub fn pan(&mut self, by: Vec2, room: &ViewArea) {
        let size = self.place(room).size();
        self.centre = self.held(room, size) - by / size;
        self.centre = self.held(room, size);
    }
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    fn room(width: f32, height: f32) -> ViewArea {
        let area = Rect::from_min_size(pos2(100.0, 50.0), vec2(832.0, 632.0));
        ViewArea { area, picture: vec2(width, height), pixels_per_point: 1.0 }
    }

    #[test]
    fn a_large_picture_fits_and_a_small_one_is_not_blown_up() {
        let camera = Camera::default();
        assert_eq!(camera.zoom(&room(8000.0, 6000.0)), 0.1);
        let small = room(100.0, 50.0);
        assert_eq!(camera.zoom(&small), 1.0);
        assert_eq!(camera.place(&small).center(), small.area.center());
    }

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let room = room(4000.0, 3000.0);
        let mut camera = Camera::default();
        camera.zoom_to(1.0, room.area.center(), &room);
        let pointer = pos2(300.0, 200.0);
        let under = |camera: &Camera| (pointer - camera.place(&room).min) / camera.place(&room).size();
        let before = under(&camera);
        camera.zoom_to(2.0, pointer, &room);
        let after = under(&camera);
        assert!((before - after).length() < 1e-4, "{before} {after}");
    }

    #[test]
    fn no_empty_ground_can_be_dragged_in() {
        let room = room(4000.0, 3000.0);
        let mut camera = Camera::default();
        camera.zoom_to(1.0, room.area.center(), &room);
        camera.pan(vec2(100_000.0, -100_000.0), &room);
        let place = camera.place(&room);
        assert!((place.left() - room.area.left()).abs() < 0.5 && (place.bottom() - room.area.bottom()).abs() < 0.5);
        camera.fit();
        camera.pan(vec2(50.0, 50.0), &room);
        assert_eq!(camera.place(&room).center(), room.area.center());
    }
}
