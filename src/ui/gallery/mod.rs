//! The middle: cards of requests and the pictures of the library.
//!
//! Only what is in sight is laid out, asked for and drawn, however large the library is.

mod card;
mod frame;
mod header;
mod jump;
mod layout;
mod marks;
mod rows;
mod scroll;
mod tile;

pub use card::{name_of_step, next_step};
pub use marks::mark_bar;
pub use tile::{badge, id as tile_id, option_info, picture, unreadable, why};

use std::{ops::Range, sync::Arc};

use egui::{Key, Modifiers, Rect, TextureHandle, Ui, vec2};
use jiff::{Timestamp, Zoned, civil::Date};

use crate::{
    recipe::{ImageId, RequestId},
    studio::{Command, Event, Job, Pixels, Row, View, is_trash},
};

use super::{
    Cx,
    action::{Action, Actions, Verb},
    collections::Collections,
    known::Known,
    selection::Selection,
    theme::{self, fonts, size},
    welcome,
    widgets::Button,
};
use frame::Frame;
use jump::Jump;
use layout::{Layout, Step, What};
use scroll::Scroll;

/// So many new pictures are looked out for, until they are in view.
const LATELY: usize = 64;

/// What the gallery remembers.
#[derive(Debug, Default)]
pub struct Gallery {
    scroll: Scroll,
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
    /// The view's revision to which the selection was carried over.
    carried: Option<u64>,
    /// Whether something was selected before the selection was carried over.
    had_some: bool,
    /// The picture in focus when the last frame was drawn.
    seen: Option<ImageId>,
    /// Whether a frame was drawn.
    drawn: bool,
    band: Option<Band>,
    /// Whether the trash is about to be emptied, and waits for a second word.
    emptying: bool,
    jump: Jump,
    /// The tree of collections.
    pub collections: Collections,
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
    before: Selection,
    taken: Vec<Range<usize>>,
}

impl Gallery {
    /// The part of a request's picture that has arrived, on the graphics card.
    pub fn arriving(&mut self, ui: &Ui, id: RequestId, pixels: &Pixels) -> &TextureHandle {
        self.cards.arriving(ui, id, pixels)
    }

    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, known: &Known) {
        self.rows.fold(event);
        self.cards.fold(event, known);
        match event {
            Event::Stored(details) => {
                // One that lies under another never comes into view by itself.
                if self.stored.len() == LATELY {
                    self.stored.remove(0);
                }
                self.stored.push(details.id);
            }
            Event::Deleted(_) => self.deleted = true,
            _ => {}
        }
    }

    /// Scrolls to where the person left off.
    pub fn restore(&mut self, scroll: f64) {
        self.scroll = Scroll::at(scroll);
    }

    /// How far it is scrolled, in points.
    pub fn scroll(&self) -> f64 {
        self.scroll.next()
    }

    /// What is known of a picture that is or was in sight.
    pub fn row(&self, id: ImageId) -> Option<&Row> {
        self.rows.get(id)
    }

    /// Asks for a date to go to.
    pub fn ask_date(&mut self) {
        self.jump.open(self.scroll.offset());
    }

    /// How high everything is that can be scrolled to, in points.
    pub fn height(&self) -> f64 {
        self.layout.height()
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
        let from = self.scroll.offset();
        self.layout.between(from, from + f64::from(self.page)).into_iter().find_map(|piece| match piece.what {
            What::Picture(index) if piece.y >= from + layout::STRIP => Some(index),
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
        let index = view.ids.position(id)?;
        self.place = Some((id, view.revision, index));
        Some(index)
    }

    /// Follows changes of the view, of the cards and of the room there is.
    fn follow(&mut self, view: &View, shape: Shape) {
        if self.shape == Some(shape) {
            return;
        }
        self.layout = Layout::new(&view.days, view.ids.len(), shape.cards, shape.today, shape.width, shape.side);
        // Whoever looks at the top wants to see what comes; whoever has scrolled wants to keep what they see.
        if self.shape.is_some()
            && self.scroll.offset() > 1.0
            && !self.scroll.waits()
            && let Some((id, distance)) = self.held
            && let Some((top, _)) = view.ids.position(id).and_then(|at| self.layout.top_of(at))
        {
            self.scroll.go(top - distance);
        }
        self.shape = Some(shape);
    }

    /// A new picture is shown in the inspector unless a person is busy with others.
    fn choose_new(&mut self, view: &View, selection: &mut Selection) {
        if !view.search.is_empty() {
            self.stored.clear();
        }
        self.stored.retain(|id| {
            let here = view.ids.position(*id).is_some();
            if here && selection.is_empty() {
                selection.only(*id);
            }
            !here
        });
    }

    /// Carries the selection over to a view. Returns whether that takes another frame.
    fn carry_selection(&mut self, view: &View, selection: &mut Selection) -> bool {
        self.had_some |= !selection.is_empty();
        if selection.follow(&view.ids) {
            return true;
        }
        if self.carried != Some(view.revision) {
            self.carried = Some(view.revision);
            self.keep_focus(view, selection);
        }
        self.had_some = false;
        false
    }

    fn keep_focus(&mut self, view: &View, selection: &mut Selection) {
        let had_some = self.had_some;
        let deleted = std::mem::take(&mut self.deleted);
        let Some(focus) = selection.focus().filter(|focus| view.ids.position(*focus).is_none()) else { return };
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

/// Draws a picture's tile elsewhere than in the gallery's own rows; it does there what it does here.
pub fn tile_in(
    ui: &Ui,
    (gallery, selection, view): (&mut Gallery, &mut Selection, &View),
    rect: Rect,
    id: ImageId,
    cx: &Cx<'_>,
    actions: &mut Actions,
) {
    let area = ui.clip_rect();
    Frame { gallery, selection, cx, actions, view, area, scroll: 0.0 }.tile(ui, rect, id);
}

/// Draws a request's card elsewhere than in the gallery's own rows.
pub fn card_in(ui: &mut Ui, gallery: &mut Gallery, rect: Rect, job: &Job, cx: &Cx<'_>, actions: &mut Actions) {
    card::show(ui, rect, job, &mut gallery.cards, cx, actions);
}

/// Asks for the rows of a range of the view, if they are not known.
pub fn want_rows(gallery: &mut Gallery, view: &View, range: Range<usize>, actions: &mut Actions) {
    if let Some(range) = gallery.rows.missing(view, range) {
        actions.send(Command::WantRows(range));
    }
}

/// Draws again when the next second of one of these requests begins.
pub fn tick<'a>(ui: &Ui, requests: impl Iterator<Item = &'a RequestId>, cx: &Cx<'_>) {
    let jobs: Vec<&Job> = requests.filter_map(|id| cx.known.job(*id)).collect();
    if let Some(tick) = card::next_tick(&jobs, Timestamp::now()) {
        ui.ctx().request_repaint_after(tick);
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
        header::show(ui, gallery, selection, cx, actions);
        return;
    };
    let trash = is_trash(&view.search);
    if jobs.is_empty() && view.library_total == 0 && !trash {
        welcome::show(ui, cx, actions);
        return;
    }
    ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
    header::show(ui, gallery, selection, cx, actions);
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
    // What was chosen may be in the rest, which comes in a moment.
    if !view.beginning && gallery.carry_selection(view, selection) {
        ui.ctx().request_repaint();
    }
    gallery.follow(view, shape);
    if !view.beginning {
        gallery.choose_new(view, selection);
    }
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
    jump::show(ui, gallery, view, selection, area, cx);
    bring_into_sight(gallery, area);
    let most = gallery.layout.height() - f64::from(area.height());
    gallery.scroll.step(ui, area, most, !view.beginning);
    ui.scope_builder(egui::UiBuilder::new().max_rect(area), |ui| {
        ui.shrink_clip_rect(area);
        let bar = gallery.scroll.bar(ui, area, most, &cx.text.get("gallery-scroll-bar"));
        let scroll = gallery.scroll.on_pixels(ui.ctx().pixels_per_point());
        Frame { gallery, selection, cx, actions, view, area, scroll }.draw(ui, &jobs, bar.as_ref());
    });
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
    let scroll = gallery.scroll.next();
    if with - f64::from(layout::GAP) < scroll {
        gallery.scroll.go(with - f64::from(layout::GAP));
    } else if bottom > scroll + f64::from(area.height()) {
        gallery.scroll.go(bottom - f64::from(area.height()));
    }
}

fn reuse_when_known(gallery: &mut Gallery, cx: &Cx<'_>, actions: &mut Actions) {
    if let Some(details) = gallery.reuse.and_then(|id| cx.known.details(id)) {
        gallery.reuse = None;
        actions.push(Action::ReusePicture(Arc::clone(details)));
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
            let words = if is_trash(search) {
                cx.text.get("trash-nothing")
            } else {
                cx.text.with("gallery-nothing-found", [("search", search.into())])
            };
            let words = egui::RichText::new(words).font(fonts::semibold(size::TEXT_HEADING)).color(palette.strong);
            ui.add(egui::Label::new(words).wrap());
            ui.add_space(size::SECTION);
            if ui.add(Button::new(cx.text.get("gallery-show-all"))).clicked() {
                actions.push(Action::Search(String::new()));
            }
        });
    });
}
