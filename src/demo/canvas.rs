//! The canvas: an image that is being painted, with the shapes and gradients that all painting functions use.

use tiny_skia::{
    Color, FillRule, GradientStop, LinearGradient, Paint, Path, PathBuilder, Pixmap, Point, RadialGradient, Rect,
    Shader, SpreadMode, Transform,
};

use super::palette::Rgb;

/// An image that is being painted. Positions are fractions of its width and height.
pub(super) struct SceneCanvas {
    pub(super) pixmap: Pixmap,
    pub(super) width: f32,
    pub(super) height: f32,
    /// The unit of lengths that do not depend on the aspect ratio: the shorter side, but never much less than the
    /// longer one.
    pub(super) unit: f32,
}

impl SceneCanvas {
    pub(super) fn fill(&mut self, path: Option<Path>, shader: Shader<'_>) {
        // A path without area cannot be filled.
        let Some(path) = path else { return };
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
    }

    pub(super) fn fill_solid(&mut self, path: Option<Path>, color: Color) {
        self.fill(path, Shader::SolidColor(color));
    }

    pub(super) fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, color: Color) {
        let path = Rect::from_xywh(x, y, width, height).map(PathBuilder::from_rect);
        self.fill_solid(path, color);
    }

    pub(super) fn circle(&mut self, x: f32, y: f32, radius: f32, color: Color) {
        self.fill_solid(PathBuilder::from_circle(x, y, radius), color);
    }

    /// A circle that fades out at its edge.
    pub(super) fn glow(&mut self, x: f32, y: f32, radius: f32, squash: f32, color: Rgb, strength: f32) {
        let stops = vec![
            GradientStop::new(0.0, color.alpha(strength)),
            GradientStop::new(0.35, color.alpha(strength * 0.45)),
            GradientStop::new(1.0, color.alpha(0.0)),
        ];
        let squashed = Transform::from_row(1.0, 0.0, 0.0, squash, 0.0, y * (1.0 - squash));
        let center = Point::from_xy(x, y);
        let gradient = RadialGradient::new(center, 0.0, center, radius, stops, SpreadMode::Pad, squashed);
        let area = Rect::from_xywh(x - radius, y - radius * squash, radius * 2.0, radius * 2.0 * squash);
        if let Some(shader) = gradient {
            self.fill(area.map(PathBuilder::from_rect), shader);
        }
    }

    /// An area with a gradient from one color at `top` to another at `bottom`.
    pub(super) fn fade(&mut self, path: Option<Path>, top: f32, bottom: f32, colors: &[(f32, Color)]) {
        let stops = colors.iter().map(|(place, color)| GradientStop::new(*place, *color)).collect();
        let (from, to) = (Point::from_xy(0.0, top), Point::from_xy(0.0, bottom));
        if let Some(shader) = LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity()) {
            self.fill(path, shader);
        }
    }

    /// A round body lit from the left, with a gradient from one color to another across it.
    pub(super) fn round(&mut self, path: Option<Path>, left: f32, right: f32, color: Rgb) {
        let (dark, white) = (Rgb::hex(0x0010_1420), Rgb::hex(0x00ff_ffff));
        let stops =
            [(0.0, color.mix(dark, 0.12)), (0.26, color.mix(white, 0.24)), (0.55, color), (1.0, color.mix(dark, 0.42))];
        let stops = stops.iter().map(|(place, color)| GradientStop::new(*place, color.solid())).collect();
        let (from, to) = (Point::from_xy(left, 0.0), Point::from_xy(right, 0.0));
        if let Some(shader) = LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity()) {
            self.fill(path, shader);
        }
    }

    pub(super) fn area(&self, top: f32, bottom: f32) -> Option<Path> {
        Rect::from_ltrb(0.0, top, self.width, bottom).map(PathBuilder::from_rect)
    }
}

pub(super) fn polygon(points: &[(f32, f32)]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (index, (x, y)) in points.iter().enumerate() {
        if index == 0 {
            builder.move_to(*x, *y);
        } else {
            builder.line_to(*x, *y);
        }
    }
    builder.close();
    builder.finish()
}
