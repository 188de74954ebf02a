//! The middle: cards of requests and the pictures of the library.
//!
//! Only what is in sight is laid out, asked for and drawn, however large the library is.

mod card;
mod frame;
mod header;
mod layout;
mod rows;
mod tile;

pub use tile::{badge, option_info, picture, unreadable};

use std::ops::Range;

use egui::{Key, Modifiers, Rect, ScrollArea, Ui, vec2};
use jiff::{Timestamp, Zoned, civil::Date};

use crate::{
    recipe::ImageId,
    studio::{Event, View},
};

use super::{
    Cx,
    action::{Action, Actions, Verb},
    known::Known,
    selection::Selection,
    theme::{self, fonts, size},
    welcome,
    widgets::Button,
};
use frame::Frame;
use layout::{Layout, Step, What};

/// What the gallery remembers.
#[derive(Debug, Default)]
pub struct Gallery {
    scroll: f32,
    /// Where to scroll to with the next frame.
    scroll_to: Option<f32>,
    /// The picture to bring into sight with the next frame.
    reveal: Option<usize>,
    layout: Layout,
    shape: Option<Shape>,
    rows: rows::Rows,
    cards: card::Cards,
    /// The first picture in sight and its distance from the upper edge, to stay where it is when others come.
    held: Option<(ImageId, f64)>,
    /// Where the picture in focus is, at the view's revision.
    place: Option<(ImageId, u64, usize)>,
    stored: Vec<ImageId>,
    deleted: bool,
    /// The picture in focus when the last frame was drawn.
    seen: Option<ImageId>,
    /// Whether a frame was drawn.
    drawn: bool,
    band: Option<Band>,
    /// The picture to reuse as soon as everything is known about it.
    reuse: Option<ImageId>,
    /// Height of the part in sight.
    page: f32,
}

/// What a layout depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shape {
    revision: u64,
    cards: usize,
    today: Date,
    width: f32,
    side: f32,
}

/// A rubber band that is being drawn.
#[derive(Debug)]
struct Band {
    /// Where it began, in the gallery's own coordinates.
    start: (f32, f64),
    /// What was selected before and stays selected.
    base: Vec<ImageId>,
    taken: Vec<Range<usize>>,
}

impl Gallery {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, known: &Known) {
        self.rows.fold(event);
        self.cards.fold(event, known);
        match event {
            Event::Stored(details) => self.stored.push(details.id),
            Event::Deleted(_) => self.deleted = true,
            _ => {}
        }
    }

    /// Scrolls to where the person left off.
    pub fn restore(&mut self, scroll: f32) {
        self.scroll = scroll;
        self.scroll_to = Some(scroll);
    }

    /// How far it is scrolled, in points.
    pub fn scroll(&self) -> f32 {
        self.scroll
    }

    /// Moves the keyboard's picture by one of the four moving verbs.
    pub fn step(&mut self, verb: Verb, known: &Known, selection: &mut Selection) {
        let step = match verb {
            Verb::MoveLeft => Step::Left,
            Verb::MoveRight => Step::Right,
            Verb::MoveUp => Step::Up,
            _ => Step::Down,
        };
        if let Some(view) = &known.view {
            let next = match self.focus_place(view, selection) {
                Some(index) => self.layout.step(index, step),
                None => self.first_in_sight(),
            };
            self.go(next, false, view, selection);
        }
    }

    fn first_in_sight(&self) -> Option<usize> {
        let from = f64::from(self.scroll);
        self.layout.between(from, from + f64::from(self.page)).into_iter().find_map(|piece| match piece.what {
            What::Picture(index) if piece.y >= from => Some(index),
            _ => None,
        })
    }

    /// Puts the keyboard on a picture, which selects it, or everything up to it.
    fn go(&mut self, to: Option<usize>, extend: bool, view: &View, selection: &mut Selection) {
        let Some(index) = to else { return };
        let Some(&id) = view.ids.get(index) else { return };
        if extend {
            selection.extend(id, &view.ids);
        } else {
            selection.only(id);
        }
        self.place = Some((id, view.revision, index));
        self.reveal = Some(index);
    }

    /// Index of the picture that the keyboard is on.
    fn focus_place(&mut self, view: &View, selection: &Selection) -> Option<usize> {
        let id = selection.focus()?;
        if let Some((known, revision, index)) = self.place
            && known == id
            && revision == view.revision
        {
            return Some(index);
        }
        let index = view.ids.iter().position(|other| *other == id)?;
        self.place = Some((id, view.revision, index));
        Some(index)
    }

    /// Follows changes of the view, of the cards and of the room there is.
    fn follow(&mut self, view: &View, shape: Shape, selection: &mut Selection) {
        if self.shape == Some(shape) {
            return;
        }
        let new_view = self.shape.is_none_or(|before| before.revision != shape.revision);
        if new_view && self.shape.is_some() {
            self.follow_view(view, selection);
        }
        self.layout = Layout::new(&view.days, shape.cards, shape.today, shape.width, shape.side);
        // Whoever looks at the top wants to see what comes; whoever has scrolled wants to keep what they see.
        if self.shape.is_some()
            && self.scroll > 1.0
            && let Some((id, distance)) = self.held
            && let Some((top, _)) = view.ids.iter().position(|other| *other == id).and_then(|at| self.layout.top_of(at))
        {
            self.scroll_to = Some((top - distance).max(0.0) as f32);
        }
        self.shape = Some(shape);
    }

    /// A new picture is shown in the inspector unless a person is busy with others.
    fn choose_new(&mut self, view: &View, selection: &mut Selection) {
        if !view.search.is_empty() {
            self.stored.clear();
        }
        self.stored.retain(|id| {
            // The newest pictures stand first.
            let here = view.ids.iter().take(1_000).any(|other| other == id);
            if here && selection.is_empty() {
                selection.only(*id);
            }
            !here
        });
    }

    fn follow_view(&mut self, view: &View, selection: &mut Selection) {
        let had_some = !selection.is_empty();
        selection.keep_in(&view.ids);
        let deleted = std::mem::take(&mut self.deleted);
        let Some(focus) = selection.focus().filter(|focus| !view.ids.contains(focus)) else { return };
        if !deleted || !selection.is_empty() {
            return;
        }
        let index = self.place.filter(|(known, ..)| *known == focus).map(|(_, _, index)| index);
        // After a deletion the next picture takes the place, so that one can go on.
        match index.and_then(|index| view.ids.get(index.min(view.ids.len().saturating_sub(1)))) {
            Some(&next) if had_some => selection.only(next),
            Some(&next) => selection.focus_on(next),
            None => selection.set([], None),
        }
    }
}

/// The widget that has the keyboard while arrows move among pictures.
pub fn focus_id() -> egui::Id {
    egui::Id::unique("gallery")
}

/// Draws the gallery into the middle.
pub fn show(ui: &mut Ui, gallery: &mut Gallery, selection: &mut Selection, cx: &Cx<'_>, actions: &mut Actions) {
    let jobs = gallery.cards.shown(&cx.known.jobs);
    let Some(view) = &cx.known.view else {
        header::show(ui, 0, cx, actions);
        return;
    };
    if jobs.is_empty() && view.library_total == 0 {
        welcome::show(ui, cx, actions);
        return;
    }
    ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
    header::show(ui, selection.len(), cx, actions);
    let area = ui.available_rect_before_wrap();
    gallery.page = area.height();
    let shape = Shape {
        revision: view.revision,
        cards: jobs.len(),
        today: Zoned::now().date(),
        width: area.width(),
        side: cx.known.settings.thumbnail_height.clamp(*header::SIDES.start(), *header::SIDES.end()),
    };
    let moved = gallery.drawn && gallery.seen != selection.focus();
    gallery.follow(view, shape, selection);
    gallery.choose_new(view, selection);
    if let Some(index) = gallery.focus_place(view, selection).filter(|_| moved) {
        // The keyboard was moved elsewhere, in the viewer for example.
        gallery.reveal = Some(index);
    }
    keys(ui, gallery, view, selection);
    if view.ids.is_empty() && jobs.is_empty() {
        nothing_found(ui, area, &view.search, cx, actions);
        return;
    }
    reuse_when_known(gallery, cx, actions);
    if let Some(tick) = card::next_tick(&jobs, Timestamp::now()) {
        ui.ctx().request_repaint_after(tick);
    }
    bring_into_sight(gallery, area);
    let mut scroller = ScrollArea::vertical().id_salt("gallery").auto_shrink(false);
    if let Some(scroll) = gallery.scroll_to.take() {
        scroller = scroller.vertical_scroll_offset(scroll);
    }
    let output = scroller.show_viewport(ui, |ui, viewport| {
        ui.set_height(gallery.layout.height() as f32);
        let mut frame = Frame { gallery, selection, cx, actions, view, area, scroll: f64::from(viewport.min.y) };
        frame.draw(ui, &jobs);
    });
    gallery.scroll = output.state.clamped_offset().y;
    gallery.seen = selection.focus();
    gallery.drawn = true;
    if ui.rect_contains_pointer(area) {
        let zoom = ui.input(egui::InputState::zoom_delta);
        if zoom != 1.0 {
            header::resize(cx.known.settings.thumbnail_height * zoom, cx, actions);
        }
    }
}

fn bring_into_sight(gallery: &mut Gallery, area: Rect) {
    let Some((top, with)) = gallery.reveal.take().and_then(|index| gallery.layout.top_of(index)) else { return };
    let bottom = top + f64::from(gallery.layout.tile() + layout::GAP);
    let scroll = f64::from(gallery.scroll_to.unwrap_or(gallery.scroll));
    if with - f64::from(layout::GAP) < scroll {
        gallery.scroll_to = Some((with - f64::from(layout::GAP)).max(0.0) as f32);
    } else if bottom > scroll + f64::from(area.height()) {
        gallery.scroll_to = Some((bottom - f64::from(area.height())) as f32);
    }
}

fn reuse_when_known(gallery: &mut Gallery, cx: &Cx<'_>, actions: &mut Actions) {
    if let Some(details) = gallery.reuse.and_then(|id| cx.known.details(id)) {
        gallery.reuse = None;
        actions.push(Action::Reuse(Box::new(details.recipe.clone())));
    }
}

/// Keys beyond the verbs: ranges with Shift, and longer ways.
fn keys(ui: &Ui, gallery: &mut Gallery, view: &View, selection: &mut Selection) {
    let focused = ui.memory(egui::Memory::focused);
    let covered = ui.memory(|memory| memory.top_modal_layer().is_some()) || egui::Popup::is_any_open(ui.ctx());
    if covered || view.ids.is_empty() || focused.is_some_and(|id| id != focus_id()) {
        return;
    }
    let last = view.ids.len() - 1;
    let here = gallery.focus_place(view, selection);
    let rows = (gallery.page / (gallery.layout.tile() + layout::GAP)).floor().max(1.0) as usize;
    let far = |step: Step| {
        let mut at = here?;
        for _ in 0..rows {
            at = gallery.layout.step(at, step).unwrap_or(at);
        }
        Some(at)
    };
    let near = |step: Step| here.and_then(|at| gallery.layout.step(at, step));
    let (page_up, page_down) = (far(Step::Up), far(Step::Down));
    let ways = [
        (Key::Home, Some(0)),
        (Key::End, Some(last)),
        (Key::PageUp, page_up.or(Some(0))),
        (Key::PageDown, page_down.or(Some(0))),
    ];
    let arrows = [
        (Key::ArrowLeft, near(Step::Left)),
        (Key::ArrowRight, near(Step::Right)),
        (Key::ArrowUp, near(Step::Up)),
        (Key::ArrowDown, near(Step::Down)),
    ];
    let asked = ui.input_mut(|input| {
        let mut press = |modifiers, key| input.consume_key(modifiers, key);
        let shifted = ways.iter().chain(&arrows).find(|(key, _)| press(Modifiers::SHIFT, *key));
        shifted
            .map(|(_, to)| (*to, true))
            .or_else(|| ways.iter().find(|(key, _)| press(Modifiers::NONE, *key)).map(|(_, to)| (*to, false)))
    });
    if let Some((to, extend)) = asked {
        gallery.go(to, extend, view, selection);
    }
}

fn nothing_found(ui: &mut Ui, area: Rect, search: &str, cx: &Cx<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let middle = Rect::from_center_size(area.center(), vec2(area.width().min(420.0), 90.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(middle), |ui| {
        ui.vertical_centered(|ui| {
            let words = cx.text.with("gallery-nothing-found", [("search", search.into())]);
            let words = egui::RichText::new(words).font(fonts::semibold(size::TEXT_HEADING)).color(palette.strong);
            ui.add(egui::Label::new(words).wrap());
            ui.add_space(size::SECTION);
            if ui.add(Button::new(cx.text.get("gallery-show-all"))).clicked() {
                actions.push(Action::Search(String::new()));
            }
        });
    });
}
