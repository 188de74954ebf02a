//! The inverse of changes to marks and collections.

use crate::recipe::{Change, CollectionEdit, ImageId};

/// A change that undoes another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InverseChange {
    /// Gives these images the mark that they had before.
    Change(Vec<ImageId>, Change),
    /// Gives the collections the state that they had before.
    Collections(CollectionEdit),
}
