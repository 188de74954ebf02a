//! The mark of the application, drawn as shapes.

use egui::{Painter, Rect, vec2};

use crate::ui::theme;

/// Atelier's mark: the colors of the wheel in a rounded square.
pub fn mark(painter: &Painter, rect: Rect, radius: f32) {
    painter.add(mark_mesh(rect, radius));
}

fn mark_mesh(rect: Rect, radius: f32) -> egui::Mesh {
    const STEPS: usize = 96;
    let palette = theme::MARK;
    let color = |turn: f32| {
        let place = turn * (palette.len() - 1) as f32;
        let index = (place as usize).min(palette.len() - 2);
        palette[index].lerp_to_gamma(palette[index + 1], place - index as f32)
    };
    let mut mesh = egui::Mesh::default();
    let (half, center) = (rect.width() / 2.0, rect.center());
    let start = 210_f32.to_radians();
    for step in 0..STEPS {
        let edge = |index: usize| {
            let turn = index as f32 / STEPS as f32;
            let angle = start + turn * std::f32::consts::TAU;
            center + rounded_square(vec2(angle.sin(), -angle.cos()), half, radius)
        };
        let color = color((step as f32 + 0.5) / STEPS as f32);
        let first = mesh.vertices.len() as u32;
        for point in [center, edge(step), edge(step + 1)] {
            mesh.colored_vertex(point, color);
        }
        mesh.add_triangle(first, first + 1, first + 2);
    }
    mesh
}

/// Where a ray from the middle meets the edge of a square with round corners.
fn rounded_square(ray: egui::Vec2, half: f32, radius: f32) -> egui::Vec2 {
    let flat = ray * (half / ray.x.abs().max(ray.y.abs()));
    let inner = half - radius;
    if flat.x.abs() <= inner || flat.y.abs() <= inner {
        return flat;
    }
    // Inside a corner: the ray meets the circle around the corner's middle.
    let middle = vec2(inner * ray.x.signum(), inner * ray.y.signum());
    let along = ray.dot(middle);
    let length = along + (along * along - middle.length_sq() + radius * radius).max(0.0).sqrt();
    ray * length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logo_is_a_rounded_square() {
        assert!((rounded_square(vec2(1.0, 0.0), 10.0, 2.5).x - 10.0).abs() < 1e-4);
        let corner = rounded_square(vec2(1.0, 1.0).normalized(), 10.0, 2.5);
        let expected = 7.5 + 2.5 * std::f32::consts::FRAC_1_SQRT_2;
        assert!((corner.x - expected).abs() < 1e-3, "{corner:?}");
    }
}
