//! What the gallery remembers between two frames, and how it follows its view.

use std::ops::Range;

use egui::{TextureHandle, Ui};
use jiff::civil::Date;

use crate::{
    recipe::{ImageId, RequestId},
    studio::{Command, GalleryCommand, GalleryEvent, ImageRow, OrganizeEvent, Pixels, QueueEvent, View},
    ui::{
        actions::{action::Actions, ui_command::UiCommand},
        panels::collections::Collections,
        state::{selection::Selection, studio_state::StudioState},
    },
};

use super::{
    layout::{self, ItemKind, Layout, Movement},
    request_card, rows,
    scroll::Scroll,
};

/// Maximum number of new images that are awaited in the view.
const MAX_AWAITED_IMAGES: usize = 64;

/// The state of the gallery.
#[derive(Debug, Default)]
pub struct GalleryPage {
    pub(super) scroll: Scroll,
    /// The image to scroll to with the next frame.
    pub(super) reveal: Option<usize>,
    pub(super) layout: Layout,
    pub(super) shape: Option<LayoutKey>,
    pub(super) rows: rows::Rows,
    pub(super) cards: request_card::RequestCards,
    /// The first visible image and its distance from the upper edge, to keep it in place when images are added.
    pub(super) held: Option<(ImageId, f64)>,
    /// The position of the focused image, and the view's revision.
    pub(super) place: Option<(ImageId, u64, usize)>,
    pub(super) stored: Vec<ImageId>,
    pub(super) deleted: bool,
    /// The revision of the view that the selection was carried over to.
    pub(super) carried: Option<u64>,
    /// Whether something was selected before the selection was carried over.
    pub(super) had_some: bool,
    /// The focused image of the last frame.
    pub(super) seen: Option<ImageId>,
    /// Whether a frame was drawn.
    pub(super) drawn: bool,
    pub(super) band: Option<RubberBand>,
    /// Whether emptying the trash waits for a confirmation.
    pub(super) emptying: bool,
    pub(super) jump: GoToDate,
    /// The tree of collections.
    pub collections: Collections,
    /// The image whose menu opens with the next frame, because its key was pressed.
    pub(super) menu: Option<ImageId>,
    /// The image to reuse as soon as its details are loaded.
    pub(super) reuse: Option<ImageId>,
    /// Height of the visible part.
    pub(super) page: f32,
}

/// The inputs of a layout.
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
    /// Its start in the gallery's own coordinates.
    pub(super) start: (f32, f64),
    /// The previous selection, which stays selected.
    pub(super) before: Selection,
    pub(super) taken: Vec<Range<usize>>,
}

impl GalleryPage {
    /// The texture of the part of a request's image that has arrived.
    pub fn arriving(&mut self, ui: &Ui, id: RequestId, pixels: &Pixels) -> &TextureHandle {
        self.cards.arriving(ui, id, pixels)
    }

    /// Folds an event about requests into this state.
    pub fn fold_queue(&mut self, event: &QueueEvent, known: &StudioState) {
        self.cards.fold_queue(event, known);
    }

    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent, known: &StudioState) {
        self.rows.fold_gallery(event);
        self.cards.fold_gallery(event, known);
        if let GalleryEvent::ImageStored(details) = event {
            // An image below another one in a stack never appears in the view by itself.
            if self.stored.len() == MAX_AWAITED_IMAGES {
                self.stored.remove(0);
            }
            self.stored.push(details.facts.id);
        }
    }

    /// Folds an event about marks, collections and the trash into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        self.rows.fold_organize(event);
        self.deleted |= matches!(event, OrganizeEvent::MovedToTrash(_));
    }

    /// Restores the offset of a saved session.
    pub fn restore(&mut self, scroll: f64) {
        self.scroll = Scroll::at(scroll);
    }

    /// The scroll offset in points.
    pub fn scroll(&self) -> f64 {
        self.scroll.next()
    }

    /// The row of an image that is or was visible.
    pub fn row(&self, id: ImageId) -> Option<&ImageRow> {
        self.rows.get(id)
    }

    /// Opens the field for a date to go to.
    pub fn ask_date(&mut self) {
        self.jump.open(self.scroll.offset());
    }

    /// The height of the whole content in points.
    #[cfg(feature = "bench")]
    pub fn height(&self) -> f64 {
        self.layout.height()
    }

    /// Moves the focus in the direction of a command.
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

    /// Opens the menu of the focused image with the next frame, and scrolls to it.
    pub fn open_menu(&mut self, id: ImageId, known: &StudioState, selection: &Selection) {
        self.menu = Some(id);
        if let Some(view) = &known.view {
            self.reveal = self.focus_place(view, selection);
        }
    }

    /// Focuses an image without changing the selection.
    pub(super) fn focus_on(&mut self, index: usize, view: &View, selection: &mut Selection) {
        let Some(&id) = view.ids.get(index) else { return };
        selection.focus_on(id);
        self.place = Some((id, view.revision, index));
        self.reveal = Some(index);
    }

    pub(super) fn first_in_sight(&self) -> Option<usize> {
        let from = self.scroll.offset();
        self.layout.between(from, from + f64::from(self.page)).into_iter().find_map(|piece| match piece.what {
            ItemKind::Image(index) if piece.y >= from + layout::STRIP => Some(index),
            _ => None,
        })
    }

    /// Focuses an image and selects it, or everything up to it.
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

    /// The index of the focused image.
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

    /// Updates the layout after changes of the view, the cards or the available space.
    pub(super) fn follow(&mut self, view: &View, shape: LayoutKey) {
        if self.shape == Some(shape) {
            return;
        }
        self.layout = Layout::new(&view.days, view.ids.len(), shape.cards, shape.today, shape.width, shape.side);
        // At the top new images are shown; elsewhere the visible images keep their place.
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

    /// Selects a new image unless others are selected.
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

    /// Carries the selection over to a view. Returns whether the next frame has to continue.
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
        // After a deletion the next image is focused, so that the person can go on.
        match index.and_then(|index| view.ids.get(index.min(view.ids.len().saturating_sub(1)))) {
            Some(&next) if had_some => selection.only(next),
            Some(&next) => selection.focus_on(next),
            None => selection.set([], None),
        }
    }
}

/// Requests the rows of a range of the view, if they are not known.
pub fn want_rows(gallery: &mut GalleryPage, view: &View, range: Range<usize>, actions: &mut Actions) {
    if let Some(range) = gallery.rows.missing(view, range) {
        actions.send(Command::Gallery(GalleryCommand::LoadRows(range)));
    }
}

/// The id of the widget that is focused while arrow keys move among images.
pub fn focus_id() -> egui::Id {
    egui::Id::unique("gallery")
}

/// The state of the field for a date.
#[derive(Debug, Default)]
pub struct GoToDate {
    pub(super) open: bool,
    /// Whether the field is still to be focused.
    pub(super) new: bool,
    pub(super) text: String,
    /// The previous scroll offset, to go back to.
    pub(super) from: f64,
}

impl GoToDate {
    /// Opens the field over a gallery with this scroll offset.
    pub fn open(&mut self, from: f64) {
        *self = Self { open: true, new: true, text: String::new(), from };
    }
}
