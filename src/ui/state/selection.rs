//! The selected images and the focused one.
//!
//! A million images can be selected at once. The selection is a set of positions in the view in which it was made, so
//! that selecting all images or a range is cheap. After the view changes it is carried over in parts, one part per
//! frame.

use std::{
    collections::BTreeSet,
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{recipe::ImageId, studio::ImageList};

use super::bitset::BitSet;

/// How long one frame may spend on carrying the selection over to another view.
const FRAME_BUDGET: Duration = Duration::from_millis(2);
/// How many images are carried over between two looks at the clock.
const CHUNK_IMAGES: usize = 1_024;

/// The selection of the gallery.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The view that the positions refer to.
    base: ImageList,
    places: BitSet,
    /// Selected images that are not in the view.
    strangers: BTreeSet<ImageId>,
    count: usize,
    moving: Option<Transfer>,
    focus: Option<ImageId>,
    /// Where a range starts.
    anchor: Option<ImageId>,
    /// The images in the order in which they were chosen, as long as each was chosen individually.
    chosen: Vec<ImageId>,
    revision: u64,
}

/// The progress of carrying the selection over to another view.
#[derive(Clone, Debug)]
struct Transfer {
    to: ImageList,
    places: BitSet,
    /// The first position of the old view that is not carried over yet.
    next: usize,
    /// The distance between the last image's positions in both views: its neighbor most likely has the same.
    shift: isize,
}

impl Selection {
    /// Restores the selection of a saved session.
    pub fn restore(selected: &[ImageId], focus: Option<ImageId>) -> Self {
        let mut selection = Self::default();
        selection.set(selected.iter().copied(), focus);
        selection.revision = 0;
        selection
    }

    /// Selects exactly these images and focuses one of them.
    pub fn set(&mut self, selected: impl IntoIterator<Item = ImageId>, focus: Option<ImageId>) {
        self.clear();
        for id in selected {
            self.insert(id);
        }
        self.focus = focus;
        self.anchor = focus;
        self.changed();
    }

    /// Selects one image and nothing else.
    pub fn only(&mut self, id: ImageId) {
        self.set([id], Some(id));
        self.chosen.push(id);
    }

    /// Selects every image of a view.
    pub fn select_all(&mut self, view: &ImageList) {
        self.start_over(view);
        self.places.insert_range(0..view.len());
        self.count = view.len();
        self.changed();
    }

    /// Selects what was selected in `before` and some ranges of a view, as a rubber band does.
    pub fn select_ranges(&mut self, before: &Self, ranges: &[Range<usize>], view: &ImageList) {
        let revision = self.revision;
        self.clone_from(before);
        self.revision = revision;
        if !self.base.is_same(view) {
            let kept = self.in_order(view);
            self.start_over(view);
            for id in kept {
                self.insert(id);
            }
        }
        for range in ranges {
            self.places.insert_range(range.start..range.end.min(view.len()));
        }
        self.count = self.places.len() + self.strangers.len();
        if let Some(first) = ranges.first().and_then(|range| view.get(range.start)) {
            self.focus = Some(*first);
        }
        self.anchor = self.focus;
        self.changed();
    }

    /// Focuses an image without changing the selection.
    pub fn focus_on(&mut self, id: ImageId) {
        self.focus = Some(id);
    }

    /// Adds an image to the selection or removes it.
    pub fn toggle(&mut self, id: ImageId) {
        let had = match self.base.position(id) {
            Some(place) => self.places.remove(place),
            None => self.strangers.remove(&id),
        };
        let one_by_one = self.chosen.len() == self.count;
        if had {
            self.count -= 1;
            self.chosen.retain(|chosen| *chosen != id);
        } else {
            self.insert(id);
            if one_by_one {
                self.chosen.push(id);
            }
        }
        self.focus = Some(id);
        self.anchor = Some(id);
        self.changed();
    }

    /// Selects from the anchor up to an image, and nothing else.
    pub fn extend(&mut self, to: ImageId, view: &ImageList) {
        let anchor = self.anchor.or(self.focus).unwrap_or(to);
        let (Some(from), Some(upto)) = (view.position(anchor), view.position(to)) else { return self.only(to) };
        let range = from.min(upto)..from.max(upto) + 1;
        self.start_over(view);
        self.count = range.len();
        self.places.insert_range(range);
        self.focus = Some(to);
        self.anchor = Some(anchor);
        self.changed();
    }

    /// Carries the selection over to a view; images that the view does not have are dropped. Returns whether the next
    /// frame has to continue.
    pub fn follow(&mut self, view: &ImageList) -> bool {
        if self.base.is_same(view) && self.strangers.is_empty() {
            self.moving = None;
            return false;
        }
        if self.count == 0 {
            self.start_over(view);
            return false;
        }
        let mut moving = match self.moving.take() {
            Some(moving) if moving.to.is_same(view) => moving,
            _ => Transfer { to: view.clone(), places: BitSet::none(view.len()), next: 0, shift: 0 },
        };
        let start = Instant::now();
        for (done, place) in self.places.from(moving.next).enumerate() {
            if done % CHUNK_IMAGES == CHUNK_IMAGES - 1 && start.elapsed() > FRAME_BUDGET {
                moving.next = place;
                self.moving = Some(moving);
                return true;
            }
            let id = self.base[place];
            let guess = place.checked_add_signed(moving.shift);
            let found = guess.filter(|guess| view.get(*guess) == Some(&id)).or_else(|| view.position(id));
            if let Some(found) = found {
                moving.places.insert(found);
                moving.shift = found as isize - place as isize;
            }
        }
        for place in self.strangers.iter().filter_map(|id| view.position(*id)) {
            moving.places.insert(place);
        }
        let before = self.count;
        self.base = moving.to;
        self.places = moving.places;
        self.strangers.clear();
        self.count = self.places.len();
        self.revision += u64::from(before != self.count);
        false
    }

    /// Whether an image is selected.
    pub fn contains(&self, id: ImageId) -> bool {
        match self.base.position(id) {
            Some(place) => self.places.has(place),
            None => self.strangers.contains(&id),
        }
    }

    /// The focused image.
    pub fn focus(&self) -> Option<ImageId> {
        self.focus
    }

    /// The selected image that commands for a single image apply to: the focused one if it is selected, else the first
    /// one of the view.
    pub fn subject(&self, view: &ImageList) -> Option<ImageId> {
        let focus = self.focus.filter(|focus| self.contains(*focus));
        focus.or_else(|| self.first(view, 1).first().copied())
    }

    /// The number of selected images.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The selected images in the order of the view, without those that the view does not have.
    pub fn in_order(&self, view: &ImageList) -> Vec<ImageId> {
        self.first(view, self.count)
    }

    /// The selected images in the order in which they were chosen, if each was chosen individually, else in the order
    /// of the view.
    pub fn as_chosen(&self, view: &ImageList) -> Vec<ImageId> {
        let all_there = self.chosen.len() == self.count && self.chosen.iter().all(|id| self.contains(*id));
        if all_there {
            return self.chosen.iter().copied().filter(|id| view.position(*id).is_some()).collect();
        }
        self.in_order(view)
    }

    /// The same, without a copy where everything is selected.
    pub fn shared(&self, view: &ImageList) -> Arc<[ImageId]> {
        if self.base.is_same(view) && self.count == view.len() { view.shared() } else { self.in_order(view).into() }
    }

    /// The first selected images in the order of the view.
    pub fn first(&self, view: &ImageList, most: usize) -> Vec<ImageId> {
        let here = |place: usize| view.get(place).copied();
        let whole = most >= self.count;
        if self.base.is_same(view) {
            return self.places.from(0).take(most).filter_map(here).collect();
        }
        let known = self.places.from(0).filter_map(|place| view.position(self.base[place]));
        let mut places: Vec<_> = known
            .chain(self.strangers.iter().filter_map(|id| view.position(*id)))
            // Until the selection is carried over any few of them will do, because a sorted result would have to wait
            // for all.
            .take(if whole { usize::MAX } else { most })
            .collect();
        places.sort_unstable();
        places.into_iter().take(most).filter_map(here).collect()
    }

    /// Increases with every change, so that a change can be detected without comparing.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    fn changed(&mut self) {
        // The part that was carried over is outdated.
        self.moving = None;
        self.revision += 1;
    }

    fn clear(&mut self) {
        self.chosen.clear();
        if self.count > 0 {
            self.places = BitSet::none(self.base.len());
            self.strangers.clear();
            self.count = 0;
        }
    }

    fn start_over(&mut self, view: &ImageList) {
        *self = Self {
            base: view.clone(),
            places: BitSet::none(view.len()),
            focus: self.focus,
            anchor: self.anchor,
            revision: self.revision,
            ..Self::default()
        };
    }

    fn insert(&mut self, id: ImageId) {
        let new = match self.base.position(id) {
            Some(place) => self.places.insert(place),
            None => self.strangers.insert(id),
        };
        self.count += usize::from(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> ImageId {
        ImageId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn ids(n: u128) -> ImageList {
        (0..n).map(id).collect()
    }

    #[test]
    fn range_grows_and_shrinks_around_its_anchor() {
        let view = ids(10);
        let mut selection = Selection::default();
        selection.only(view[4]);
        selection.extend(view[7], &view);
        assert_eq!(selection.in_order(&view), view[4..=7]);
        selection.extend(view[2], &view);
        assert_eq!(selection.in_order(&view), view[2..=4]);
        assert_eq!(selection.focus(), Some(view[2]));
    }

    #[test]
    fn toggle_sets_the_anchor_of_the_next_range() {
        let view = ids(10);
        let mut selection = Selection::default();
        selection.only(view[0]);
        selection.toggle(view[5]);
        assert_eq!(selection.in_order(&view), [view[0], view[5]]);
        selection.toggle(view[5]);
        assert_eq!(selection.in_order(&view), [view[0]]);
        selection.extend(view[6], &view);
        assert_eq!(selection.in_order(&view), view[5..=6]);
    }

    #[test]
    fn only_a_selected_image_is_acted_on() {
        let view = ids(10);
        let mut selection = Selection::default();
        selection.only(view[3]);
        assert_eq!(selection.subject(&view), Some(view[3]));
        selection.focus_on(view[5]);
        assert_eq!(selection.subject(&view), Some(view[3]), "the focus alone chooses nothing");
        selection.toggle(view[5]);
        assert_eq!(selection.subject(&view), Some(view[5]));
        selection.set([], Some(view[5]));
        assert_eq!(selection.subject(&view), None);
    }

    #[test]
    fn images_that_were_chosen_one_by_one_know_their_order() {
        let view = ids(10);
        let mut selection = Selection::default();
        selection.only(view[6]);
        selection.toggle(view[2]);
        selection.toggle(view[8]);
        selection.toggle(view[4]);
        selection.toggle(view[2]);
        assert_eq!(selection.as_chosen(&view), [6, 8, 4].map(id));
        let newer: ImageList = [20].into_iter().chain(0..8).map(id).collect();
        selection.follow(&newer);
        assert_eq!(selection.as_chosen(&newer), [4, 6].map(id), "one is gone, and with it how they were chosen");
        selection.only(view[6]);
        selection.extend(view[4], &view);
        selection.toggle(view[1]);
        assert_eq!(selection.as_chosen(&view), [1, 4, 5, 6].map(id));
    }

    #[test]
    fn images_that_left_the_view_are_deselected() {
        let view = ids(5);
        let mut selection = Selection::restore(&view, Some(view[0]));
        assert!(!selection.follow(&view[2..4].to_vec().into()));
        assert_eq!(selection.len(), 2);
        assert!(selection.contains(view[2]) && !selection.contains(view[0]));
    }

    #[test]
    fn the_selection_stays_on_its_images_when_others_come_go_and_change_places() {
        let view = ids(300);
        let mut selection = Selection::default();
        selection.only(view[10]);
        selection.extend(view[200], &view);
        selection.toggle(view[20]);
        let chosen: BTreeSet<_> = selection.in_order(&view).into_iter().collect();
        assert_eq!(chosen.len(), 190);
        let newer: ImageList = (1_000..1_005).chain(0..50).chain(60..300).map(id).collect();
        let reversed: ImageList = newer.iter().rev().copied().collect();
        for view in [newer, reversed] {
            let expected: Vec<_> = view.iter().copied().filter(|id| chosen.contains(id)).collect();
            assert_eq!(selection.in_order(&view), expected);
            assert!(!selection.follow(&view));
            assert_eq!(selection.in_order(&view), expected);
            assert_eq!(selection.len(), 180);
        }
    }

    #[test]
    fn a_million_images_are_carried_over_in_pieces_and_can_be_changed_meanwhile() {
        let view = ids(1_000_000);
        let mut selection = Selection::default();
        selection.select_all(&view);
        let reversed: ImageList = view.iter().rev().copied().collect();
        selection.follow(&reversed);
        selection.toggle(view[7]);
        while selection.follow(&reversed) {
            assert_eq!(selection.len(), 999_999);
            assert!(selection.contains(view[8]) && !selection.contains(view[7]));
        }
        assert!(selection.contains(view[8]) && !selection.contains(view[7]));
        assert_eq!(selection.len(), 999_999);
    }

    #[test]
    fn rubber_band_extends_the_previous_selection() {
        let view = ids(40);
        let mut selection = Selection::default();
        selection.only(view[1]);
        let before = selection.clone();
        selection.select_ranges(&before, &[5..8, 10..12], &view);
        assert_eq!(selection.in_order(&view), [1, 5, 6, 7, 10, 11].map(id));
        selection.select_ranges(&before, std::slice::from_ref(&(6..7)), &view);
        assert_eq!(selection.in_order(&view), [1, 6].map(id));
        assert_eq!(selection.focus(), Some(view[6]));
    }
}
