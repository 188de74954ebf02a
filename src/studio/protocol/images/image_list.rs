//! The images of a view in order, and the position of each of them.

use std::{fmt, ops::Deref, sync::Arc};

use crate::recipe::ImageId;

/// The images of a view in order. Cheap to clone, because all clones share the list.
///
/// Looking up an image by position takes constant time, and by id logarithmic time, so that the window never walks
/// through all images of a view.
#[derive(Clone, Default)]
pub struct ImageList {
    ids: Arc<[ImageId]>,
    /// The positions, sorted by the ids at them.
    by_id: Arc<[u32]>,
}

impl ImageList {
    /// The position of an image, if it is in the list.
    pub fn position(&self, id: ImageId) -> Option<usize> {
        let found = self.by_id.binary_search_by_key(&id, |position| self.ids[*position as usize]).ok()?;
        Some(self.by_id[found] as usize)
    }

    /// The shared list.
    pub fn shared(&self) -> Arc<[ImageId]> {
        Arc::clone(&self.ids)
    }

    /// Whether both share one list, so that positions in one are positions in the other.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.ids, &other.ids)
    }
}

impl From<Vec<ImageId>> for ImageList {
    /// Sorts the positions by id, which takes too long for the thread of the window.
    fn from(ids: Vec<ImageId>) -> Self {
        let mut by_id: Vec<u32> = (0..ids.len() as u32).collect();
        // Newest first is the reverse of the order of ids, which a stable sort detects.
        by_id.sort_by_key(|position| ids[*position as usize]);
        Self { ids: ids.into(), by_id: by_id.into() }
    }
}

impl FromIterator<ImageId> for ImageList {
    fn from_iter<T: IntoIterator<Item = ImageId>>(ids: T) -> Self {
        ids.into_iter().collect::<Vec<_>>().into()
    }
}

impl Deref for ImageList {
    type Target = [ImageId];

    fn deref(&self) -> &Self::Target {
        &self.ids
    }
}

impl PartialEq for ImageList {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.ids == other.ids
    }
}

impl fmt::Debug for ImageList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listing({} images)", self.ids.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_is_found_in_any_order() {
        let id = |n: u128| ImageId::from_uuid(uuid::Uuid::from_u128(n));
        let listing: ImageList = [7, 3, 9, 1, 8].map(id).into_iter().collect();
        for (position, id) in listing.iter().enumerate() {
            assert_eq!(listing.position(*id), Some(position));
        }
        assert_eq!(listing.position(id(2)), None);
        assert_eq!(ImageList::default().position(id(2)), None);
        assert!(listing.is_same(&listing.clone()) && !listing.is_same(&listing.iter().copied().collect()));
    }
}
