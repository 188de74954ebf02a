//! What a person says about pictures: ratings, flags, labels, tags, notes and collections, and orders to see them in.

use serde::{Deserialize, Serialize};

use super::{CollectionId, ImageId};

/// The most stars that a picture can have.
pub const STARS: u8 = 5;

/// Whether a picture was chosen from among others.
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

/// A colour label. What each colour means is up to the person.
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

/// Everything that a person has said about a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Marks {
    /// Stars, 0 to [`STARS`]; 0 is "not rated".
    pub rating: u8,
    /// Chosen, turned down, or neither.
    pub flag: Flag,
    /// Colour label.
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
    pub fn change(&mut self, change: &Change) {
        match change {
            Change::Rate(stars) => self.rating = *stars.min(&STARS),
            Change::Flag(flag) => self.flag = *flag,
            Change::Label(label) => self.label = *label,
            Change::Note(note) => self.note.clone_from(note),
            Change::Tag(tag) => insert(&mut self.tags, tag),
            Change::Untag(tag) => self.tags.retain(|known| known != tag),
            Change::AddTo(collection) => insert(&mut self.collections, collection),
            Change::RemoveFrom(collection) => self.collections.retain(|known| known != collection),
        }
    }
}

/// Puts something into a sorted list that has each thing once.
fn insert<T: Ord + Clone>(sorted: &mut Vec<T>, new: &T) {
    if let Err(place) = sorted.binary_search(new) {
        sorted.insert(place, new.clone());
    }
}

/// A change to what is said about pictures, the same for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// So many stars, 0 to [`STARS`].
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

/// A collection of pictures: those that were put into it or, if it is smart, those that its search finds.
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
    /// How many pictures were put into it; nothing is counted for a smart one.
    #[serde(skip)]
    pub count: usize,
}

/// A change to the collections themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionEdit {
    /// Makes it, or brings it back with the pictures that were in it.
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
    /// Finds other pictures, if it is smart.
    Search(CollectionId, String),
    /// Removes it. Its pictures stay in the library, and collections in it move up to its parent.
    Remove(CollectionId),
}

/// What pictures are sorted by. Equals are sorted by date, newest first, and then by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKey {
    /// When they were made.
    #[default]
    Date,
    /// Stars.
    Rating,
    /// What they cost; those of which it is not known come last.
    Cost,
    /// Pixels.
    Size,
    /// The name of the model.
    Model,
}

/// The order of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    /// What is compared.
    pub key: OrderKey,
    /// The largest, or newest, first.
    pub descending: bool,
}

impl Order {
    /// The newest first.
    pub const NEWEST: Self = Self { key: OrderKey::Date, descending: true };
}

impl Default for Order {
    fn default() -> Self {
        Self::NEWEST
    }
}
