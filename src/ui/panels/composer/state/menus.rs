//! Small states of menus and fields.

use crate::settings::Preset;

/// What the model box remembers.
#[derive(Debug, Default)]
pub struct ModelBox {
    pub(in crate::ui::panels::composer) open: bool,
    /// Whether the text has been changed since the list opened: only then does it filter.
    pub(in crate::ui::panels::composer) edited: bool,
    /// The line that Enter takes.
    pub(in crate::ui::panels::composer) at: Option<usize>,
}

impl ModelBox {
    /// Opens the list, whole.
    pub(in crate::ui::panels::composer) fn open(&mut self) {
        *self = Self { open: true, ..Self::default() };
    }
}

/// What the menu remembers.
#[derive(Debug, Default)]
pub struct Presets {
    /// What a new one is to be called.
    pub(in crate::ui::panels::composer) name: String,
    /// What was deleted last, and where it stood.
    pub(in crate::ui::panels::composer) removed: Option<(usize, Preset)>,
}

/// A name that is being written.
#[derive(Clone, Debug, Default)]
pub struct ReferenceRename {
    /// Which reference it is for.
    pub(in crate::ui::panels::composer) sha256: String,
    pub(in crate::ui::panels::composer) text: String,
    /// The keyboard is still to come.
    pub(in crate::ui::panels::composer) fresh: bool,
}
