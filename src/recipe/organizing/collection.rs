//! Collections of images, and edits of them.

use serde::{Deserialize, Serialize};

use crate::recipe::values::{CollectionId, ImageId};

/// A collection of images: those that were put into it or, if it is smart, those that its search finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Which.
    pub id: CollectionId,
    /// What a person calls it.
    pub name: String,
    /// The collection that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CollectionId>,
    /// The search of a smart collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// How many images were put into it; nothing is counted for a smart one.
    #[serde(skip)]
    pub count: usize,
}

/// A change to the collections themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionEdit {
    /// Makes it, or brings it back with the images that were in it.
    Create {
        /// The collection.
        collection: Collection,
        /// What is in it from the start.
        #[serde(default)]
        images: Vec<ImageId>,
    },
    /// Calls it something else.
    Rename(CollectionId, String),
    /// Puts it into another collection, or to the top.
    Move(CollectionId, Option<CollectionId>),
    /// Finds other images, if it is smart.
    Search(CollectionId, String),
    /// Removes it. Its images stay in the library, and collections in it move up to its parent.
    Remove(CollectionId),
}
