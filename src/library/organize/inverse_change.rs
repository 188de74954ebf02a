//! The inverse of changes to marks and collections.

use crate::recipe::{CollectionEdit, ImageId, MarkChange};

/// A change that undoes another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InverseChange {
    /// Gives these images the mark that they had before.
    Change(Vec<ImageId>, MarkChange),
    /// Gives the collections the state that they had before.
    Collections(CollectionEdit),
}
