//! The middle: cards of requests and the pictures of the library.
#![expect(clippy::needless_pass_by_ref_mut, clippy::unused_self, reason = "its contents come next")]

use egui::Ui;

use crate::studio::Event;

use super::{
    Cx,
    action::{Actions, Verb},
    known::Known,
    selection::Selection,
    welcome,
};

/// What the gallery remembers.
#[derive(Debug, Default)]
pub struct Gallery {
    scroll: f32,
}

impl Gallery {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, _event: &Event, _known: &Known) {}

    /// Scrolls to where the person left off.
    pub fn restore(&mut self, scroll: f32) {
        self.scroll = scroll;
    }

    /// How far it is scrolled, in points.
    pub fn scroll(&self) -> f32 {
        self.scroll
    }

    /// Moves the keyboard's picture by one of the four moving verbs.
    pub fn step(&mut self, _verb: Verb, _known: &Known, _selection: &mut Selection) {}
}

/// The widget that has the keyboard while arrows move among pictures.
pub fn focus_id() -> egui::Id {
    egui::Id::unique("gallery")
}

/// Draws the gallery into the middle.
pub fn show(ui: &mut Ui, _gallery: &mut Gallery, _selection: &mut Selection, cx: &Cx<'_>, actions: &mut Actions) {
    if cx.known.jobs.is_empty() && cx.known.view.as_ref().is_some_and(|view| view.library_total == 0) {
        welcome::show(ui, cx, actions);
    }
}
