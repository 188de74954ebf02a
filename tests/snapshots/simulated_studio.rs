//! A library of painted images, and a simulated studio that answers from it.

use std::{ops::Range, sync::Arc, time::Duration};

use atelier::{
    recipe::{
        Answer, Format, ImageId, ImageSize, Marks, Mismatch, Money, Parameters, Recipe, RequestId, SortOrder, Usage,
        find_mismatch,
    },
    studio::{
        Command, DayGroup, Event, GalleryCommand, GalleryEvent, ImageDetails, ImageRow, Lineage, Pixels, Ready,
        StudioChannels, View,
    },
    ui::App,
};
use egui::accesskit::Role;
use egui_kittest::{
    Harness, Node,
    kittest::{NodeT as _, Queryable as _},
};
use jiff::{Timestamp, ToSpan as _, Zoned};
use uuid::Uuid;

use crate::common::ui::{commands, open, ready};

/// A window with a library, and the studio's end of the channel.
pub struct Stage {
    pub window: Harness<'static, App>,
    pub channels: StudioChannels,
    pub days: Vec<DayGroup>,
    pub ids: Vec<ImageId>,
    pub revision: u64,
    /// Commands that were not answered, in order.
    pub heard: Vec<Command>,
    /// Whether requested thumbnails are painted.
    pub paints: bool,
    /// Paints the images.
    pub painter: fn(usize, u32) -> Pixels,
}

/// The ID of an image by number, which is its index in the first view.
pub fn id(number: usize) -> ImageId {
    ImageId::from_uuid(Uuid::from_u128(u128::MAX - number as u128))
}

/// The number of images that differ from their requests.
const MISMATCHED: usize = 6;

/// The difference of an image from its request.
pub fn mismatch_of(number: usize) -> Option<Mismatch> {
    let details = details(number);
    find_mismatch(&details.facts.recipe.parameters, details.facts.width, details.facts.height)
}

/// The number of an image.
pub fn number(id: ImageId) -> usize {
    (u128::MAX - id.uuid().as_u128()) as usize
}

pub fn request(number: usize) -> RequestId {
    RequestId::from_uuid(Uuid::from_u128(number as u128 + 1))
}

/// The subjects of the images.
const SUBJECTS: [&str; 12] = [
    "A solarpunk city skyline at blue hour, haze between towers, reflections on wet glass, 細節豐富，電影感光線",
    "A lighthouse at dusk, a sailing boat passing, long lens",
    "Product photo of a perfume bottle, golden light from the left",
    "Mountain valley at dawn, birds over the fog",
    "雪中森林裡的小屋，窗裡有燈",
    "Neon city at night in rain",
    "Desert dunes at sunset, a hot-air balloon, wide angle",
    "A vase of pink flowers on a table, morning light",
    "黃昏的海，遠方有船",
    "Jade forest under an aurora",
    "A cup of coffee on a table by the window, teal",
    "A violet futuristic skyline with a bridge",
];

/// The prompt of an image. All prompts differ.
pub fn prompt(number: usize) -> String {
    let subject = SUBJECTS[number % SUBJECTS.len()];
    if number < SUBJECTS.len() { subject.to_owned() } else { format!("{subject}, no. {number}") }
}

pub fn size(number: usize) -> (u32, u32) {
    match number % 5 {
        1 => (1536, 1024),
        3 => (1024, 1536),
        _ => (1024, 1024),
    }
}

pub fn details(number: usize) -> ImageDetails {
    let (width, height) = size(number);
    ImageDetails {
        facts: atelier::recipe::ImageFacts {
            id: id(number),
            request: request(number),
            recipe: Recipe {
                prompt: prompt(number),
                model: "gemini-2.5-flash-image".to_owned(),
                parameters: Parameters {
                    temperature: Some(1.0),
                    seed: Some(184_772_011),
                    aspect: (number == MISMATCHED).then(|| "16:9".parse().ok()).flatten(),
                    size: (number == MISMATCHED).then_some(ImageSize::Four),
                    ..Parameters::default()
                },
                ..Recipe::default()
            },
            answer: Answer {
                usage: Some(Usage {
                    prompt_tokens: Some(12),
                    completion_tokens: Some(1_278),
                    total_tokens: Some(1_290),
                    ..Usage::default()
                }),
                ..Answer::default()
            },
            format: Format::Png,
            width,
            height,
            created: "2026-11-20T10:05:00Z".parse().expect("a time"),
            took: Duration::from_millis(8_400),
            cost: Some(Money::from_dollars(0.039)),
            source: None,
        },
        bytes: 6_100_000,
        sha256: format!("{number:064x}"),
        path: format!("/library/originals/2026/11/{}.png", id(number)).into(),
        marks: Marks::default(),
        palette: vec![[28, 36, 66], [58, 62, 122], [138, 108, 168], [226, 150, 120], [246, 214, 172]],
        lineage: Lineage::default(),
    }
}

/// Paints hills under a sky, different for each number.
pub fn paint(number: usize, longest: u32) -> Pixels {
    let (width, height) = size(number);
    let scale = f64::from(longest) / f64::from(width.max(height));
    let (width, height) = ((f64::from(width) * scale) as u32, (f64::from(height) * scale) as u32);
    scene(number, width, height)
}

pub fn scene(number: usize, width: u32, height: u32) -> Pixels {
    let hue = |shift: f64| {
        let at = (number as f64 * 0.618 + shift).fract() * 6.0;
        let channel = |offset: f64| (((at + offset) % 6.0 - 3.0).abs() - 1.0).clamp(0.0, 1.0);
        [channel(0.0), channel(4.0), channel(2.0)]
    };
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
            let mut color = hue(0.0).map(|c| (0.15 + 0.25 * c) * (1.0 - v) + 0.8 * v * (0.4 + 0.6 * c));
            let glow = 1.0 / (1.0 + 40.0 * ((u - 0.6).powi(2) + (v - 0.4).powi(2)));
            color = color.map(|c| c + glow * 0.6);
            for layer in 0..5 {
                let layer = f64::from(layer);
                let edge = 0.45 + layer * 0.11 + 0.04 * (u * 9.0 + layer * 2.0 + number as f64).sin();
                if v > edge {
                    color = hue(0.1).map(|c| (0.15 + 0.4 * c) * (1.0 - layer * 0.17));
                }
            }
            rgba.extend(color.map(|c| (c.clamp(0.0, 1.0) * 255.0) as u8));
            rgba.push(255);
        }
    }
    Pixels { width, height, rgba: rgba.into() }
}

impl Stage {
    /// A window with this number of images today, yesterday, the day before …
    pub fn new(counts: &[usize]) -> Self {
        Self::with(ready(), counts)
    }

    pub fn with(ready: Ready, counts: &[usize]) -> Self {
        let (window, channels) = open(ready);
        let mut stage = Self {
            window,
            channels,
            days: Vec::new(),
            ids: Vec::new(),
            revision: 0,
            heard: Vec::new(),
            paints: true,
            painter: paint,
        };
        let mut start = 0;
        let groups: Vec<Vec<ImageId>> = counts
            .iter()
            .map(|count| {
                start += count;
                (start - count..start).map(id).collect()
            })
            .collect();
        stage.show(groups);
        stage
    }

    /// Sends a view of images in groups by day, newest first, and answers the requests of the window.
    pub fn show(&mut self, groups: Vec<Vec<ImageId>>) {
        let today = Zoned::now().date();
        self.days.clear();
        self.ids.clear();
        for (back, group) in groups.into_iter().enumerate() {
            let date = today.checked_sub((back as i64).days()).expect("a date");
            if !group.is_empty() {
                self.days.push(DayGroup { date, first: self.ids.len(), count: group.len() });
            }
            self.ids.extend(group);
        }
        self.revision += 1;
        self.send(Event::Gallery(GalleryEvent::View(self.view(""))));
    }

    pub fn view(&self, search: &str) -> View {
        View {
            is_preview: false,
            revision: self.revision,
            order: SortOrder::NEWEST,
            search: search.to_owned(),
            total: self.ids.len(),
            library_total: self.ids.len(),
            library_bytes: self.ids.len() as u64 * 2_500_000,
            library_mismatched: self.ids.iter().filter(|id| mismatch_of(number(**id)).is_some()).count(),
            library_trashed: 0,
            stacks: Arc::default(),
            library_models: vec![("gemini-2.5-flash-image".to_owned(), self.ids.len())],
            days: self.days.clone(),
            ids: self.ids.clone().into(),
        }
    }

    /// Sends an event, and exchanges messages until both sides are idle.
    pub fn send(&mut self, event: Event) {
        self.channels.events.send(event);
        self.settle();
    }

    /// Exchanges messages until both sides are idle.
    pub fn settle(&mut self) {
        for _ in 0..20 {
            self.window.run();
            let asked = commands(&mut self.channels);
            let mut answered = false;
            for command in asked {
                answered |= self.answer(command);
            }
            if !answered {
                break;
            }
        }
    }

    fn answer(&mut self, command: Command) -> bool {
        match &command {
            Command::Gallery(GalleryCommand::LoadRows(range)) => self.send_rows(range.clone()),
            Command::Gallery(GalleryCommand::LoadDetails(id)) => {
                self.channels.events.send(Event::Gallery(GalleryEvent::Details(Box::new(details(number(*id))))));
            }
            Command::Gallery(GalleryCommand::LoadThumbnails(wish)) if self.paints => {
                for (id, size) in wish {
                    let pixels = Ok((self.painter)(number(*id), size.edge()));
                    self.channels.events.send(Event::Gallery(GalleryEvent::Thumbnail { id: *id, size: *size, pixels }));
                }
            }
            _ => {
                self.heard.push(command);
                return false;
            }
        }
        self.heard.push(command);
        true
    }

    fn send_rows(&self, range: Range<usize>) {
        let rows = self.ids[range.clone()].iter().map(|id| {
            let (width, height) = size(number(*id));
            let pixel = &scene(number(*id), 1, 1).rgba;
            let color = [pixel[0], pixel[1], pixel[2]];
            let (prompt, mismatch) = (prompt(number(*id)), mismatch_of(number(*id)));
            ImageRow { color, prompt, mismatch, ..ImageRow::new(*id, width, height) }
        });
        let rows =
            Event::Gallery(GalleryEvent::Rows { revision: self.revision, first: range.start, rows: rows.collect() });
        self.channels.events.send(rows);
    }

    /// The commands that were sent to the studio since the last call.
    pub fn heard(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.heard)
    }

    /// The visible tile of an image.
    pub fn tile(&self, number: usize) -> Node<'_> {
        let name = prompt(number);
        self.window.get_by(move |node| node.role() == Role::ListBoxOption && node.label().as_deref() == Some(&name))
    }

    /// The rectangle of the gallery on screen.
    pub fn gallery(&self) -> egui::Rect {
        self.window.get_by_role_and_label(Role::ListBox, "Images").rect()
    }

    pub fn is_selected(&self, number: usize) -> bool {
        self.tile(number).accesskit_node().is_selected() == Some(true)
    }

    /// The numbers of the visible selected images.
    pub fn selected(&self) -> Vec<usize> {
        let tiles = self.window.get_all(egui_kittest::kittest::by().role(Role::ListBoxOption));
        let chosen = tiles.filter(|tile| tile.accesskit_node().is_selected() == Some(true));
        let named = |name: &str| (0..100_000).find(|number| prompt(*number) == name);
        chosen.filter_map(|tile| named(&tile.accesskit_node().label()?)).collect()
    }

    pub fn press(&mut self, key: egui::Key) {
        self.window.key_press(key);
        self.settle();
    }

    pub fn press_with(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.window.key_press_modifiers(modifiers, key);
        self.settle();
    }

    pub fn click_tile(&mut self, number: usize) {
        self.tile(number).click();
        self.settle();
    }

    pub fn double_click(&mut self, at: egui::Pos2) {
        self.window.hover_at(at);
        self.window.step();
        for _ in 0..2 {
            for pressed in [true, false] {
                let (button, modifiers) = (egui::PointerButton::Primary, egui::Modifiers::NONE);
                let event = egui::Event::PointerButton { pos: at, button, pressed, modifiers };
                // Bypasses the harness's queue, which lets a quarter of a second pass between two events.
                self.window.input_mut().events.push(event);
            }
            self.window.step();
        }
        self.settle();
    }

    pub fn click_button(&mut self, name: &str) {
        self.window.get_by_role_and_label(Role::Button, name).click();
        self.settle();
    }
}

/// A time this many seconds ago.
pub fn ago(seconds: i64) -> Timestamp {
    Timestamp::now().checked_sub(seconds.seconds()).expect("a time")
}
