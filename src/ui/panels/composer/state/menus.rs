//! Small states of menus and fields.

use crate::settings::Preset;

/// The state of the model box.
#[derive(Debug, Default)]
pub struct ModelBox {
    pub(in crate::ui::panels::composer) open: bool,
    /// Whether the text has changed since the list opened: only then does it filter.
    pub(in crate::ui::panels::composer) edited: bool,
    /// The row that Enter chooses.
    pub(in crate::ui::panels::composer) at: Option<usize>,
}

impl ModelBox {
    /// Opens the complete list.
    pub(in crate::ui::panels::composer) fn open(&mut self) {
        *self = Self { open: true, ..Self::default() };
    }
}

/// The state of the menu.
#[derive(Debug, Default)]
pub struct Presets {
    /// The name of a new preset.
    pub(in crate::ui::panels::composer) name: String,
    /// The preset that was deleted last, and its position.
    pub(in crate::ui::panels::composer) removed: Option<(usize, Preset)>,
}

/// A name while it is typed.
#[derive(Clone, Debug, Default)]
pub struct ReferenceRename {
    /// The hash of its reference.
    pub(in crate::ui::panels::composer) sha256: String,
    pub(in crate::ui::panels::composer) text: String,
    /// Whether the field is still to be focused.
    pub(in crate::ui::panels::composer) fresh: bool,
}
