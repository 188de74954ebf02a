//! How a person organizes images: ratings, flags, labels, tags, collections, votes, and the order of a view.

mod collection;
mod marks;
mod sort_order;
mod vote;

pub use collection::{Collection, CollectionEdit};
pub use marks::{Change, Flag, Label, Marks, STARS};
pub use sort_order::{Order, OrderKey};
pub use vote::{Score, Vote, VoteChoice, scores};
