//! Commands about marks, collections and the trash.

use std::sync::Arc;

use crate::{
    recipe::{CollectionEdit, ImageId, MarkChange},
    studio::protocol::images::BulkOperation,
};

/// Changes marks and collections, and moves images to and from the trash.
#[derive(Debug)]
pub enum OrganizeCommand {
    /// Change the marks of images (ratings, flags, labels, tags, notes, collections).
    Change {
        /// The images.
        images: Arc<[ImageId]>,
        /// The change.
        change: MarkChange,
    },
    /// Change the collections.
    EditCollections(CollectionEdit),
    /// Undo a change by the number that its event carried.
    Undo(u64),
    /// Send the tags that begin with this text, the most used first.
    SuggestTags(String),
    /// Move images to the trash.
    MoveToTrash(Vec<ImageId>),
    /// Move images from the trash back to the library.
    RestoreFromTrash(Vec<ImageId>),
    /// Delete the content of the trash for good.
    EmptyTrash,
    /// Stop an operation on many images after the current piece. What is done by then stays done.
    Stop(BulkOperation),
}
