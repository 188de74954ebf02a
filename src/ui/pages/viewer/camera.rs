//! The zoom and the position of an image. Pure arithmetic.

use egui::{Pos2, Rect, Vec2, vec2};

/// Maximum zoom.
const MAX_ZOOM: f32 = 32.0;
/// Space around a fitted image.
const MARGIN: f32 = 16.0;

/// The view of an image. Zoom is in screen pixels per image pixel, so that 1 is sharp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The zoom; `None` fits the image.
    zoom: Option<f32>,
    /// The point of the image at the center, from 0 to 1 along each side.
    center: Vec2,
}

impl Default for Camera {
    fn default() -> Self {
        Self { zoom: None, center: Vec2::splat(0.5) }
    }
}

/// The area that an image is drawn in.
#[derive(Clone, Copy, Debug)]
pub struct ViewArea {
    /// Its rectangle on screen.
    pub area: Rect,
    /// The image's dimensions in pixels.
    pub image: Vec2,
    /// Screen pixels per point.
    pub pixels_per_point: f32,
}

impl ViewArea {
    /// The zoom at which the whole image is visible; smaller images are not enlarged.
    pub fn fitting(&self) -> f32 {
        let room = (self.area.size() - Vec2::splat(MARGIN * 2.0)).max(Vec2::splat(1.0)) * self.pixels_per_point;
        (room.x / self.image.x).min(room.y / self.image.y).min(1.0)
    }
}

impl Camera {
    /// The zoom.
    pub fn zoom(&self, room: &ViewArea) -> f32 {
        self.zoom.unwrap_or_else(|| room.fitting())
    }

    /// Whether the image is fitted.
    pub fn fits(&self) -> bool {
        self.zoom.is_none()
    }

    /// The rectangle of the whole image on screen.
    pub fn place(&self, room: &ViewArea) -> Rect {
        let size = room.image * self.zoom(room) / room.pixels_per_point;
        let corner = room.area.center() - self.held(room, size) * size;
        Rect::from_min_size(corner, size)
    }

    /// The center, limited so that no unnecessary background is visible.
    fn held(&self, room: &ViewArea, size: Vec2) -> Vec2 {
        let hold = |center: f32, size: f32, area: f32| {
            if size <= area { 0.5 } else { center.clamp(area / size / 2.0, 1.0 - area / size / 2.0) }
        };
        vec2(hold(self.center.x, size.x, room.area.width()), hold(self.center.y, size.y, room.area.height()))
    }

    /// Fits the image.
    pub fn fit(&mut self) {
        *self = Self::default();
    }

    /// Zooms around a point.
    pub fn zoom_to(&mut self, zoom: f32, at: Pos2, room: &ViewArea) {
        let before = self.place(room);
        let under = (at - before.min) / before.size();
        let zoom = zoom.clamp(room.fitting().min(1.0), MAX_ZOOM);
        let size = room.image * zoom / room.pixels_per_point;
        self.zoom = Some(zoom);
        self.center = under - (at - room.area.center()) / size;
        self.center = self.held(room, size);
    }

    /// Moves the image by so many points.
    pub fn pan(&mut self, by: Vec2, room: &ViewArea) {
        let size = self.place(room).size();
        self.center = self.held(room, size) - by / size;
        self.center = self.held(room, size);
    }
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    fn room(width: f32, height: f32) -> ViewArea {
        let area = Rect::from_min_size(pos2(100.0, 50.0), vec2(832.0, 632.0));
        ViewArea { area, image: vec2(width, height), pixels_per_point: 1.0 }
    }

    #[test]
    fn a_large_image_fits_and_a_small_one_is_not_blown_up() {
        let camera = Camera::default();
        assert_eq!(camera.zoom(&room(8000.0, 6000.0)), 0.1);
        let small = room(100.0, 50.0);
        assert_eq!(camera.zoom(&small), 1.0);
        assert_eq!(camera.place(&small).center(), small.area.center());
    }

    #[test]
    fn zoom_keeps_the_point_under_the_pointer() {
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
    fn panning_stops_at_the_edges() {
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
