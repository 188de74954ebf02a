//! What every page, panel and dialog may read while it draws.

use crate::ui::{text::Text, textures::Textures};

use super::studio_state::StudioState;

/// What everything that is drawn may read.
#[derive(Clone, Copy, Debug)]
pub struct ViewContext<'a> {
    /// The texts of the current language.
    pub text: &'a Text,
    /// The state that the studio has reported.
    pub known: &'a StudioState,
    /// Thumbnails; looking up a missing one requests it.
    pub textures: &'a Textures,
}
