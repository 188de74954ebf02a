//! Draws one frame of the gallery: the visible headings, cards and images, and what the pointer does among them.

use std::ops::Range;

use egui::{EventFilter, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use jiff::civil::Date;

use crate::{
    recipe::ImageId,
    studio::{Command, GalleryCommand, RequestCard, View},
    ui::{
        actions::{
            action::{Action, Actions},
            ui_command::UiCommand,
        },
        components::drag_source::DraggedImages,
        state::{selection::Selection, view_context::ViewContext},
        theme::{self, fonts, size},
        widgets::focus_ring,
    },
};

use super::{
    layout::{self, ItemKind, LayoutItem},
    request_card,
    scroll::{self, ScrollBar},
    state::{GalleryPage, RubberBand, focus_id},
    tile::{self, TileAction, TileState},
};

/// Maximum number of thumbnails that are requested beyond the visible ones.
const AHEAD: usize = 96;
/// Scroll speed of a rubber band beyond the edge, in points per second for each point beyond it.
const DRAG_SCROLL: f32 = 8.0;

/// The state for drawing one frame of the visible part.
pub(super) struct Frame<'a, 'b> {
    pub(super) gallery: &'a mut GalleryPage,
    pub(super) selection: &'a mut Selection,
    pub(super) cx: &'a ViewContext<'b>,
    pub(super) actions: &'a mut Actions,
    pub(super) view: &'a View,
    /// The visible part's rectangle on screen.
    pub(super) area: Rect,
    pub(super) scroll: f64,
}

impl Frame<'_, '_> {
    pub(super) fn draw(&mut self, ui: &mut Ui, jobs: &[&RequestCard], bar: Option<&ScrollBar>) {
        let height = f64::from(self.area.height());
        let ground = self.ground(ui);
        let mut in_sight = 0..0;
        self.gallery.held = None;
        let mut descendant = None;
        let held = self.gallery.layout.held_heading(self.scroll);
        for piece in self.gallery.layout.between(self.scroll, self.scroll + height) {
            let at = self.area.min + vec2(piece.x, (piece.y - self.scroll) as f32);
            let rect = Rect::from_min_size(at, egui::Vec2::splat(self.gallery.layout.tile()));
            match piece.what {
                ItemKind::Heading(date, count) => {
                    if held.is_none_or(|held| held.what != piece.what) {
                        self.heading(ui, at, date, count);
                    }
                }
                ItemKind::Card(index) => {
                    if let Some(job) = jobs.get(index) {
                        request_card::show(ui, rect, job, &mut self.gallery.cards, self.cx, self.actions);
                    }
                }
                ItemKind::Image(index) => {
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
        if let Some(held) = held {
            self.held_heading(ui, held);
        }
        if let Some(bar) = bar {
            self.tell_day(ui, bar);
        }
        self.name_ground(ui, &ground, descendant);
        self.want(ui, in_sight);
        self.draw_band(ui);
    }

    /// The area between the tiles: one stop for the keyboard, and where rubber bands begin.
    fn ground(&mut self, ui: &Ui) -> egui::Response {
        let mut room = self.area;
        room.set_right(room.right() - scroll::BAR);
        let ground = ui.interact(room, focus_id(), Sense::click_and_drag());
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
        if ground.drag_started_by(egui::PointerButton::Primary) {
            self.begin_band(ui);
        }
        if !ui.input(|input| input.pointer.primary_down()) {
            self.gallery.band = None;
            return;
        }
        let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) else { return };
        let end = self.to_gallery(pointer);
        let Some(band) = &mut self.gallery.band else { return };
        let (x, y) = band_rect(band.start, end);
        let taken = self.gallery.layout.touched(x, y);
        if taken != band.taken {
            self.selection.select_ranges(&band.before, &taken, &self.view.ids);
            band.taken = taken;
        }
        let beyond = (pointer.y - self.area.bottom()).max(0.0) - (self.area.top() - pointer.y).max(0.0);
        if beyond != 0.0 {
            let seconds = ui.input(|input| input.stable_dt).min(0.1);
            self.gallery.scroll.go(self.scroll + f64::from(beyond * DRAG_SCROLL * seconds));
            ui.ctx().request_repaint();
        }
    }

    /// Begins a rubber band at the pointer: between the tiles or, with Ctrl or Shift, anywhere.
    fn begin_band(&mut self, ui: &Ui) {
        let Some(origin) = ui.input(|input| input.pointer.press_origin()) else { return };
        take_keyboard(ui);
        if !held(ui) && !self.selection.is_empty() {
            self.selection.set([], self.selection.focus());
        }
        let start = self.to_gallery(origin);
        self.gallery.band = Some(RubberBand { start, before: self.selection.clone(), taken: Vec::new() });
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
        let put = |x: f32, text: String, font, color| {
            let galley = ui.painter().layout_no_wrap(text, font, color);
            let width = galley.size().x;
            ui.painter().galley(pos2(x, (middle - galley.size().y / 2.0).round()), galley, color);
            width
        };
        let width = put(at.x, name.clone(), fonts::semibold(size::TEXT_CHIP), palette.text);
        if count > 0 {
            put(at.x + width + 8.0, self.cx.text.count(count), fonts::regular(size::TEXT_CHIP), palette.faint);
        }
    }

    /// Draws the sticky heading of the visible day. A click scrolls to its beginning.
    fn held_heading(&mut self, ui: &Ui, held: LayoutItem) {
        let ItemKind::Heading(date, count) = held.what else { return };
        let at = self.area.min + vec2(held.x, (held.y - self.scroll) as f32);
        let room = layout::STRIP as f32;
        let top = at.y - (room - 20.0) / 2.0;
        let strip = Rect::from_min_max(pos2(self.area.left(), top), pos2(self.area.right() - scroll::BAR, top + room));
        let palette = theme::palette(ui.visuals());
        ui.painter().rect_filled(strip, 0.0, palette.ground);
        let response = ui.interact(strip, egui::Id::unique("held-day"), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, self.cx.text.get("gallery-day-start")));
        self.heading(ui, at, date, count);
        if response.clicked()
            && let Some(top) = self.gallery.layout.top_of_day(date)
        {
            self.gallery.scroll.go(top);
            ui.ctx().request_repaint();
        }
    }

    /// Announces the current day, or the position in a view without days, to screen readers and beside the dragged
    /// scroll handle.
    fn tell_day(&self, ui: &Ui, bar: &ScrollBar) {
        let words = match self.gallery.layout.day_at(self.scroll + layout::STRIP) {
            Some(date) => self.cx.text.day(date, self.gallery.shape.map_or(date, |shape| shape.today)),
            None => self.cx.text.count(self.gallery.first_in_sight().map_or(0, |place| place + 1)),
        };
        ui.ctx().accesskit_node_builder(bar.id, |node| node.set_value(words.as_str()));
        if !bar.dragged {
            return;
        }
        let palette = theme::palette(ui.visuals());
        let galley = ui.painter().layout_no_wrap(words, fonts::semibold(size::TEXT), palette.strong);
        let room = galley.size() + vec2(24.0, 14.0);
        let half = room.y / 2.0;
        let middle = bar.handle.center().y.clamp(self.area.top() + half + 2.0, self.area.bottom() - half - 2.0);
        let rect = Rect::from_min_size(pos2(bar.handle.left() - 10.0 - room.x, middle - half), room);
        let radius = egui::CornerRadius::same(size::RADIUS);
        ui.painter().rect(rect, radius, palette.raised, Stroke::new(1.0, palette.line), StrokeKind::Outside);
        ui.painter().galley(rect.min + vec2(12.0, 7.0), galley, palette.strong);
    }

    pub(super) fn tile(&mut self, ui: &Ui, rect: Rect, id: ImageId) {
        let selected = self.selection.contains(id);
        // The gallery also has the arrow keys while no widget is focused.
        let keyboard = ui.memory(egui::Memory::focused).is_none_or(|focused| focused == focus_id());
        let standing = TileState {
            selected,
            among_others: selected && self.selection.len() > 1,
            focused: keyboard && self.selection.focus() == Some(id),
            stack: self.view.stacks.get(&id).copied(),
            opens_menu: self.gallery.menu == Some(id),
        };
        if standing.opens_menu {
            self.gallery.menu = None;
        }
        match tile::show(ui, rect, id, self.gallery.rows.get(id), standing, self.cx) {
            TileAction::Nothing => {}
            TileAction::Choose => {
                take_keyboard(ui);
                let modifiers = ui.input(|input| input.modifiers);
                if modifiers.shift {
                    self.selection.extend(id, &self.view.ids);
                } else if modifiers.command {
                    self.selection.toggle(id);
                } else {
                    self.selection.only(id);
                }
            }
            TileAction::Unfold(stack) => {
                self.actions.send(Command::Gallery(GalleryCommand::SetStackOpen(stack.of, !stack.open)));
            }
            TileAction::Menu => self.choose_for_verb(id),
            TileAction::Drag if held(ui) => self.begin_band(ui),
            TileAction::Drag => {
                self.choose_for_verb(id);
                DraggedImages::begin(ui.ctx(), self.selection.shared(&self.view.ids), id);
            }
            TileAction::Open => {
                take_keyboard(ui);
                self.selection.only(id);
                self.actions.push(Action::OpenImage(id));
            }
            TileAction::Do(verb) => {
                self.choose_for_verb(id);
                if verb == UiCommand::Reuse && self.cx.known.details(id).is_none() {
                    self.gallery.reuse = Some(id);
                    self.actions.send(Command::Gallery(GalleryCommand::LoadDetails(id)));
                } else {
                    self.actions.run(verb);
                }
            }
        }
    }

    /// Selects the image alone unless the selection has it, because a command applies to the selection.
    fn choose_for_verb(&mut self, id: ImageId) {
        if self.selection.contains(id) {
            self.selection.focus_on(id);
        } else {
            self.selection.only(id);
        }
    }

    /// Requests thumbnails for the visible part and one screen above and below.
    fn want(&mut self, ui: &Ui, in_sight: Range<usize>) {
        if in_sight.is_empty() {
            return;
        }
        let screen = in_sight.len().max(8);
        let total = self.view.ids.len();
        let wide = in_sight.start.saturating_sub(screen)..(in_sight.end + screen).min(total);
        if let Some(range) = self.gallery.rows.missing(self.view, wide.clone()) {
            self.actions.send(Command::Gallery(GalleryCommand::LoadRows(range)));
        }
        let side = self.gallery.layout.tile() * ui.ctx().pixels_per_point();
        // Scrolling usually goes down, so the part below is more urgent.
        let ahead = (in_sight.end..wide.end).chain((wide.start..in_sight.start).rev());
        for index in ahead.take(AHEAD) {
            let id = self.view.ids[index];
            self.cx.textures.lookup(id, tile::sharp(self.gallery.rows.get(id), side));
        }
    }
}

/// Whether a modifier is held that adds to the selection.
fn held(ui: &Ui) -> bool {
    ui.input(|input| input.modifiers.command || input.modifiers.shift)
}

fn take_keyboard(ui: &Ui) {
    ui.memory_mut(|memory| memory.request_focus(focus_id()));
}

fn band_rect(start: (f32, f64), end: (f32, f64)) -> (Range<f32>, Range<f64>) {
    (start.0.min(end.0)..start.0.max(end.0), start.1.min(end.1)..start.1.max(end.1))
}
