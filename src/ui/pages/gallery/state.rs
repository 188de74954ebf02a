//! What the gallery remembers between two frames, and how it follows its view.

use super::{
    layout::{self, ItemKind, Layout, Movement},
    request_card, rows,
    scroll::Scroll,
};
use crate::{
    recipe::{ImageId, RequestId},
    studio::{Command, Event, Pixels, Row, View},
    ui::{
        actions::{action::Actions, ui_command::UiCommand},
        panels::collections::Collections,
        state::{selection::Selection, studio_state::StudioState},
    },
};
use egui::{TextureHandle, Ui};
use jiff::civil::Date;
use std::ops::Range;

/// So many new pictures are looked out for, until they are in view.
const MAX_AWAITED_IMAGES: usize = 64;

/// What the gallery remembers.
#[derive(Debug, Default)]
pub struct Gallery {
    pub(super) scroll: Scroll,
    /// The picture to bring into sight with the next frame.
    pub(super) reveal: Option<usize>,
    pub(super) layout: Layout,
    pub(super) shape: Option<LayoutKey>,
    pub(super) rows: rows::Rows,
    pub(super) cards: request_card::RequestCards,
    /// The first picture in sight and its distance from the upper edge, to stay where it is when others come.
    pub(super) held: Option<(ImageId, f64)>,
    /// Where the picture in focus is, at the view's revision.
    pub(super) place: Option<(ImageId, u64, usize)>,
    pub(super) stored: Vec<ImageId>,
    pub(super) deleted: bool,
    /// The view's revision to which the selection was carried over.
    pub(super) carried: Option<u64>,
    /// Whether something was selected before the selection was carried over.
    pub(super) had_some: bool,
    /// The picture in focus when the last frame was drawn.
    pub(super) seen: Option<ImageId>,
    /// Whether a frame was drawn.
    pub(super) drawn: bool,
    pub(super) band: Option<RubberBand>,
    /// Whether the trash is about to be emptied, and waits for a second word.
    pub(super) emptying: bool,
    pub(super) jump: GoToDate,
    /// The tree of collections.
    pub collections: Collections,
    /// The picture to reuse as soon as everything is known about it.
    pub(super) reuse: Option<ImageId>,
    /// Height of the part in sight.
    pub(super) page: f32,
}

/// What a layout depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LayoutKey {
    pub(super) revision: u64,
    pub(super) cards: usize,
    pub(super) today: Date,
    pub(super) width: f32,
    pub(super) side: f32,
}

/// A rubber band that is being drawn.
#[derive(Debug)]
pub(super) struct RubberBand {
    /// Where it began, in the gallery's own coordinates.
    pub(super) start: (f32, f64),
    /// What was selected before and stays selected.
    pub(super) before: Selection,
    pub(super) taken: Vec<Range<usize>>,
}

impl Gallery {
    /// The part of a request's picture that has arrived, on the graphics card.
    pub fn arriving(&mut self, ui: &Ui, id: RequestId, pixels: &Pixels) -> &TextureHandle {
        self.cards.arriving(ui, id, pixels)
    }

    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, known: &StudioState) {
        self.rows.fold(event);
        self.cards.fold(event, known);
        match event {
            Event::Stored(details) => {
                // One that lies under another never comes into view by itself.
                if self.stored.len() == MAX_AWAITED_IMAGES {
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
    pub fn step(&mut self, verb: UiCommand, known: &StudioState, selection: &mut Selection) {
        let step = match verb {
            UiCommand::MoveLeft => Movement::Left,
            UiCommand::MoveRight => Movement::Right,
            UiCommand::MoveUp => Movement::Up,
            _ => Movement::Down,
        };
        if let Some(view) = &known.view {
            let next = match self.focus_place(view, selection) {
                Some(index) => self.layout.step(index, step),
                None => self.first_in_sight(),
            };
            self.go(next, false, view, selection);
        }
    }

    pub(super) fn first_in_sight(&self) -> Option<usize> {
        let from = self.scroll.offset();
        self.layout.between(from, from + f64::from(self.page)).into_iter().find_map(|piece| match piece.what {
            ItemKind::Picture(index) if piece.y >= from + layout::STRIP => Some(index),
            _ => None,
        })
    }

    /// Puts the keyboard on a picture, which selects it, or everything up to it.
    pub(super) fn go(&mut self, to: Option<usize>, extend: bool, view: &View, selection: &mut Selection) {
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
    pub(super) fn focus_place(&mut self, view: &View, selection: &Selection) -> Option<usize> {
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
    pub(super) fn follow(&mut self, view: &View, shape: LayoutKey) {
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
    pub(super) fn choose_new(&mut self, view: &View, selection: &mut Selection) {
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
    pub(super) fn carry_selection(&mut self, view: &View, selection: &mut Selection) -> bool {
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

    pub(super) fn keep_focus(&mut self, view: &View, selection: &mut Selection) {
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

/// Asks for the rows of a range of the view, if they are not known.
pub fn want_rows(gallery: &mut Gallery, view: &View, range: Range<usize>, actions: &mut Actions) {
    if let Some(range) = gallery.rows.missing(view, range) {
        actions.send(Command::WantRows(range));
    }
}

/// The widget that has the keyboard while arrows move among pictures.
pub fn focus_id() -> egui::Id {
    egui::Id::unique("gallery")
}

/// The small field for a date.
#[derive(Debug, Default)]
pub struct GoToDate {
    pub(super) open: bool,
    /// The keyboard is still to be put into the field.
    pub(super) new: bool,
    pub(super) text: String,
    /// How far the gallery was scrolled before, to go back there.
    pub(super) from: f64,
}

impl GoToDate {
    /// Opens the field over a gallery that is scrolled so far.
    pub fn open(&mut self, from: f64) {
        *self = Self { open: true, new: true, text: String::new(), from };
    }
}
