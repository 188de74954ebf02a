//! Collections of images, and edits of them.

use serde::{Deserialize, Serialize};

use crate::recipe::values::{CollectionId, ImageId};

/// A collection of images: those that were added to it or, if it is smart, the results of its search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// ID.
    pub id: CollectionId,
    /// Name.
    pub name: String,
    /// The parent collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CollectionId>,
    /// The search of a smart collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Number of images that were added to it; 0 for a smart one.
    #[serde(skip)]
    pub count: usize,
}

/// An edit of the tree of collections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionEdit {
    /// Creates a collection, or restores it with its former images.
    Create {
        /// The collection.
        collection: Collection,
        /// Its initial images.
        #[serde(default)]
        images: Vec<ImageId>,
    },
    /// Renames it.
    Rename(CollectionId, String),
    /// Moves it into another collection, or to the top level.
    Move(CollectionId, Option<CollectionId>),
    /// Changes the search of a smart collection.
    Search(CollectionId, String),
    /// Removes it. Its images stay in the library, and collections in it move up to its parent.
    Remove(CollectionId),
}
