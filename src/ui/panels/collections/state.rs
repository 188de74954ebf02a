//! What the tree and the dialog of collections remember.

use super::{chooser::CollectionChooser, naming::NameEdit};

/// What the tree and the dialog remember.
#[derive(Debug, Default)]
pub struct Collections {
    pub(super) naming: Option<NameEdit>,
    /// The tree was opened by pictures that are dragged over its chip, and closes when they are let go.
    pub(super) sprung: bool,
    /// The dialog that puts pictures into a collection.
    pub chooser: CollectionChooser,
}
