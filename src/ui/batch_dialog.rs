//! The dialog that asks again for several pictures.
#![expect(clippy::needless_pass_by_ref_mut, clippy::unused_self, reason = "its contents come next")]

use egui::Ui;

use crate::{
    recipe::{ImageId, Recipe},
    studio::Event,
};

use super::{Cx, action::Actions, known::Known};

/// What the dialog remembers.
#[derive(Debug, Default)]
pub struct BatchDialog {
    images: Vec<ImageId>,
}

impl BatchDialog {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, _event: &Event, _known: &Known) {}

    /// Whether it is on screen.
    pub fn is_open(&self) -> bool {
        !self.images.is_empty()
    }

    /// Opens it for pictures; model and parameters start as the composer has them.
    pub fn open(&mut self, images: Vec<ImageId>, _composer: &Recipe) {
        self.images = images;
    }
}

/// Draws the dialog over everything. Only called while it is open.
pub fn show(_ui: &mut Ui, dialog: &mut BatchDialog, _cx: &Cx<'_>, _actions: &mut Actions) {
    dialog.images.clear();
}
