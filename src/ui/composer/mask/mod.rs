//! The dialog in which a mask is painted: which part of the first reference is to be made anew.

mod canvas;

use std::collections::BTreeMap;

use egui::{Id, Key, Modifiers, RichText, Ui};

use crate::{
    recipe::{Abilities, BrushStroke, Coverage, Reference},
    studio::{Command, Event, Pixels},
    ui::{
        Cx,
        action::Actions,
        icons,
        theme::{self, fonts, size},
        widgets::{
            Button, Kind,
            dialog::{Dialog, note},
            slider::{Scale, slider},
        },
    },
};

use super::Composer;
use canvas::Canvas;

/// Width of the dialog.
const WIDTH: f32 = 920.0;
/// Width of the slider.
const SLIDER: f32 = 140.0;
/// Height of the tools.
const TOOLS: f32 = 44.0;
/// The brush's width in hundredths of the picture's longer side.
const BRUSH: Scale = Scale::whole(1.0, 40.0, 8.0);

/// The masks of references, and the dialog.
#[derive(Debug, Default)]
pub struct Masks {
    /// By the hash of the reference that they belong to.
    masks: BTreeMap<String, Reference>,
    open: Option<Open>,
}

/// A mask that is being painted.
#[derive(Debug)]
pub(super) struct Open {
    reference: Reference,
    /// The mask that is gone on from.
    base: Option<Reference>,
    /// The picture, and what the base covers, once they are there.
    ground: Option<(Pixels, Coverage)>,
    coverage: Coverage,
    /// How many pixels of that are covered.
    covered: usize,
    strokes: Vec<BrushStroke>,
    brush: f64,
    erases: bool,
    canvas: Canvas,
}

impl Open {
    /// Adds a stroke, whose pixels are covered already.
    fn keep(&mut self, stroke: BrushStroke) {
        self.strokes.push(stroke);
    }

    /// Takes the last stroke back.
    fn undo(&mut self) {
        if self.strokes.pop().is_some() {
            self.repaint();
        }
    }

    /// Takes everything away.
    fn clear(&mut self) {
        self.base = None;
        self.strokes.clear();
        if let Some((_, coverage)) = &mut self.ground {
            *coverage = Coverage::new(coverage.width, coverage.height);
        }
        self.repaint();
    }

    fn repaint(&mut self) {
        let Some((_, base)) = &self.ground else { return };
        self.coverage = base.clone();
        for stroke in &self.strokes {
            self.coverage.paint(stroke);
        }
        self.canvas.stale();
    }

    fn brush_by(&mut self, by: f64) {
        self.brush = (self.brush + by).clamp(BRUSH.from, BRUSH.to);
    }
}

impl Masks {
    /// Whether the dialog is on screen.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The mask of a reference.
    pub fn of(&self, sha256: &str) -> Option<&Reference> {
        self.masks.get(sha256)
    }

    /// A reference has this mask.
    pub fn set(&mut self, sha256: &str, mask: Option<Reference>) {
        match mask {
            Some(mask) => self.masks.insert(sha256.to_owned(), mask),
            None => self.masks.remove(sha256),
        };
    }

    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::MaskReady { sha256, mask } => self.set(sha256, mask.clone()),
            Event::MaskGround { sha256, pixels, coverage } => {
                if let Some(open) = self.open.as_mut().filter(|open| open.reference.sha256 == *sha256) {
                    open.ground = Some((pixels.clone(), coverage.clone()));
                    open.repaint();
                }
            }
            _ => {}
        }
    }

    /// Opens the dialog over a reference.
    pub fn open(&mut self, reference: &Reference) -> Command {
        let mask = self.of(&reference.sha256).cloned();
        self.open = Some(Open {
            reference: reference.clone(),
            base: mask.clone(),
            ground: None,
            coverage: Coverage::new(0, 0),
            covered: 0,
            strokes: Vec::new(),
            brush: BRUSH.rest,
            erases: false,
            canvas: Canvas::default(),
        });
        Command::WantMaskGround { reference: reference.clone(), mask }
    }
}

impl Composer {
    /// The reference that a mask belongs to: the picture that is changed, or the first reference.
    pub(super) fn masked(&self) -> Option<&Reference> {
        self.recipe.turns.last().map(|turn| &turn.picture).or_else(|| self.recipe.references.first())
    }

    /// Lets the mask go along that belongs to what is the first reference now.
    pub(super) fn follow_mask(&mut self) {
        self.recipe.mask = self.masked().and_then(|first| self.masks.of(&first.sha256)).cloned();
    }

    /// After a recipe was put in that may have a mask.
    pub(super) fn take_up_mask(&mut self) {
        if let (Some(first), Some(mask)) = (self.masked(), &self.recipe.mask) {
            let (sha256, mask) = (first.sha256.clone(), mask.clone());
            self.masks.set(&sha256, Some(mask));
        }
    }
}

/// The buttons below the references, where the model takes a mask.
pub(super) fn buttons(ui: &mut Ui, composer: &mut Composer, abilities: &Abilities, cx: &Cx<'_>, actions: &mut Actions) {
    composer.follow_mask();
    let Some(first) = composer.masked().cloned() else { return };
    if abilities.mask != Some(true) || abilities.references.most == Some(0) {
        return;
    }
    let has = composer.recipe.mask.is_some();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP_SMALL);
        let label = cx.text.get(if has { "mask-change" } else { "mask-paint" });
        let chip = Button::new(label).kind(Kind::LowChip).with_icon(icons::BRUSH).selected(has);
        if ui.add(chip).on_hover_text(cx.text.get("mask-paint-tip")).clicked() {
            actions.send(composer.masks.open(&first));
        }
        if has && ui.add(Button::new(cx.text.get("mask-remove")).kind(Kind::LowChip)).clicked() {
            composer.masks.set(&first.sha256, None);
        }
    });
}

/// What the dialog was asked for.
enum Asked {
    Nothing,
    Use,
    Close,
}

/// Draws the dialog over everything. Only called while it is open.
pub(super) fn show(ui: &Ui, composer: &mut Composer, cx: &Cx<'_>, actions: &mut Actions) {
    let Some(open) = &mut composer.masks.open else { return };
    let text = cx.text;
    let title = text.get("mask-title");
    let shown = Dialog::new("mask", &title).width(WIDTH).flush().show(
        ui,
        open,
        |ui, open| {
            keys(ui, open);
            tools(ui, open, cx);
            canvas::show(ui, open, cx);
        },
        |ui, open| {
            let mut asked = Asked::Nothing;
            let ready = open.ground.is_some();
            let label = if open.covered == 0 { text.get("mask-none") } else { text.get("mask-use") };
            if ui.add(Button::new(label).kind(Kind::Primary).enabled(ready)).clicked() {
                asked = Asked::Use;
            }
            if ui.add(Button::new(text.get("cancel"))).clicked() {
                asked = Asked::Close;
            }
            note(ui, |ui| {
                let palette = theme::palette(ui.visuals());
                let words = RichText::new(text.get("mask-note")).font(fonts::regular(size::TEXT_CHIP));
                ui.label(words.color(palette.text));
            });
            asked
        },
    );
    match shown.footer {
        Asked::Use => {
            if let Some(Open { reference, base, strokes, .. }) = composer.masks.open.take() {
                actions.send(Command::MakeMask { reference, base, strokes });
            }
        }
        Asked::Close => composer.masks.open = None,
        Asked::Nothing if shown.close => composer.masks.open = None,
        Asked::Nothing => {}
    }
}

/// The brush's keys.
fn keys(ui: &Ui, open: &mut Open) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let press = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if press(Modifiers::NONE, Key::OpenBracket) {
        open.brush_by(-1.0);
    }
    if press(Modifiers::NONE, Key::CloseBracket) {
        open.brush_by(1.0);
    }
    if press(Modifiers::NONE, Key::E) {
        open.erases = !open.erases;
    }
    if press(Modifiers::COMMAND, Key::Z) {
        open.undo();
    }
}

/// Brush or eraser, its size, and the ways back.
fn tools(ui: &mut Ui, open: &mut Open, cx: &Cx<'_>) {
    let text = cx.text;
    let row = egui::vec2(ui.available_width(), TOOLS);
    ui.allocate_ui_with_layout(row, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_height(TOOLS);
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        ui.add_space(size::EDGE);
        for (erases, label, tip) in [(false, "mask-brush", "mask-brush-tip"), (true, "mask-eraser", "mask-eraser-tip")]
        {
            let chip = Button::new(text.get(label)).kind(Kind::Chip).selected(open.erases == erases);
            if ui.add(chip).on_hover_text(text.get(tip)).clicked() {
                open.erases = erases;
            }
        }
        ui.add_space(size::GAP);
        let palette = theme::palette(ui.visuals());
        let name = text.get("mask-size");
        ui.label(RichText::new(name.as_str()).font(fonts::regular(size::TEXT_CHIP)).color(palette.text));
        slider(ui, &name, &mut open.brush, &BRUSH, SLIDER).on_hover_text(text.get("mask-size-tip"));
        let percent = text.with("mask-percent", [("percent", (open.brush as usize).into())]);
        ui.label(RichText::new(percent).font(fonts::regular(size::TEXT_CHIP)).color(palette.text));
        ui.add_space(size::GAP);
        let undo = Button::new(text.get("mask-undo")).kind(Kind::Chip).enabled(!open.strokes.is_empty());
        if ui.add(undo).on_hover_text(text.get("mask-undo-tip")).clicked() {
            open.undo();
        }
        let clear = Button::new(text.get("mask-clear")).kind(Kind::Chip).enabled(open.covered > 0);
        if ui.add(clear).clicked() {
            open.clear();
        }
    });
}

/// The id of the picture that is painted over.
fn canvas_id() -> Id {
    Id::unique("mask canvas")
}
