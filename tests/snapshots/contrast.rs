//! Contrast, measured on rendered pixels: texts, the edges of controls, the rails of sliders.
#![cfg(target_os = "linux")]

use atelier::{
    recipe::{Label, Parameters, Recipe},
    settings::{Language, Theme},
    studio::{Event, ModelInfo, ProviderEvent},
};
use egui::{
    Key, Modifiers, Rect,
    accesskit::{Role, Toggled},
    pos2, vec2,
};
use egui_kittest::{
    Node,
    kittest::{AccessKitNode, NodeT as _, Queryable as _, by},
};
use image::RgbaImage;

use crate::{
    common::ui::ready,
    simulated_studio::{Stage, id},
};

const TEXT: f64 = 4.5;
const CONTROL: f64 = 3.0;
/// Pixels across the inside of a slider's knob.
const KNOB_INSIDE_PIXELS: usize = 18;

/// Relative luminance as WCAG 2.2 defines it.
fn luminance([r, g, b]: [u8; 3]) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// A window as it is drawn, and what stands in it.
struct Screen {
    stage: Stage,
    image: RgbaImage,
    faults: Vec<String>,
}

impl Screen {
    fn of(mut stage: Stage) -> Self {
        stage.settle();
        let mut image = stage.window.render().expect("the software renderer draws");
        let visuals = stage.window.ctx.global_style().visuals.clone();
        let ground = eframe::App::clear_color(stage.window.state(), &visuals).map(|part| (part * 255.0).round());
        for pixel in image.pixels_mut() {
            let uncovered = 1.0 - f32::from(pixel.0[3]) / 255.0;
            for (part, ground) in pixel.0.iter_mut().zip(ground) {
                *part = (f32::from(*part) + ground * uncovered).round() as u8;
            }
        }
        Self { stage, image, faults: Vec::new() }
    }

    fn pixel(&self, x: f32, y: f32) -> [u8; 3] {
        let (width, height) = self.image.dimensions();
        let (x, y) = ((x as u32).min(width - 1), (y as u32).min(height - 1));
        let [red, green, blue, _] = self.image.get_pixel(x, y).0;
        [red, green, blue]
    }

    /// The most frequent color of a rectangle, and the strongest contrast with it.
    fn strongest(&self, rect: Rect) -> f64 {
        let mut colors = std::collections::HashMap::<[u8; 3], usize>::new();
        for y in rect.top() as u32..rect.bottom() as u32 {
            for x in rect.left() as u32..rect.right() as u32 {
                *colors.entry(self.pixel(x as f32, y as f32)).or_default() += 1;
            }
        }
        let Some((ground, _)) = colors.iter().max_by_key(|(color, count)| (**count, **color)) else { return 21.0 };
        colors.keys().map(|color| contrast(*color, *ground)).fold(1.0, f64::max)
    }

    /// The strongest contrast between what lies left of an edge and the pixels around it.
    fn edge(&self, rect: Rect, reach: f32) -> f64 {
        let y = rect.center().y;
        let outside = self.pixel(rect.left() - reach - 3.0, y);
        let steps = (0..=(reach as i32 + 2)).map(|step| rect.left() - reach - 1.0 + step as f32);
        steps.map(|x| contrast(self.pixel(x, y), outside)).fold(1.0, f64::max)
    }

    /// The rectangles of all visible nodes of a role that lie in a part of the window.
    fn nodes(&self, role: Role, within: Rect) -> Vec<(String, Rect, bool)> {
        let nodes = self.stage.window.query_all(by().role(role));
        let of = |node: Node<'_>| {
            let access = node.accesskit_node();
            let name = access.label().or_else(|| access.value()).unwrap_or_default();
            // What lies behind a dialog is dimmed and hidden.
            let hidden = std::iter::successors(Some(access), AccessKitNode::parent).any(|node| node.is_hidden());
            let on = access.toggled() == Some(Toggled::True);
            (!access.is_disabled() && !hidden && access.bounding_box().is_some()).then(|| (name, node.rect(), on))
        };
        let nodes = nodes.filter_map(of);
        nodes.filter(|(_, rect, _)| rect.is_positive() && within.contains_rect(rect.expand(4.0))).collect()
    }

    fn fault(&mut self, what: &str, name: &str, found: f64) {
        self.faults.push(format!("{what} {name:?}: {found:.2}"));
    }

    /// Measures everything in a part of the window.
    fn measure(&mut self, within: Rect) -> usize {
        let texts = self.nodes(Role::Label, within);
        let fields = [Role::TextInput, Role::PasswordInput].map(|role| self.nodes(role, within)).concat();
        let prompts = self.nodes(Role::MultilineTextInput, within);
        let buttons = self.nodes(Role::Button, within);
        let sliders = self.nodes(Role::Slider, within);
        let count = texts.len() + fields.len() + prompts.len() + buttons.len() + sliders.len();
        for (name, rect, _) in texts {
            let found = self.strongest(rect);
            // A label without letters, such as a gap, has nothing to read.
            if found > 1.05 && found < TEXT {
                self.fault("text", &name, found);
            }
        }
        for (what, found, reach) in [("field", fields, 0.0), ("prompt", prompts, 12.0)] {
            for (name, rect, _) in found {
                let found = self.edge(rect, reach);
                if found < CONTROL {
                    self.fault(what, &name, found);
                }
            }
        }
        // A swatch shows a color of the image, whatever it is.
        for (name, rect, chosen) in buttons.into_iter().filter(|(name, ..)| !name.starts_with("Find images with")) {
            let edge = self.edge(rect, 0.0);
            // A quiet button has no edge, a link begins with its text, and a chosen tab has a bar.
            if edge > 1.05 && edge < CONTROL && !chosen && rect.height() >= 20.0 {
                self.fault("edge of button", &name, edge);
            }
            let inside = self.strongest(rect.shrink(4.0));
            if inside < CONTROL {
                self.fault("button", &name, inside);
            }
        }
        for (name, rect, _) in sliders {
            let y = rect.center().y;
            let weakest = (rect.left() as i32 + 2..rect.right() as i32 - 2)
                .map(|x| contrast(self.pixel(x as f32, y), self.pixel(x as f32, rect.top())))
                .fold(21.0, f64::min);
            // The inside of a knob may have the color of the ground; its outline has not.
            let middle = (rect.left() as i32 + 2..rect.right() as i32 - 2)
                .filter(|x| contrast(self.pixel(*x as f32, y), self.pixel(*x as f32, rect.top())) < CONTROL)
                .count();
            if middle > KNOB_INSIDE_PIXELS {
                self.fault("slider", &name, weakest);
            }
        }
        count
    }

    fn assert_clean(self) {
        assert!(self.faults.is_empty(), "too little contrast:\n{}", self.faults.join("\n"));
    }
}

/// A window with images, a filled composer and a selected image.
fn at_work(language: Language, theme: Theme) -> Stage {
    let mut ready = ready();
    ready.settings.language = language;
    ready.settings.theme = theme;
    ready.session.composer = Recipe {
        prompt: "A lighthouse at dusk".to_owned(),
        model: "demo/painter".to_owned(),
        parameters: Parameters { temperature: Some(0.7), ..Parameters::default() },
        ..Recipe::default()
    };
    ready.session.focus = Some(id(2));
    ready.session.selection = vec![id(2)];
    let mut stage = Stage::with(ready, &[6]);
    let models = vec![ModelInfo::image("demo/painter")];
    stage.send(Event::Providers(ProviderEvent::Models(atelier::recipe::ProfileId::demo(), models)));
    stage
}

const THEMES: [Theme; 3] = [Theme::Dark, Theme::Light, Theme::HighContrast];

/// The window without the gallery, whose images have every color.
fn panels() -> [Rect; 3] {
    [
        Rect::from_min_max(pos2(0.0, 0.0), pos2(1440.0, 44.0)),
        // Above the edges at which scrolled contents fade.
        Rect::from_min_max(pos2(0.0, 44.0), pos2(336.0, 740.0)),
        // Below the preview of the selected image.
        Rect::from_min_max(pos2(1144.0, 330.0), pos2(1440.0, 700.0)),
    ]
}

#[test]
fn texts_and_control_edges_have_enough_contrast_in_every_theme() {
    for theme in THEMES {
        for language in [Language::English, Language::TraditionalChinese] {
            let mut screen = Screen::of(at_work(language, theme));
            let measured: usize = panels().into_iter().map(|panel| screen.measure(panel)).sum();
            assert!(measured > 60, "{theme:?}: only {measured} things were found");
            eprintln!("{theme:?}, {language:?}: {measured}");
            screen.assert_clean();
        }
    }
}

#[test]
fn texts_and_control_edges_of_dialogs_have_enough_contrast() {
    for theme in THEMES {
        for (modifiers, key) in
            [(Modifiers::COMMAND, Key::E), (Modifiers::COMMAND, Key::G), (Modifiers::COMMAND, Key::Comma)]
        {
            let mut stage = at_work(Language::English, theme);
            stage.window.key_press_modifiers(modifiers, key);
            stage.window.run();
            // Above the edge at which scrolled contents fade.
            let dialog = Rect::from_center_size(pos2(720.0, 450.0), vec2(740.0, 420.0));
            let mut screen = Screen::of(stage);
            assert!(screen.measure(dialog) > 5, "{key:?}: nothing was found");
            screen.assert_clean();
        }
    }
}

#[test]
fn color_labels_differ_in_shape() {
    let mut shapes = std::collections::HashSet::new();
    let screen = Screen::of(at_work(Language::English, Theme::Dark));
    for label in Label::ALL {
        let name = format!("{} label", label.word());
        let node = screen
            .stage
            .window
            .query_all(by().role(Role::Button))
            .find(|node| node.accesskit_node().label().is_some_and(|found| found.eq_ignore_ascii_case(&name)));
        let rect = node.unwrap_or_else(|| panic!("no {name}")).rect();
        let ground = screen.pixel(rect.left() + 2.0, rect.top() + 2.0);
        let rows = (rect.top() as u32..rect.bottom() as u32).map(|y| {
            let across = rect.left() as u32..rect.right() as u32;
            across.filter(|x| contrast(screen.pixel(*x as f32, y as f32), ground) > 2.0).count()
        });
        assert!(shapes.insert(rows.collect::<Vec<_>>()), "{name} has the shape of another");
    }
}
