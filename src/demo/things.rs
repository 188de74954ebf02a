//! Draws the things in a scene.

use std::f32::consts::TAU;

use tiny_skia::{Path, PathBuilder, Rect};

use super::{
    canvas::{SceneCanvas, polygon},
    creatures,
    palette::Rgb,
    scene::{Location, Motif, SceneRng, Thing, Weather},
};

/// Places the things of a landscape.
pub(super) fn stand(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, horizon: f32) {
    let shade = motif.palette.ground.mix(Rgb::hex(0), 0.25);
    for thing in &motif.things {
        let x = canvas.width * random.range(0.22, 0.78);
        let water = motif.place == Location::Sea;
        match thing {
            Thing::Lighthouse => lighthouse(canvas, motif, x, horizon),
            Thing::Boat => boat(canvas, motif, x, horizon + (canvas.height - horizon) * random.range(0.25, 0.5)),
            Thing::House => house(canvas, motif, x, canvas.height * if water { 0.93 } else { 0.86 }),
            Thing::Tree if motif.place == Location::Forest => {}
            Thing::Tree => grove(canvas, motif, random, x),
            Thing::Cat => creatures::cat(canvas, motif, x, canvas.height * 0.92),
            Thing::Car => creatures::car(canvas, motif, x, canvas.height * 0.93),
            Thing::Flowers => creatures::flowers(canvas, motif, random),
            Thing::Birds => birds(canvas, random, horizon, shade),
            Thing::Bridge => bridge(canvas, horizon + (canvas.height - horizon) * 0.18, shade),
            Thing::Balloon => balloon(canvas, motif, x, horizon * random.range(0.25, 0.6)),
            Thing::Bottle | Thing::Cup | Thing::Vase | Thing::Fruit => {}
        }
    }
}

/// Places things side by side on a table.
pub(super) fn on_table(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, edge: f32) {
    let things: Vec<Thing> = motif
        .things
        .iter()
        .copied()
        .filter(|thing| matches!(thing, Thing::Bottle | Thing::Cup | Thing::Vase | Thing::Fruit))
        .collect();
    let things = if things.is_empty() { vec![Thing::Bottle] } else { things };
    // The fewer things there are, the closer the viewer.
    let unit = canvas.unit;
    canvas.unit *= match things.len() {
        // Flowers are tall.
        1 if things.contains(&Thing::Vase) => 1.12,
        1 => 1.35,
        2 => 1.12,
        _ => 1.0,
    };
    let step = canvas.unit * 0.34;
    let first = canvas.width / 2.0 - step * (things.len() as f32 - 1.0) / 2.0;
    for (index, thing) in things.iter().enumerate() {
        let x = first + step * index as f32;
        let foot = edge + canvas.height * random.range(0.07, 0.11);
        canvas.glow(x + canvas.unit * 0.05, foot, canvas.unit * 0.26, 0.16, Rgb::hex(0), 0.5);
        match thing {
            Thing::Cup => cup(canvas, motif, x, foot),
            Thing::Vase => vase(canvas, motif, random, x, foot),
            Thing::Fruit => fruit(canvas, motif, random, x, foot),
            _ => bottle(canvas, motif, x, foot),
        }
    }
    canvas.unit = unit;
}

/// A turned body: half widths at heights, mirrored and smoothed.
fn turned(x: f32, profile: &[(f32, f32)]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let (first_width, first_y) = *profile.first()?;
    builder.move_to(x - first_width, first_y);
    let smooth = |builder: &mut PathBuilder, from: (f32, f32), to: (f32, f32)| {
        let middle = f32::midpoint(from.1, to.1);
        builder.cubic_to(from.0, middle, to.0, middle, to.0, to.1);
    };
    for pair in profile.windows(2) {
        smooth(&mut builder, (x - pair[0].0, pair[0].1), (x - pair[1].0, pair[1].1));
    }
    let (last_width, last_y) = *profile.last()?;
    builder.line_to(x + last_width, last_y);
    for pair in profile.windows(2).rev() {
        smooth(&mut builder, (x + pair[1].0, pair[1].1), (x + pair[0].0, pair[0].1));
    }
    builder.close();
    builder.finish()
}

/// A group of pines, the tallest in the middle.
fn grove(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, x: f32) {
    let shade = motif.palette.ground.mix(Rgb::hex(0), 0.25);
    let snow = (motif.weather == Weather::Snow).then(|| motif.palette.haze.mix(Rgb::hex(0x00ff_ffff), 0.5));
    for (dx, size) in [(-0.17, 0.24), (0.19, 0.27), (-0.08, 0.33), (0.09, 0.36), (0.0, 0.46)] {
        let size = canvas.unit * size * random.range(0.9, 1.1);
        let foot = canvas.height * 0.955 + size * 0.12;
        conifer(canvas, x + dx * canvas.unit, foot, size, shade.mix(motif.palette.sky, random.range(0.0, 0.14)), snow);
    }
}

/// A conifer, with snow on its branches if a color for it is given.
pub(super) fn conifer(canvas: &mut SceneCanvas, x: f32, foot: f32, height: f32, color: Rgb, snow: Option<Rgb>) {
    canvas.rect(x - height * 0.02, foot - height * 0.2, height * 0.04, height * 0.2, color.solid());
    for tier in 0..4 {
        let part = tier as f32 / 4.0;
        let (top, bottom) = (foot - height * (1.0 - part * 0.72), foot - height * (0.62 - part * 0.52));
        let half = height * (0.11 + 0.07 * tier as f32);
        canvas.fill_solid(polygon(&[(x, top), (x + half, bottom), (x - half, bottom)]), color.solid());
        let shade = Rgb::hex(0).alpha(0.10);
        canvas.fill_solid(polygon(&[(x, top), (x + half, bottom), (x + half * 0.1, bottom)]), shade);
        if let Some(snow) = snow {
            let down = top + (bottom - top) * 0.55;
            let edge = [
                (x, top),
                (x + half * 0.5, down),
                (x + half * 0.12, down - height * 0.025),
                (x - half * 0.1, down + height * 0.02),
                (x - half * 0.5, down),
            ];
            canvas.fill_solid(polygon(&edge), snow.alpha(0.85));
        }
    }
}

fn lighthouse(canvas: &mut SceneCanvas, motif: &Motif, x: f32, horizon: f32) {
    let palette = motif.palette;
    let (unit, foot) = (canvas.unit, horizon + canvas.unit * 0.035);
    let height = unit * 0.34;
    let rock = palette.ground.mix(palette.sky, 0.12);
    let rocks = [(-0.20, 0.03), (-0.14, -0.012), (-0.06, -0.03), (0.05, -0.034), (0.13, -0.008), (0.22, 0.03)];
    let rocks: Vec<_> = rocks.iter().map(|(dx, dy)| (x + dx * unit, foot + dy * unit)).collect();
    let top = foot - height;
    // The beam, on both sides.
    for side in [-1.0, 1.0] {
        let reach = unit * 0.75 * side;
        let beam = polygon(&[(x, top - unit * 0.012), (x + reach, top - unit * 0.09), (x + reach, top + unit * 0.05)]);
        canvas.fill_solid(beam, palette.accent.alpha(0.13));
    }
    canvas.fill_solid(polygon(&rocks), rock.solid());
    let (wide, narrow) = (unit * 0.036, unit * 0.022);
    for band in 0..6 {
        let (from, to) = (band as f32 / 6.0, (band as f32 + 1.0) / 6.0);
        let half = |part: f32| wide + (narrow - wide) * part;
        let y = |part: f32| foot - unit * 0.02 - (height - unit * 0.02) * part;
        let color = if band % 2 == 0 { Rgb::hex(0x00f1_ece4) } else { Rgb::hex(0x00c8_4a3c) };
        let color = color.mix(palette.sky, 0.28);
        let points =
            [(x - half(from), y(from)), (x + half(from), y(from)), (x + half(to), y(to)), (x - half(to), y(to))];
        canvas.fill_solid(polygon(&points), color.solid());
        let shade = [
            (x + half(from) * 0.3, y(from)),
            (x + half(from), y(from)),
            (x + half(to), y(to)),
            (x + half(to) * 0.3, y(to)),
        ];
        canvas.fill_solid(polygon(&shade), Rgb::hex(0).alpha(0.18));
    }
    canvas.rect(x - narrow * 1.5, top - unit * 0.004, narrow * 3.0, unit * 0.008, rock.solid());
    canvas.rect(x - narrow * 0.8, top - unit * 0.03, narrow * 1.6, unit * 0.028, palette.accent.solid());
    let roof = polygon(&[
        (x - narrow * 1.2, top - unit * 0.03),
        (x, top - unit * 0.058),
        (x + narrow * 1.2, top - unit * 0.03),
    ]);
    canvas.fill_solid(roof, Rgb::hex(0x00a8_3a30).mix(palette.ground, 0.2).solid());
    canvas.glow(x, top - unit * 0.016, unit * 0.16, 1.0, palette.accent, 0.85);
}

fn boat(canvas: &mut SceneCanvas, motif: &Motif, x: f32, water: f32) {
    let palette = motif.palette;
    let unit = canvas.unit * 0.9;
    let hull = palette.ground.mix(Rgb::hex(0), 0.3);
    canvas.glow(x, water + unit * 0.012, unit * 0.14, 0.12, Rgb::hex(0), 0.5);
    let points = [
        (x - unit * 0.10, water - unit * 0.022),
        (x + unit * 0.11, water - unit * 0.026),
        (x + unit * 0.075, water + unit * 0.012),
        (x - unit * 0.075, water + unit * 0.012),
    ];
    canvas.fill_solid(polygon(&points), hull.solid());
    canvas.rect(x - unit * 0.003, water - unit * 0.23, unit * 0.006, unit * 0.21, hull.solid());
    let sail = palette.light.mix(palette.haze, 0.35);
    canvas.fill_solid(
        polygon(&[
            (x + unit * 0.008, water - unit * 0.225),
            (x + unit * 0.10, water - unit * 0.04),
            (x + unit * 0.008, water - unit * 0.035),
        ]),
        sail.solid(),
    );
    canvas.fill_solid(
        polygon(&[
            (x - unit * 0.008, water - unit * 0.20),
            (x - unit * 0.07, water - unit * 0.04),
            (x - unit * 0.008, water - unit * 0.036),
        ]),
        sail.mix(palette.accent, 0.35).solid(),
    );
}

fn house(canvas: &mut SceneCanvas, motif: &Motif, x: f32, foot: f32) {
    let palette = motif.palette;
    let unit = canvas.unit;
    let wall = palette.ground.mix(palette.haze, 0.35);
    let (half, tall) = (unit * 0.085, unit * 0.085);
    canvas.glow(x, foot, unit * 0.2, 0.14, Rgb::hex(0), 0.45);
    canvas.rect(x - half, foot - tall, half * 2.0, tall, wall.solid());
    canvas.rect(x + half * 0.35, foot - tall, half * 0.65, tall, Rgb::hex(0).alpha(0.16));
    let roof = polygon(&[
        (x - half * 1.2, foot - tall),
        (x - half * 0.55, foot - tall * 1.85),
        (x + half * 0.55, foot - tall * 1.85),
        (x + half * 1.2, foot - tall),
    ]);
    canvas.fill_solid(roof, palette.ground.mix(Rgb::hex(0), 0.2).solid());
    canvas.rect(x + half * 0.4, foot - tall * 2.1, half * 0.2, tall * 0.5, palette.ground.solid());
    for dx in [-0.6, 0.1] {
        let left = x + half * dx;
        canvas.rect(left, foot - tall * 0.68, half * 0.42, tall * 0.4, palette.accent.solid());
        canvas.glow(left + half * 0.2, foot - tall * 0.48, unit * 0.1, 0.8, palette.accent, 0.5);
    }
}

fn birds(canvas: &mut SceneCanvas, random: &mut SceneRng, horizon: f32, color: Rgb) {
    let (cx, cy) = (canvas.width * random.range(0.3, 0.7), horizon * random.range(0.25, 0.5));
    for _ in 0..9 {
        let (x, y) = (cx + random.range(-0.2, 0.2) * canvas.unit, cy + random.range(-0.1, 0.1) * canvas.unit);
        let wing = canvas.unit * random.range(0.010, 0.022);
        for side in [-1.0, 1.0] {
            let mut builder = PathBuilder::new();
            builder.move_to(x, y);
            builder.quad_to(x + side * wing * 0.5, y - wing * 0.75, x + side * wing, y - wing * 0.2);
            builder.quad_to(x + side * wing * 0.5, y - wing * 0.5, x, y + wing * 0.16);
            builder.close();
            canvas.fill_solid(builder.finish(), color.alpha(0.85));
        }
    }
}

fn bridge(canvas: &mut SceneCanvas, deck: f32, color: Rgb) {
    let unit = canvas.unit;
    canvas.rect(0.0, deck, canvas.width, unit * 0.014, color.solid());
    for tower in [0.28, 0.72] {
        let x = canvas.width * tower;
        canvas.rect(x - unit * 0.008, deck - unit * 0.26, unit * 0.016, unit * 0.36, color.solid());
        for cable in 1..9 {
            let reach = canvas.width * 0.024 * cable as f32;
            for side in [-1.0, 1.0] {
                let thin = unit * 0.0014;
                let end = x + side * reach;
                let points = [(x, deck - unit * 0.25), (x + thin, deck - unit * 0.25), (end + thin, deck), (end, deck)];
                canvas.fill_solid(polygon(&points), color.alpha(0.8));
            }
        }
    }
}

fn balloon(canvas: &mut SceneCanvas, motif: &Motif, x: f32, y: f32) {
    let radius = canvas.unit * 0.09;
    let profile = [(radius * 0.05, y - radius), (radius, y), (radius * 0.2, y + radius * 1.25)];
    canvas.fill_solid(turned(x, &profile), motif.palette.accent.solid());
    let stripe = [(radius * 0.02, y - radius), (radius * 0.42, y), (radius * 0.1, y + radius * 1.25)];
    canvas.fill_solid(turned(x, &stripe), motif.palette.light.alpha(0.55));
    canvas.rect(x - radius * 0.14, y + radius * 1.42, radius * 0.28, radius * 0.2, motif.palette.ground.solid());
}

fn bottle(canvas: &mut SceneCanvas, motif: &Motif, x: f32, foot: f32) {
    let palette = motif.palette;
    let unit = canvas.unit;
    let (half, tall) = (unit * 0.095, unit * 0.40);
    let glass = palette.accent.mix(palette.haze, 0.25);
    let shoulder = foot - tall * 0.68;
    let profile = [
        (half * 0.94, foot),
        (half, foot - tall * 0.2),
        (half, shoulder),
        (half * 0.36, foot - tall * 0.80),
        (half * 0.34, foot - tall * 0.93),
    ];
    canvas.round(turned(x, &profile), x - half, x + half, glass);
    let liquid =
        [(half * 0.84, foot - unit * 0.012), (half * 0.88, foot - tall * 0.2), (half * 0.88, foot - tall * 0.5)];
    canvas.fill_solid(turned(x, &liquid), glass.mix(palette.ground, 0.4).alpha(0.75));
    canvas.rect(x - half * 0.62, foot - tall * 0.46, half * 1.24, tall * 0.24, palette.light.alpha(0.86));
    for line in 0..3 {
        let y = foot - tall * (0.41 - 0.05 * line as f32);
        canvas.rect(x - half * 0.4, y, half * (0.8 - 0.2 * line as f32), unit * 0.006, palette.ground.alpha(0.7));
    }
    canvas.rect(
        x - half * 0.4,
        foot - tall * 1.02,
        half * 0.8,
        tall * 0.11,
        palette.ground.mix(palette.light, 0.25).solid(),
    );
    canvas.rect(x - half * 0.78, shoulder, half * 0.14, tall * 0.6, palette.light.alpha(0.5));
}

fn cup(canvas: &mut SceneCanvas, motif: &Motif, x: f32, foot: f32) {
    let palette = motif.palette;
    let unit = canvas.unit;
    let (half, tall) = (unit * 0.10, unit * 0.17);
    let color = palette.accent.mix(palette.light, 0.15);
    canvas.circle(x + half * 1.05, foot - tall * 0.52, half * 0.46, color.mix(palette.ground, 0.15).solid());
    canvas.circle(x + half * 1.05, foot - tall * 0.52, half * 0.26, palette.haze.mix(palette.sky, 0.4).solid());
    let body = [(half * 0.72, foot), (half * 0.96, foot - tall * 0.4), (half, foot - tall)];
    canvas.round(turned(x, &body), x - half, x + half, color);
    let oval = |half: f32| {
        Rect::from_xywh(x - half, foot - tall - half * 0.2, half * 2.0, half * 0.4).and_then(PathBuilder::from_oval)
    };
    canvas.fill_solid(oval(half), color.mix(Rgb::hex(0x00ff_ffff), 0.35).solid());
    canvas.fill_solid(oval(half * 0.9), Rgb::hex(0x0038_2018).mix(palette.ground, 0.3).solid());
    for wisp in 0..3 {
        let dx = half * (wisp as f32 - 1.0) * 0.45;
        for puff in 0..5 {
            let rise = tall * (0.2 + 0.22 * puff as f32);
            let sway = (puff as f32 * 1.3 + wisp as f32).sin() * half * 0.12;
            canvas.glow(x + dx + sway, foot - tall - rise, half * 0.24, 1.5, palette.light, 0.2);
        }
    }
}

fn vase(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, x: f32, foot: f32) {
    let palette = motif.palette;
    let unit = canvas.unit;
    let (half, tall) = (unit * 0.085, unit * 0.22);
    let stem = palette.ground.mix(Rgb::hex(0x003f_8a58), 0.6);
    for _ in 0..9 {
        let (dx, rise) = (random.range(-0.17, 0.17) * unit, random.range(0.14, 0.32) * unit);
        let (tip_x, tip_y) = (x + dx, foot - tall - rise);
        let thin = unit * 0.003;
        let points = [(x - thin, foot - tall), (x + thin, foot - tall), (tip_x + thin, tip_y), (tip_x - thin, tip_y)];
        canvas.fill_solid(polygon(&points), stem.solid());
        let petals = 6;
        let size = unit * random.range(0.018, 0.034);
        let color = palette.accent.mix(palette.light, random.range(0.0, 0.55));
        for petal in 0..petals {
            let angle = TAU * petal as f32 / petals as f32;
            canvas.circle(tip_x + angle.cos() * size, tip_y + angle.sin() * size, size * 0.72, color.alpha(0.92));
        }
        canvas.circle(tip_x, tip_y, size * 0.55, palette.light.mix(palette.accent, 0.2).solid());
    }
    let body = [
        (half * 0.55, foot),
        (half, foot - tall * 0.46),
        (half * 0.40, foot - tall * 0.88),
        (half * 0.52, foot - tall),
    ];
    let color = palette.haze.mix(palette.zenith, 0.35);
    canvas.round(turned(x, &body), x - half, x + half, color);
    let band = [(half * 0.97, foot - tall * 0.37), (half, foot - tall * 0.46), (half * 0.95, foot - tall * 0.54)];
    canvas.round(turned(x, &band), x - half, x + half, palette.accent.mix(palette.zenith, 0.25));
}

fn fruit(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, x: f32, foot: f32) {
    let palette = motif.palette;
    let radius = canvas.unit * 0.062;
    for (dx, dy) in [(-1.0, 0.9), (1.0, 0.9), (0.0, 2.3)] {
        let color = palette.accent.mix(Rgb::hex(0x00e0_b23c), random.range(0.0, 0.6));
        let (cx, cy) = (x + dx * radius, foot - dy * radius);
        canvas.circle(cx, cy, radius, color.solid());
        canvas.glow(cx + radius * 0.3, cy + radius * 0.4, radius * 0.9, 1.0, palette.ground, 0.35);
        canvas.glow(cx - radius * 0.35, cy - radius * 0.4, radius * 0.55, 1.0, palette.light, 0.7);
    }
}
