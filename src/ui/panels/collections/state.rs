//! The state of the tree and the dialog of collections.

use super::{chooser::CollectionChooser, name_edit::NameEdit};

/// The state of the tree and the dialog.
#[derive(Debug, Default)]
pub struct Collections {
    pub(super) naming: Option<NameEdit>,
    /// Whether the tree was opened by images that are dragged over its chip; it closes when they are dropped.
    pub(super) sprung: bool,
    /// The dialog that puts images into a collection.
    pub chooser: CollectionChooser,
}
