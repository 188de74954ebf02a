//! A set of images by their positions in the columns.

use crate::library::index::columns::Columns;

/// A bit set of positions: membership is tested for every image of a library.
#[derive(Clone, Debug)]
pub(super) struct RowSet(Vec<u64>);

impl RowSet {
    /// The empty set, with room for every position of the columns.
    pub(super) fn empty(columns: &Columns) -> Self {
        Self(vec![0; columns.places().div_ceil(64)])
    }

    /// Adds a position.
    pub(super) fn insert(&mut self, place: u32) {
        if let Some(word) = self.0.get_mut(place as usize / 64) {
            *word |= 1 << (place % 64);
        }
    }

    /// Adds positions.
    pub(super) fn extend(&mut self, places: impl IntoIterator<Item = u32>) {
        for place in places {
            self.insert(place);
        }
    }

    /// Whether a position is in the set.
    pub(super) fn contains(&self, place: u32) -> bool {
        self.0.get(place as usize / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }
}
