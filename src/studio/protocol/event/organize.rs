//! Events about marks, collections and the trash.

use std::sync::Arc;

use crate::{
    recipe::{Collection, CollectionEdit, ImageId, MarkChange},
    studio::protocol::images::BulkOperation,
};

/// Changes of marks, collections and the trash.
#[derive(Clone, Debug)]
pub enum OrganizeEvent {
    /// The progress of an operation on many images.
    Progress {
        /// The operation.
        operation: BulkOperation,
        /// Images that are done.
        done: usize,
        /// All images.
        total: usize,
    },
    /// Images were moved to the trash and can be restored.
    MovedToTrash(Vec<ImageId>),
    /// Images were moved back from the trash.
    RestoredFromTrash(Vec<ImageId>),
    /// This many images in the trash were deleted for good.
    TrashEmptied(usize),
    /// The marks of images have changed, durably.
    Changed {
        /// The number by which the change can be undone; `None` if this was an undo itself.
        undo: Option<u64>,
        /// The images.
        images: Arc<[ImageId]>,
        /// The change; `None` if an undo restored values of different kinds.
        change: Option<MarkChange>,
    },
    /// The collections, by name.
    Collections(Vec<Collection>),
    /// The collections were edited.
    CollectionsEdited {
        /// The number by which the edit can be undone.
        undo: u64,
        /// The edit.
        edit: CollectionEdit,
    },
    /// The tags that begin with the requested text, the most used first, with their numbers of images.
    TagSuggestions(String, Vec<(String, usize)>),
}
