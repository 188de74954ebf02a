//! Ratings, flags, color labels and tags of images, and changes to them.

use serde::{Deserialize, Serialize};

use crate::recipe::values::CollectionId;

/// The most stars that an image can have.
pub const MAX_STARS: u8 = 5;

/// Whether an image was chosen from among others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Turned down.
    Rejected,
    /// Nothing was said.
    #[default]
    None,
    /// Chosen.
    Picked,
}

/// A color label. What each color means is up to the person.
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
    /// Every label, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Red, Self::Yellow, Self::Green, Self::Blue, Self::Purple];

    /// Its word in searches and on the command line.
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

/// Everything that a person has said about an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Marks {
    /// Stars, 0 to [`MAX_STARS`]; 0 is "not rated".
    pub rating: u8,
    /// Chosen, turned down, or neither.
    pub flag: Flag,
    /// Color label.
    pub label: Option<Label>,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// A note.
    pub note: String,
    /// The collections that it was put into, smart ones not among them.
    pub collections: Vec<CollectionId>,
}

impl Marks {
    /// Says one thing differently.
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

/// Puts something into a sorted list that has each thing once.
pub(super) fn insert_sorted<T: Ord + Clone>(sorted: &mut Vec<T>, new: &T) {
    if let Err(place) = sorted.binary_search(new) {
        sorted.insert(place, new.clone());
    }
}

/// A change to what is said about images, the same for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkChange {
    /// So many stars, 0 to [`MAX_STARS`].
    Rate(u8),
    /// Chosen, turned down, or neither.
    Flag(Flag),
    /// This label, or none.
    Label(Option<Label>),
    /// One more tag.
    Tag(String),
    /// One tag less.
    Untag(String),
    /// This note; an empty one is none.
    Note(String),
    /// Into a collection.
    AddTo(CollectionId),
    /// Out of a collection.
    RemoveFrom(CollectionId),
}
