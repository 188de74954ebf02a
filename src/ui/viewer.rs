//! One picture, large.
#![expect(clippy::needless_pass_by_ref_mut, clippy::unused_self, reason = "its contents come next")]

use egui::Ui;

use crate::{recipe::ImageId, studio::Event};

use super::{
    Cx,
    action::{Actions, Verb},
    known::Known,
    selection::Selection,
};

/// What the viewer remembers.
#[derive(Debug, Default)]
pub struct Viewer {
    image: Option<ImageId>,
}

impl Viewer {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, _event: &Event, _known: &Known) {}

    /// The picture that is shown, if the viewer is open.
    pub fn image(&self) -> Option<ImageId> {
        self.image
    }

    /// Opens a picture; the caller asks the studio for its pixels.
    pub fn open(&mut self, id: ImageId) {
        self.image = Some(id);
    }

    /// Goes back to the gallery.
    pub fn close(&mut self) {
        self.image = None;
    }

    /// Moves to the neighbour that a moving verb names.
    pub fn step(&mut self, _verb: Verb, _known: &Known, _selection: &mut Selection) {}
}

/// Draws the viewer in the gallery's place. Only called while it is open.
pub fn show(_ui: &mut Ui, _viewer: &mut Viewer, _selection: &mut Selection, _cx: &Cx<'_>, _actions: &mut Actions) {}
