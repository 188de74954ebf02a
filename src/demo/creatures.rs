//! Draws living and moving things: a cat, a car, flowers.

use std::f32::consts::TAU;

use tiny_skia::{PathBuilder, Rect};

use super::{
    canvas::{SceneCanvas, polygon},
    palette::Rgb,
    scene::{Motif, SceneRng},
};

/// A cat that sits and looks into the image.
pub(super) fn cat(canvas: &mut SceneCanvas, motif: &Motif, x: f32, foot: f32) {
    let unit = canvas.unit * 0.2;
    let fur = motif.palette.ground.mix(Rgb::hex(0), 0.55);
    let at = |dx: f32, dy: f32| (x + dx * unit, foot + dy * unit);
    canvas.glow(x, foot, unit * 0.7, 0.14, Rgb::hex(0), 0.45);
    let mut body = PathBuilder::new();
    body.move_to(x - unit * 0.34, foot);
    body.cubic_to(
        x - unit * 0.46,
        foot - unit * 0.42,
        x - unit * 0.22,
        foot - unit * 0.62,
        x - unit * 0.16,
        foot - unit * 0.78,
    );
    body.line_to(x + unit * 0.16, foot - unit * 0.78);
    body.cubic_to(x + unit * 0.22, foot - unit * 0.62, x + unit * 0.46, foot - unit * 0.42, x + unit * 0.34, foot);
    body.close();
    canvas.fill_solid(body.finish(), fur.solid());
    let mut tail = PathBuilder::new();
    tail.move_to(x + unit * 0.24, foot - unit * 0.02);
    tail.cubic_to(x + unit * 0.9, foot, x + unit * 0.78, foot - unit * 0.5, x + unit * 0.6, foot - unit * 0.56);
    tail.cubic_to(
        x + unit * 0.68,
        foot - unit * 0.44,
        x + unit * 0.7,
        foot - unit * 0.14,
        x + unit * 0.24,
        foot - unit * 0.16,
    );
    tail.close();
    canvas.fill_solid(tail.finish(), fur.solid());
    canvas.fill_solid(
        Rect::from_xywh(x - unit * 0.25, foot - unit * 1.1, unit * 0.5, unit * 0.42).and_then(PathBuilder::from_oval),
        fur.solid(),
    );
    for side in [-1.0, 1.0] {
        let ear = [at(side * 0.235, -0.92), at(side * 0.22, -1.24), at(side * 0.04, -1.07)];
        canvas.fill_solid(polygon(&ear), fur.solid());
        canvas.circle(x + side * unit * 0.1, foot - unit * 0.9, unit * 0.034, motif.palette.accent.solid());
    }
}

/// A small car from the side with its lamps on.
pub(super) fn car(canvas: &mut SceneCanvas, motif: &Motif, x: f32, foot: f32) {
    let palette = motif.palette;
    let unit = canvas.unit * 0.13;
    let paint = palette.accent.mix(palette.ground, 0.12);
    let road = canvas.area(foot - unit * 0.12, canvas.height);
    canvas.fill_solid(road, palette.ground.mix(Rgb::hex(0), 0.35).solid());
    for dash in 0..12 {
        let left = canvas.width * dash as f32 / 12.0;
        canvas.rect(left, foot + unit * 0.3, canvas.width / 26.0, unit * 0.03, palette.haze.alpha(0.4));
    }
    canvas.glow(x, foot + unit * 0.02, unit * 1.3, 0.12, Rgb::hex(0), 0.6);
    let beam = [
        (x + unit * 0.98, foot - unit * 0.34),
        (x + unit * 2.9, foot - unit * 0.5),
        (x + unit * 2.9, foot + unit * 0.06),
    ];
    canvas.fill_solid(polygon(&beam), palette.light.alpha(0.16));
    let mut body = PathBuilder::new();
    body.move_to(x - unit, foot - unit * 0.14);
    body.cubic_to(
        x - unit * 1.06,
        foot - unit * 0.56,
        x - unit * 0.9,
        foot - unit * 0.54,
        x - unit * 0.68,
        foot - unit * 0.56,
    );
    body.cubic_to(
        x - unit * 0.46,
        foot - unit * 1.0,
        x + unit * 0.2,
        foot - unit * 1.02,
        x + unit * 0.4,
        foot - unit * 0.56,
    );
    body.cubic_to(
        x + unit * 0.86,
        foot - unit * 0.54,
        x + unit * 1.06,
        foot - unit * 0.44,
        x + unit,
        foot - unit * 0.14,
    );
    body.close();
    canvas.fade(
        body.finish(),
        foot - unit,
        foot,
        &[
            (0.0, paint.mix(palette.light, 0.3).solid()),
            (0.5, paint.solid()),
            (1.0, paint.mix(Rgb::hex(0), 0.4).solid()),
        ],
    );
    for window in [
        [(-0.52, -0.57), (-0.36, -0.84), (-0.14, -0.88), (-0.14, -0.57)],
        [(-0.07, -0.57), (-0.07, -0.88), (0.12, -0.82), (0.27, -0.57)],
    ] {
        let points = window.map(|(dx, dy)| (x + dx * unit, foot + dy * unit));
        canvas.fill_solid(polygon(&points), palette.sky.mix(palette.haze, 0.5).solid());
    }
    for wheel in [-0.58, 0.58] {
        canvas.circle(x + unit * wheel, foot - unit * 0.12, unit * 0.2, Rgb::hex(0x0014_161c).solid());
        canvas.circle(x + unit * wheel, foot - unit * 0.12, unit * 0.09, palette.haze.mix(palette.ground, 0.3).solid());
    }
    canvas.glow(x + unit * 0.96, foot - unit * 0.34, unit * 0.3, 1.0, palette.light, 0.95);
    canvas.glow(x - unit * 0.99, foot - unit * 0.36, unit * 0.16, 1.0, Rgb::hex(0x00ff_4030), 0.8);
}

/// Flowers in the grass at the bottom of the image, larger when nearer.
pub(super) fn flowers(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng) {
    let palette = motif.palette;
    let stem = palette.ground.mix(Rgb::hex(0x004f_8a4c), 0.4);
    let colors =
        [palette.accent, palette.light.mix(palette.accent, 0.25), palette.accent.mix(Rgb::hex(0x00ff_f4f0), 0.55)];
    for number in 0..90 {
        let near = number as f32 / 90.0;
        let size = canvas.unit * (0.004 + 0.012 * near) * random.range(0.7, 1.3);
        let (x, y) = (random.range(-0.02, 1.02) * canvas.width, canvas.height * (0.85 + 0.12 * near));
        canvas.rect(x - size * 0.12, y, size * 0.24, size * 7.0, stem.solid());
        let color = colors[random.below(colors.len())];
        let turn = random.range(0.0, TAU);
        for petal in 0..5 {
            let angle = turn + TAU * petal as f32 / 5.0;
            canvas.circle(x + angle.cos() * size * 0.8, y + angle.sin() * size * 0.6, size * 0.62, color.solid());
        }
        canvas.circle(x, y, size * 0.45, Rgb::hex(0x00f6_c648).mix(palette.ground, 0.1).solid());
    }
}
