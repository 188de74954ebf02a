//! Organizing images: ratings, flags, labels, tags, collections, votes, and the order of a view.

mod collection;
mod marks;
mod sort_order;
mod vote;

pub use collection::{Collection, CollectionEdit};
pub use marks::{Flag, Label, MAX_STARS, MarkChange, Marks};
pub use sort_order::{SortField, SortOrder};
pub use vote::{Score, Vote, VoteChoice, scores};
