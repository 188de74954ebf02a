//! The entries of the journal of ratings, tags and collections, as they are written to its lines.

use serde::{Deserialize, Serialize};

use crate::recipe::{CollectionEdit, ImageId, MarkChange};

/// One line of the journal: a change of marks or collections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(in crate::library) enum Entry {
    /// The same change of several images.
    Change {
        /// The images.
        images: Vec<ImageId>,
        /// The change.
        #[serde(flatten)]
        change: MarkChange,
    },
    /// Images that were deleted for good. Their marks are removed with them.
    Forget {
        /// The images.
        forget: Vec<ImageId>,
    },
    /// A change of the collections.
    Collections(CollectionEdit),
}
