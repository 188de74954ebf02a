//! Paints a scene: sky, light, land, weather, and film grain.

use tiny_skia::{Path, PathBuilder, Pixmap};

use super::{
    canvas::{SceneCanvas, polygon},
    palette::Rgb,
    scene::{Location, Motif, Scene, SceneRng, Thing, Weather},
    things,
};

/// Paints a scene and returns it as a PNG. Empty if it has no pixels.
pub fn paint(scene: &Scene) -> Vec<u8> {
    let Some(pixmap) = Pixmap::new(scene.width, scene.height) else { return Vec::new() };
    let (width, height) = (scene.width as f32, scene.height as f32);
    let unit = width.min(height).max(width.max(height) * 0.45);
    let mut canvas = SceneCanvas { pixmap, width, height, unit };
    let motif = scene.motif();
    let mut random = motif.random.clone();
    if motif.place == Location::Table {
        table(&mut canvas, &motif, &mut random);
    } else {
        landscape(&mut canvas, &motif, &mut random);
    }
    weather(&mut canvas, &motif, &mut random);
    let mut rgb = without_alpha(&canvas.pixmap);
    grain(&mut rgb, &mut random);
    encode(scene.width, scene.height, &rgb)
}

fn landscape(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng) {
    let (width, height, unit) = (canvas.width, canvas.height, canvas.unit);
    let palette = motif.palette;
    let horizon = height * random.range(0.56, 0.68);
    let sky = canvas.area(0.0, height);
    let colors = [(0.0, palette.zenith.solid()), (0.55, palette.sky.solid()), (1.0, palette.haze.solid())];
    canvas.fade(sky, 0.0, horizon, &colors);
    if motif.night && motif.weather == Weather::Clear {
        stars(canvas, random, horizon);
    }
    let light = (width * random.range(0.22, 0.78), horizon - height * random.range(0.06, 0.34));
    let size = unit * random.range(0.045, 0.085);
    canvas.glow(light.0, light.1, unit * 0.75, 1.0, palette.light, 0.55);
    let veiled = matches!(motif.weather, Weather::Rain | Weather::Fog);
    canvas.glow(light.0, light.1, size * 3.2, 1.0, palette.light, if veiled { 0.45 } else { 0.8 });
    if !veiled {
        canvas.circle(light.0, light.1, size, palette.light.solid());
    }
    if motif.night && !veiled {
        // The maria of the moon.
        for (dx, dy, part) in [(-0.3, -0.25, 0.26), (0.28, 0.1, 0.34), (-0.2, 0.42, 0.2)] {
            canvas.circle(light.0 + dx * size, light.1 + dy * size, size * part, palette.sky.alpha(0.10));
        }
    }
    clouds(canvas, motif, random, horizon);
    match motif.place {
        Location::Sea => {
            ridges(canvas, motif, random, horizon, horizon, 2, Shape::Hills);
            water(canvas, motif, random, horizon, light.0);
            if motif
                .things
                .iter()
                .any(|thing| !matches!(thing, Thing::Boat | Thing::Lighthouse | Thing::Birds | Thing::Bridge))
            {
                let bank = ridge(canvas, random, height * 0.91, 1.0, Shape::Towers);
                let (top, foot) = (palette.ground.mix(Rgb::hex(0), 0.1), palette.ground.mix(Rgb::hex(0), 0.4));
                canvas.fade(bank, height * 0.86, height, &[(0.0, top.solid()), (1.0, foot.solid())]);
            }
        }
        Location::City => {
            ridges(canvas, motif, random, horizon, height * 1.02, 4, Shape::Towers);
        }
        Location::Forest => ridges(canvas, motif, random, horizon, height, 5, Shape::Trees),
        Location::Field => ridges(canvas, motif, random, horizon, height, 5, Shape::Hills),
        Location::Desert => ridges(canvas, motif, random, horizon, height, 4, Shape::Dunes),
        Location::Mountains | Location::Table => {
            ridges(canvas, motif, random, horizon, height, 5, Shape::Peaks);
        }
    }
    things::stand(canvas, motif, random, horizon);
}

fn stars(canvas: &mut SceneCanvas, random: &mut SceneRng, horizon: f32) {
    for _ in 0..160 {
        let (x, y) = (random.range(0.0, canvas.width), random.range(0.0, horizon * 0.9));
        let radius = canvas.unit * random.range(0.0006, 0.0022);
        let coverage = random.range(0.25, 0.95) * (1.0 - y / horizon);
        canvas.circle(x, y, radius, Rgb::hex(0x00ff_ffff).alpha(coverage));
    }
}

fn clouds(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, horizon: f32) {
    let heavy = motif.weather != Weather::Clear;
    let color = motif.palette.haze.mix(motif.palette.light, 0.4);
    for _ in 0..if heavy { 9 } else { 5 } {
        let (x, y) = (random.range(-0.1, 1.1) * canvas.width, random.range(0.06, 0.8) * horizon);
        let length = canvas.unit * random.range(0.12, 0.34);
        for _ in 0..6 {
            let (dx, dy) = (random.range(-1.0, 1.0) * length, random.range(-0.12, 0.12) * length);
            let radius = length * random.range(0.35, 0.7);
            let strength = random.range(0.08, 0.2) * if heavy { 1.5 } else { 1.0 };
            canvas.glow(x + dx, y + dy, radius, 0.22, color, strength);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Hills,
    Peaks,
    Dunes,
    Trees,
    Towers,
}

/// Layers of land from the horizon to the bottom of the image, hazier when farther.
fn ridges(
    canvas: &mut SceneCanvas,
    motif: &Motif,
    random: &mut SceneRng,
    horizon: f32,
    foot: f32,
    count: usize,
    shape: Shape,
) {
    let palette = motif.palette;
    for layer in 0..count {
        let near = (layer as f32 + 1.0) / count as f32;
        let base = horizon + (foot - horizon) * (near - 1.0 / count as f32).powf(1.25) * 0.92;
        let color = palette.haze.mix(palette.sky, 0.35).mix(palette.ground, near.powf(0.8) * 0.96);
        let color = if motif.weather == Weather::Snow && shape != Shape::Towers {
            // Snow that lies, in the color of the sky.
            let snow =
                palette.sky.mix(palette.haze, 0.5).mix(Rgb::hex(0x00ff_ffff), if motif.night { 0.12 } else { 0.6 });
            color.mix(snow, 0.72)
        } else {
            color
        };
        let path = ridge(canvas, random, base, near, shape);
        let bottom = base + canvas.height * 0.4;
        let lit = color.mix(palette.light, 0.10 * (1.0 - near));
        canvas.fade(
            path,
            base - canvas.unit * 0.2,
            bottom,
            &[(0.0, lit.solid()), (1.0, color.mix(palette.ground, 0.35).solid())],
        );
        match shape {
            Shape::Trees => trees(canvas, motif, random, base, near),
            Shape::Towers => towers(canvas, motif, random, base, near, color),
            Shape::Hills | Shape::Peaks | Shape::Dunes => {}
        }
        // Haze in the valleys.
        let haze = canvas.area(base - canvas.unit * 0.02, base + canvas.unit * 0.14);
        let fade = [(0.0, palette.haze.alpha(0.0)), (1.0, palette.haze.alpha(0.22 * (1.0 - near)))];
        canvas.fade(haze, base - canvas.unit * 0.02, base + canvas.unit * 0.14, &fade);
    }
}

fn ridge(canvas: &SceneCanvas, random: &mut SceneRng, base: f32, near: f32, shape: Shape) -> Option<Path> {
    let height = canvas.unit
        * match shape {
            Shape::Hills => 0.035 + 0.03 * near,
            Shape::Peaks => 0.20 * (1.25 - near * 0.8),
            Shape::Dunes => 0.09,
            Shape::Trees => 0.06,
            Shape::Towers => 0.012,
        };
    let waves: Vec<(f32, f32, f32)> = (0..5)
        .map(|wave| {
            let octave = 2.0_f32.powi(wave);
            (random.range(0.8, 1.4) * octave, random.range(0.0, std::f32::consts::TAU), 1.0 / octave)
        })
        .collect();
    let mut builder = PathBuilder::new();
    let steps = 220;
    builder.move_to(0.0, canvas.height);
    for step in 0..=steps {
        let x = step as f32 / steps as f32;
        let mut y = 0.0;
        for (index, (frequency, phase, strength)) in waves.iter().enumerate() {
            let wave = (x * frequency * 5.0 + phase).sin();
            y += strength
                * match shape {
                    // Sharp peaks and round valleys.
                    Shape::Peaks => 1.0 - wave.abs() * 1.6,
                    Shape::Dunes if index > 1 => 0.0,
                    _ => wave,
                };
        }
        builder.line_to(x * canvas.width, base - y * height * 0.6);
    }
    builder.line_to(canvas.width, canvas.height);
    builder.close();
    builder.finish()
}

fn trees(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, base: f32, near: f32) {
    let palette = motif.palette;
    let color = palette.haze.mix(palette.sky, 0.35).mix(palette.ground, near.powf(0.8) * 0.96);
    let snow = (motif.weather == Weather::Snow)
        .then(|| palette.haze.mix(Rgb::hex(0x00ff_ffff), 0.5).mix(palette.ground, 0.25));
    let size = canvas.unit * (0.05 + near * near * 0.22);
    let mut x = -size * 0.2;
    while x < canvas.width + size {
        let height = size * random.range(0.7, 1.3);
        let shade = color.mix(Rgb::hex(0), random.range(0.0, 0.16));
        things::conifer(canvas, x, base + size * 0.25, height, shade, snow);
        x += size * random.range(0.22, 0.5);
    }
}

fn towers(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, base: f32, near: f32, color: Rgb) {
    let tall = canvas.unit * (0.16 + 0.10 * near);
    let mut x = -canvas.unit * 0.02;
    while x < canvas.width {
        let width = canvas.unit * random.range(0.025, 0.06) * (0.6 + near * 0.7);
        let mut height = tall * random.range(0.35, 1.0);
        if random.below(9) == 0 {
            height *= 1.5;
            canvas.rect(x + width * 0.46, base - height * 1.16, width * 0.08, height * 0.2, color.solid());
        }
        canvas.rect(x, base - height, width, canvas.height, color.solid());
        // The side in shadow.
        canvas.rect(x + width * 0.68, base - height, width * 0.32, canvas.height, Rgb::hex(0).alpha(0.10));
        windows(canvas, motif, random, (x, base - height, width, height), near);
        x += width * random.range(0.85, 1.25);
    }
}

fn windows(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, tower: (f32, f32, f32, f32), near: f32) {
    let (left, top, width, height) = tower;
    let (columns, cell) = (4, width / 5.0);
    let rows = (height / (cell * 1.6)) as usize;
    let lit = if motif.night { 3 } else { 7 };
    for row in 0..rows.min(40) {
        for column in 0..columns {
            if random.below(lit) == 0 {
                let (x, y) = (left + cell * (column as f32 + 0.7), top + cell * 1.6 * (row as f32 + 0.6));
                canvas.rect(x, y, cell * 0.6, cell * 0.8, motif.palette.accent.alpha(0.25 + 0.55 * near));
            }
        }
    }
}

fn water(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng, horizon: f32, light: f32) {
    let palette = motif.palette;
    let (width, height) = (canvas.width, canvas.height);
    let area = canvas.area(horizon, height);
    let far = palette.haze.mix(palette.sky, 0.45);
    let colors =
        [(0.0, far.solid()), (0.35, palette.sky.mix(palette.zenith, 0.6).solid()), (1.0, palette.ground.solid())];
    canvas.fade(area, horizon, height, &colors);
    for _ in 0..240 {
        let depth = random.range(0.0, 1.0_f32).powf(1.6);
        let y = horizon + (height - horizon) * depth;
        let (length, thickness) = (canvas.unit * (0.02 + 0.12 * depth), canvas.unit * (0.0012 + 0.004 * depth));
        let x = random.range(-0.05, 1.0) * width;
        canvas.glow(x, y, length, thickness / length, palette.haze, 0.28 * (1.0 - depth * 0.6));
    }
    for step in 0..90 {
        let depth = (step as f32 / 90.0).powf(1.3);
        let y = horizon + (height - horizon) * depth * 0.96;
        let spread = canvas.unit * (0.02 + 0.10 * depth);
        let x = light + random.range(-1.0, 1.0) * spread;
        let length = canvas.unit * random.range(0.02, 0.05 + 0.06 * depth);
        canvas.glow(x, y, length, 0.07, palette.light, 0.75 * (1.0 - depth * 0.7));
    }
}

/// A still life: a wall, a table, and things on it.
fn table(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng) {
    let palette = motif.palette;
    let (width, height, unit) = (canvas.width, canvas.height, canvas.unit);
    let edge = height * 0.70;
    let wall = canvas.area(0.0, edge);
    let (top, bottom) = (palette.sky.mix(palette.zenith, 0.35), palette.haze.mix(palette.sky, 0.3));
    canvas.fade(wall, 0.0, edge, &[(0.0, top.solid()), (1.0, bottom.solid())]);
    let light = width * random.range(0.2, 0.4);
    canvas.glow(light, height * 0.3, unit * 0.7, 1.0, palette.light, 0.5);
    // Light through a window with four panes, outside of the image on the left.
    let (left, high, side) = (width * random.range(0.06, 0.16), height * random.range(0.10, 0.16), unit * 0.2);
    for (column, row) in [(0.0, 0.0), (1.08, 0.0), (0.0, 1.1), (1.08, 1.1)] {
        let (x, y) = (left + column * side, high + row * side + column * side * 0.22);
        let slope = side * 0.22;
        let pane = [(x, y), (x + side, y + slope), (x + side, y + side + slope), (x, y + side)];
        canvas.fill_solid(polygon(&pane), palette.light.alpha(0.13));
    }
    let top = canvas.area(edge, height);
    let near = palette.ground.mix(palette.haze, 0.18);
    canvas.fade(top, edge, height, &[(0.0, palette.haze.mix(palette.ground, 0.35).solid()), (1.0, near.solid())]);
    things::on_table(canvas, motif, random, edge);
}

fn weather(canvas: &mut SceneCanvas, motif: &Motif, random: &mut SceneRng) {
    let (width, height, unit) = (canvas.width, canvas.height, canvas.unit);
    match motif.weather {
        Weather::Clear => {}
        Weather::Rain => {
            for _ in 0..420 {
                let (x, y) = (random.range(-0.1, 1.1) * width, random.range(-0.1, 1.0) * height);
                let (length, thin) = (unit * random.range(0.02, 0.06), unit * random.range(0.0007, 0.0016));
                let mut builder = PathBuilder::new();
                builder.move_to(x, y);
                builder.line_to(x + thin, y);
                builder.line_to(x + thin - length * 0.22, y + length);
                builder.line_to(x - length * 0.22, y + length);
                builder.close();
                canvas.fill_solid(builder.finish(), Rgb::hex(0x00e8_eef4).alpha(random.range(0.12, 0.4)));
            }
        }
        Weather::Snow => {
            for _ in 0..380 {
                let (x, y) = (random.range(0.0, width), random.range(0.0, height));
                let radius = unit * random.range(0.0012, 0.0055);
                canvas.circle(x, y, radius, Rgb::hex(0x00ff_ffff).alpha(random.range(0.35, 0.9)));
            }
        }
        Weather::Fog => {
            for _ in 0..14 {
                let (x, y) = (random.range(0.0, width), random.range(0.45, 0.95) * height);
                canvas.glow(x, y, unit * random.range(0.4, 0.8), 0.2, motif.palette.haze, 0.4);
            }
        }
    }
}

fn without_alpha(pixmap: &Pixmap) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(pixmap.data().len() / 4 * 3);
    for &[r, g, b, _] in pixmap.data().as_chunks::<4>().0 {
        rgb.extend([r, g, b]);
    }
    rgb
}

/// A little film grain, which hides banding in gradients and gives files the size of real images.
fn grain(rgb: &mut [u8], random: &mut SceneRng) {
    let mut noise = 0;
    for (index, pixel) in rgb.as_chunks_mut::<3>().0.iter_mut().enumerate() {
        if index % 32 == 0 {
            noise = random.next();
        }
        let change = [0, 1, 0, -1][(noise >> (index % 32 * 2)) as usize & 3];
        for channel in pixel {
            *channel = channel.saturating_add_signed(change);
        }
    }
}

fn encode(width: u32, height: u32, rgb: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    // Writing to memory does not fail, and the data has the size of the header.
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(rgb)?;
        writer.finish()
    });
    debug_assert!(written.is_ok());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(prompt: &str, seed: i64) -> Scene {
        Scene { prompt: prompt.to_owned(), seed, width: 96, height: 64, ..Scene::default() }
    }

    #[test]
    fn same_prompt_and_seed_give_the_same_image() {
        let image = paint(&scene("a lighthouse at dusk", 1));
        assert_eq!(image, paint(&scene("a lighthouse at dusk", 1)));
        assert_ne!(image, paint(&scene("a lighthouse at dusk", 2)));
        assert_ne!(image, paint(&scene("a lighthouse at dawn", 1)));
    }

    #[test]
    fn every_scene_is_painted_in_every_aspect_ratio() {
        for prompt in [
            "sea boat",
            "city night",
            "forest house snow",
            "desert balloon",
            "mountain birds fog",
            "bottle cup",
            "bridge rain",
            "vase fruit",
        ] {
            for (width, height) in [(128, 16), (16, 128), (64, 64)] {
                let bytes = paint(&Scene { width, height, ..scene(prompt, 3) });
                let image = image::load_from_memory(&bytes).unwrap();
                assert_eq!((image.width(), image.height()), (width, height), "{prompt}");
            }
        }
    }
}
