//! The middle: cards of requests and the pictures of the library.
//!
//! Only what is in sight is laid out, asked for and drawn, however large the library is.

mod card;
mod header;
mod layout;
mod rows;
mod tile;

pub use tile::{option_info, picture, unreadable};

use std::ops::Range;

use egui::{
    EventFilter, Key, Modifiers, Pos2, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role,
    pos2, vec2,
};
use jiff::{Timestamp, Zoned, civil::Date};

use crate::{
    recipe::ImageId,
    studio::{Command, Event, View},
};

use super::{
    Cx,
    action::{Action, Actions, Verb},
    known::Known,
    selection::Selection,
    theme::{self, fonts, size},
    welcome,
    widgets::{Button, focus_ring},
};
use layout::{Layout, Step, What};
use tile::{Asked, Standing};

/// Thumbnails that are asked for beyond those in sight, at most.
const AHEAD: usize = 96;
/// How fast a rubber band scrolls beyond the edge, in points a second for each point beyond it.
const DRAG_SCROLL: f32 = 8.0;

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
        self.stored.retain(|id| {
            let here = view.ids.contains(id);
            // A new picture is shown in the inspector unless a person is busy with others.
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
        if let Some(focus) = selection.focus()
            && let Some((known, _, index)) = self.place
            && known == focus
            && deleted
            && selection.is_empty()
            && !view.ids.contains(&focus)
            && let Some(&next) = view.ids.get(index.min(view.ids.len().saturating_sub(1)))
        {
            // After a deletion the next picture takes the place, so that one can go on.
            if had_some {
                selection.only(next);
            } else {
                selection.focus_on(next);
            }
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

/// What is needed to draw one frame of the part in sight.
struct Frame<'a, 'b> {
    gallery: &'a mut Gallery,
    selection: &'a mut Selection,
    cx: &'a Cx<'b>,
    actions: &'a mut Actions,
    view: &'a View,
    /// Where the part in sight is on screen.
    area: Rect,
    scroll: f64,
}

impl Frame<'_, '_> {
    fn draw(&mut self, ui: &mut Ui, jobs: &[&crate::studio::Job]) {
        let height = f64::from(self.area.height());
        let ground = self.ground(ui);
        let mut in_sight = 0..0;
        self.gallery.held = None;
        let mut descendant = None;
        for piece in self.gallery.layout.between(self.scroll, self.scroll + height) {
            let at = self.area.min + vec2(piece.x, (piece.y - self.scroll) as f32);
            let rect = Rect::from_min_size(at, egui::Vec2::splat(self.gallery.layout.tile()));
            match piece.what {
                What::Heading(date, count) => self.heading(ui, at, date, count),
                What::Card(index) => {
                    if let Some(job) = jobs.get(index) {
                        card::show(ui, rect, job, &mut self.gallery.cards, self.cx, self.actions);
                    }
                }
                What::Picture(index) => {
                    let Some(&id) = self.view.ids.get(index) else { continue };
                    if in_sight.is_empty() {
                        in_sight = index..index;
                    }
                    in_sight.end = index + 1;
                    if self.gallery.held.is_none() && piece.y >= self.scroll {
                        self.gallery.held = Some((id, piece.y - self.scroll));
                    }
                    self.tile(ui, rect, id);
                    if self.selection.focus() == Some(id) {
                        descendant = Some(tile::id(id));
                    }
                }
            }
        }
        self.name_ground(ui, &ground, descendant);
        self.want(ui, in_sight);
        self.draw_band(ui);
    }

    /// The ground between the tiles: one stop for the keyboard, and where rubber bands begin.
    fn ground(&mut self, ui: &Ui) -> egui::Response {
        let ground = ui.interact(self.area, focus_id(), Sense::click_and_drag());
        let text = self.cx.text;
        ground.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, text.get("gallery-pictures")));
        if ground.has_focus() {
            let arrows =
                EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(focus_id(), arrows));
        }
        if ground.clicked() {
            ground.request_focus();
            if !ui.input(|input| input.modifiers.command || input.modifiers.shift) && !self.selection.is_empty() {
                self.selection.set([], self.selection.focus());
            }
        }
        self.drag(ui, &ground);
        ground
    }

    fn name_ground(&self, ui: &Ui, ground: &egui::Response, descendant: Option<egui::Id>) {
        if let Some(tile) = descendant {
            ui.ctx().accesskit_node_builder(ground.id, |node| node.set_active_descendant(tile.accesskit_id()));
        } else if ground.has_focus() && ui.input(|input| !input.pointer.any_down()) {
            let ring = egui::CornerRadius::same(size::RADIUS);
            focus_ring(ui.painter(), self.area.shrink(5.0), ring, theme::palette(ui.visuals()));
        }
    }

    fn to_gallery(&self, at: Pos2) -> (f32, f64) {
        (at.x - self.area.left(), f64::from(at.y - self.area.top()) + self.scroll)
    }

    fn drag(&mut self, ui: &Ui, ground: &egui::Response) {
        if ground.drag_started_by(egui::PointerButton::Primary)
            && let Some(origin) = ui.input(|input| input.pointer.press_origin())
        {
            let start = self.to_gallery(origin);
            if !self.gallery.layout.on_tile(start.0, start.1) {
                let keep = ui.input(|input| input.modifiers.command || input.modifiers.shift);
                let base = if keep { self.selection.in_order(&self.view.ids) } else { Vec::new() };
                self.gallery.band = Some(Band { start, base, taken: Vec::new() });
                ground.request_focus();
                if !keep && !self.selection.is_empty() {
                    self.selection.set([], self.selection.focus());
                }
            }
        }
        if !ground.dragged() {
            self.gallery.band = None;
            return;
        }
        let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) else { return };
        let end = self.to_gallery(pointer);
        let Some(band) = &mut self.gallery.band else { return };
        let (x, y) = band_rect(band.start, end);
        let taken = self.gallery.layout.touched(x, y);
        if taken != band.taken {
            let ids = taken.iter().cloned().flat_map(|range| self.view.ids[range].iter().copied());
            let focus = taken.first().and_then(|range| self.view.ids.get(range.start).copied());
            self.selection.set(band.base.iter().copied().chain(ids), focus.or_else(|| self.selection.focus()));
            band.taken = taken;
        }
        let beyond = (pointer.y - self.area.bottom()).max(0.0) - (self.area.top() - pointer.y).max(0.0);
        if beyond != 0.0 {
            let seconds = ui.input(|input| input.stable_dt).min(0.1);
            let most = (self.gallery.layout.height() - f64::from(self.area.height())).max(0.0);
            let to = (self.scroll + f64::from(beyond * DRAG_SCROLL * seconds)).clamp(0.0, most);
            self.gallery.scroll_to = Some(to as f32);
            ui.ctx().request_repaint();
        }
    }

    fn draw_band(&self, ui: &Ui) {
        let (Some(band), Some(pointer)) = (&self.gallery.band, ui.input(|input| input.pointer.interact_pos())) else {
            return;
        };
        let (x, y) = band_rect(band.start, self.to_gallery(pointer));
        let screen = |y: f64| self.area.top() + (y - self.scroll) as f32;
        let rect = Rect::from_min_max(
            pos2(self.area.left() + x.start, screen(y.start)),
            pos2(self.area.left() + x.end, screen(y.end)),
        );
        let accent = theme::palette(ui.visuals()).accent;
        ui.painter().rect(rect, 2.0, accent.gamma_multiply(0.12), Stroke::new(1.0, accent), StrokeKind::Inside);
    }

    fn heading(&self, ui: &Ui, at: Pos2, date: Date, count: usize) {
        let palette = theme::palette(ui.visuals());
        let today = self.gallery.shape.map_or(date, |shape| shape.today);
        let name = self.cx.text.day(date, today);
        let rect = Rect::from_min_size(at, vec2(self.area.width() - layout::EDGE * 2.0, 20.0));
        let heading = ui.interact(rect, egui::Id::unique(("day", date)), Sense::hover());
        heading.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &name));
        let middle = rect.center().y;
        let put = |x: f32, text: String, font, colour| {
            let galley = ui.painter().layout_no_wrap(text, font, colour);
            let width = galley.size().x;
            ui.painter().galley(pos2(x, (middle - galley.size().y / 2.0).round()), galley, colour);
            width
        };
        let width = put(at.x, name.clone(), fonts::semibold(size::TEXT_CHIP), palette.text);
        if count > 0 {
            put(at.x + width + 8.0, self.cx.text.count(count), fonts::regular(size::TEXT_CHIP), palette.faint);
        }
    }

    fn tile(&mut self, ui: &Ui, rect: Rect, id: ImageId) {
        let selected = self.selection.contains(id);
        let keyboard = ui.memory(|memory| memory.has_focus(focus_id()));
        let standing = Standing {
            selected,
            among_others: selected && self.selection.len() > 1,
            focused: keyboard && self.selection.focus() == Some(id),
        };
        match tile::show(ui, rect, id, self.gallery.rows.get(id), standing, self.cx) {
            Asked::Nothing => {}
            Asked::Choose => {
                self.take_keyboard(ui);
                let modifiers = ui.input(|input| input.modifiers);
                if modifiers.shift {
                    self.selection.extend(id, &self.view.ids);
                } else if modifiers.command {
                    self.selection.toggle(id);
                } else {
                    self.selection.only(id);
                }
            }
            Asked::Menu => self.choose_for_verb(id),
            Asked::Open => {
                self.take_keyboard(ui);
                self.selection.only(id);
                self.actions.push(Action::OpenImage(id));
            }
            Asked::Do(verb) => {
                self.choose_for_verb(id);
                if verb == Verb::Reuse && self.cx.known.details(id).is_none() {
                    self.gallery.reuse = Some(id);
                    self.actions.send(Command::Describe(id));
                } else {
                    self.actions.verb(verb);
                }
            }
        }
    }

    #[expect(clippy::unused_self, reason = "reads as what it does")]
    fn take_keyboard(&self, ui: &Ui) {
        ui.memory_mut(|memory| memory.request_focus(focus_id()));
    }

    /// A verb is about the selection if the picture belongs to it, else about the picture alone.
    fn choose_for_verb(&mut self, id: ImageId) {
        if self.selection.contains(id) {
            self.selection.focus_on(id);
        } else {
            self.selection.only(id);
        }
    }

    /// Asks for what is in sight and for a screen above and below.
    fn want(&mut self, ui: &Ui, in_sight: Range<usize>) {
        if in_sight.is_empty() {
            return;
        }
        let screen = in_sight.len().max(8);
        let total = self.view.ids.len();
        let wide = in_sight.start.saturating_sub(screen)..(in_sight.end + screen).min(total);
        if let Some(range) = self.gallery.rows.missing(self.view, wide.clone()) {
            self.actions.send(Command::WantRows(range));
        }
        let side = self.gallery.layout.tile() * ui.ctx().pixels_per_point();
        // Scrolling usually goes down, so what comes below is more urgent.
        let ahead = (in_sight.end..wide.end).chain((wide.start..in_sight.start).rev());
        for index in ahead.take(AHEAD) {
            let id = self.view.ids[index];
            self.cx.textures.look(id, tile::sharp(self.gallery.rows.get(id), side));
        }
    }
}

fn band_rect(start: (f32, f64), end: (f32, f64)) -> (Range<f32>, Range<f64>) {
    (start.0.min(end.0)..start.0.max(end.0), start.1.min(end.1)..start.1.max(end.1))
}
