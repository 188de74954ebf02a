//! The right panel: everything about the picture in focus.
#![expect(clippy::needless_pass_by_ref_mut, clippy::unused_self, reason = "its contents come next")]

use egui::Ui;

use crate::{recipe::ImageId, studio::Event};

use super::{Cx, action::Actions, known::Known};

/// What the inspector remembers.
#[derive(Debug, Default)]
pub struct Inspector {}

impl Inspector {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, _event: &Event, _known: &Known) {}
}

/// Draws the panel for a picture, or for none.
pub fn show(_ui: &mut Ui, _inspector: &mut Inspector, _subject: Option<ImageId>, _cx: &Cx<'_>, _actions: &mut Actions) {
}
