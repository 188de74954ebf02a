//! The pictures of a view in their order, and where each of them stands.

use std::{fmt, ops::Deref, sync::Arc};

use crate::recipe::ImageId;

/// The pictures of a view in order. Cheap to clone: every clone shares the same list.
///
/// A million pictures are found by their place at once, and by their id in twenty steps, so that a window that draws
/// them never walks through all.
#[derive(Clone, Default)]
pub struct Listing {
    ids: Arc<[ImageId]>,
    /// The places, sorted by the id that stands there.
    by_id: Arc<[u32]>,
}

impl Listing {
    /// Where a picture stands, if it is there.
    pub fn position(&self, id: ImageId) -> Option<usize> {
        let found = self.by_id.binary_search_by_key(&id, |place| self.ids[*place as usize]).ok()?;
        Some(self.by_id[found] as usize)
    }

    /// The list itself, shared.
    pub fn shared(&self) -> Arc<[ImageId]> {
        Arc::clone(&self.ids)
    }

    /// Whether both are the very same list, so that places in one are places in the other.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.ids, &other.ids)
    }
}

impl From<Vec<ImageId>> for Listing {
    /// Sorts the places by id, which is work for a thread that may be busy for a while.
    fn from(ids: Vec<ImageId>) -> Self {
        let mut by_id: Vec<u32> = (0..ids.len() as u32).collect();
        // Newest first is the reverse of the order of ids, which a stable sort notices.
        by_id.sort_by_key(|place| ids[*place as usize]);
        Self { ids: ids.into(), by_id: by_id.into() }
    }
}

impl FromIterator<ImageId> for Listing {
    fn from_iter<T: IntoIterator<Item = ImageId>>(ids: T) -> Self {
        ids.into_iter().collect::<Vec<_>>().into()
    }
}

impl Deref for Listing {
    type Target = [ImageId];

    fn deref(&self) -> &Self::Target {
        &self.ids
    }
}

impl PartialEq for Listing {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || self.ids == other.ids
    }
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listing({} pictures)", self.ids.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_found_in_any_order() {
        let id = |n: u128| ImageId::from_uuid(uuid::Uuid::from_u128(n));
        let listing: Listing = [7, 3, 9, 1, 8].map(id).into_iter().collect();
        for (place, id) in listing.iter().enumerate() {
            assert_eq!(listing.position(*id), Some(place));
        }
        assert_eq!(listing.position(id(2)), None);
        assert_eq!(Listing::default().position(id(2)), None);
        assert!(listing.is(&listing.clone()) && !listing.is(&listing.iter().copied().collect()));
    }
}
