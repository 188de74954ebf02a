//! Ratings, flags, color labels and tags of images, and changes to them.

use serde::{Deserialize, Serialize};

use crate::recipe::values::CollectionId;

/// Maximum rating of an image, in stars.
pub const MAX_STARS: u8 = 5;

/// Whether an image was picked or rejected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Rejected.
    Rejected,
    /// Neither picked nor rejected.
    #[default]
    None,
    /// Picked.
    Picked,
}

/// A color label. The user decides what each color means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Red.
    Red,
    /// Yellow.
    Yellow,
    /// Green.
    Green,
    /// Blue.
    Blue,
    /// Purple.
    Purple,
}

impl Label {
    /// Every label, in display order.
    pub const ALL: [Self; 5] = [Self::Red, Self::Yellow, Self::Green, Self::Blue, Self::Purple];

    /// Its name in searches and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Purple => "purple",
        }
    }
}

/// Rating, flag, color label, tags, note and collections of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Marks {
    /// Stars, 0 to [`MAX_STARS`]; 0 is "not rated".
    pub rating: u8,
    /// Picked, rejected, or neither.
    pub flag: Flag,
    /// Color label.
    pub label: Option<Label>,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// A note.
    pub note: String,
    /// The collections that the image was added to, without smart ones.
    pub collections: Vec<CollectionId>,
}

impl Marks {
    /// Applies a change.
    pub fn change(&mut self, change: &MarkChange) {
        match change {
            MarkChange::Rate(stars) => self.rating = *stars.min(&MAX_STARS),
            MarkChange::Flag(flag) => self.flag = *flag,
            MarkChange::Label(label) => self.label = *label,
            MarkChange::Note(note) => self.note.clone_from(note),
            MarkChange::Tag(tag) => insert_sorted(&mut self.tags, tag),
            MarkChange::Untag(tag) => self.tags.retain(|known| known != tag),
            MarkChange::AddTo(collection) => insert_sorted(&mut self.collections, collection),
            MarkChange::RemoveFrom(collection) => self.collections.retain(|known| known != collection),
        }
    }
}

/// Inserts an item into a sorted list without duplicates.
pub(super) fn insert_sorted<T: Ord + Clone>(sorted: &mut Vec<T>, new: &T) {
    if let Err(place) = sorted.binary_search(new) {
        sorted.insert(place, new.clone());
    }
}

/// A change of the marks of images, the same for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkChange {
    /// Sets the rating, 0 to [`MAX_STARS`] stars.
    Rate(u8),
    /// Picked, rejected, or neither.
    Flag(Flag),
    /// Sets or removes the color label.
    Label(Option<Label>),
    /// Adds a tag.
    Tag(String),
    /// Removes a tag.
    Untag(String),
    /// Sets the note; an empty one removes it.
    Note(String),
    /// Adds the images to a collection.
    AddTo(CollectionId),
    /// Removes the images from a collection.
    RemoveFrom(CollectionId),
}
