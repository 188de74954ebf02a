//! What every page, panel and dialog may read while it draws.

use super::studio_state::StudioState;
use crate::ui::{text::Text, textures::Textures};

/// What every place may read.
#[derive(Clone, Copy, Debug)]
pub struct ViewContext<'a> {
    /// Words.
    pub text: &'a Text,
    /// What the studio has told.
    pub known: &'a StudioState,
    /// Thumbnails; looking at one that is missing asks for it.
    pub textures: &'a Textures,
}
