//! For measuring how long the window's passes take while the whole gallery goes by, without a window.

use std::{
    collections::HashMap,
    mem, thread,
    time::{Duration, Instant},
};

use cpu_time::ThreadTime;
use egui::{Context, RawInput, Rect, TextureId, ViewportId, epaint::ImageDelta, vec2};

use crate::{studio::Handle, ui::App};

/// How large the window is that is measured, in points.
const SIZE: egui::Vec2 = vec2(1440.0, 900.0);

/// How long the library may take to be there.
const PATIENCE: Duration = Duration::from_mins(2);

/// Time between two passes, as on a screen that draws 120 times a second.
const BEAT: Duration = Duration::from_micros(8_333);

/// What was measured while the gallery went by.
#[derive(Clone, Debug)]
pub struct ScrollPass {
    /// Processor time of each pass: taking events in, layout, and lists of what to paint.
    pub passes: Vec<Duration>,
    /// How high the gallery was, in points.
    pub height: f64,
    /// The most that textures took at once, in bytes.
    pub texture_bytes: usize,
}

/// Scrolls through the whole gallery in about so many passes.
///
/// # Errors
/// The library could not be opened, or has no images.
pub fn scroll_through(handle: Handle, passes: usize) -> Result<ScrollPass, String> {
    let ctx = Context::default();
    let mut window = Window { app: App::new(&ctx, handle), card: HashMap::new(), most: 0, start: Instant::now(), ctx };
    let limit = Instant::now() + PATIENCE;
    while !window.app.shows_images() {
        if Instant::now() > limit {
            return Err("no images came".to_owned());
        }
        window.pass();
        thread::sleep(BEAT);
    }
    window.pass();
    let height = window.app.gallery_height();
    let step = (height / passes.max(1) as f64).max(1.0);
    let mut taken = Vec::with_capacity(passes + 1);
    let mut at = 0.0;
    while at <= height {
        window.app.scroll_gallery_to(at);
        taken.push(window.pass());
        thread::sleep(BEAT);
        at += step;
    }
    Ok(ScrollPass { passes: taken, height, texture_bytes: window.most })
}

struct Window {
    ctx: Context,
    app: App,
    /// The bytes that each texture has on the graphics card.
    card: HashMap<TextureId, usize>,
    most: usize,
    start: Instant,
}

impl Window {
    /// One pass, and the processor time that it took.
    fn pass(&mut self) -> Duration {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, SIZE)),
            time: Some(self.start.elapsed().as_secs_f64()),
            viewport_id: ViewportId::ROOT,
            focused: true,
            ..RawInput::default()
        };
        let clock = ThreadTime::now();
        let mut output = self.ctx.run_ui(input, |ui| {
            self.app.drain(ui.ctx());
            self.app.show(ui);
        });
        let took = clock.elapsed();
        // Only their sizes are kept: what is on the graphics card is not in this program's memory.
        self.card.extend(mem::take(&mut output.textures_delta.set).into_iter().filter_map(|(id, deltas)| {
            let whole = deltas.into_iter().rfind(ImageDelta::is_whole)?;
            Some((id, whole.image.bytes_per_pixel() * whole.image.width() * whole.image.height()))
        }));
        self.most = self.most.max(self.card.values().sum());
        let freed = mem::take(&mut output.textures_delta.free);
        self.card.retain(|id, _| !freed.contains(id));
        took
    }
}
