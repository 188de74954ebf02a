//! Which pictures are selected, and which one the keyboard is on.

use std::collections::HashSet;

use crate::recipe::ImageId;

/// The selection of the gallery.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    selected: HashSet<ImageId>,
    focus: Option<ImageId>,
    /// Where a range starts.
    anchor: Option<ImageId>,
    revision: u64,
}

impl Selection {
    /// The selection that a person left.
    pub fn restore(selected: &[ImageId], focus: Option<ImageId>) -> Self {
        Self { selected: selected.iter().copied().collect(), focus, anchor: focus, revision: 0 }
    }

    /// Selects exactly these pictures and puts the keyboard on one of them.
    pub fn set(&mut self, selected: impl IntoIterator<Item = ImageId>, focus: Option<ImageId>) {
        self.selected = selected.into_iter().collect();
        self.focus = focus;
        self.anchor = focus;
        self.revision += 1;
    }

    /// Selects one picture and nothing else.
    pub fn only(&mut self, id: ImageId) {
        self.set([id], Some(id));
    }

    /// Puts the keyboard on a picture and leaves the selection as it is.
    pub fn focus_on(&mut self, id: ImageId) {
        self.focus = Some(id);
    }

    /// Adds a picture, or takes it away.
    pub fn toggle(&mut self, id: ImageId) {
        if !self.selected.remove(&id) {
            self.selected.insert(id);
        }
        self.focus = Some(id);
        self.anchor = Some(id);
        self.revision += 1;
    }

    /// Selects from where the last range or single choice began up to a picture, and nothing else.
    pub fn extend(&mut self, to: ImageId, view: &[ImageId]) {
        let place = |id: ImageId| view.iter().position(|other| *other == id);
        let anchor = self.anchor.or(self.focus).unwrap_or(to);
        let (Some(from), Some(upto)) = (place(anchor), place(to)) else { return self.only(to) };
        self.selected = view[from.min(upto)..=from.max(upto)].iter().copied().collect();
        self.focus = Some(to);
        self.anchor = Some(anchor);
        self.revision += 1;
    }

    /// Leaves out what a view does not show.
    pub fn keep_in(&mut self, view: &[ImageId]) {
        if !self.selected.is_empty() {
            let before = self.selected.len();
            self.selected = self.in_order(view).into_iter().collect();
            self.revision += u64::from(before != self.selected.len());
        }
    }

    /// Whether a picture is selected.
    pub fn contains(&self, id: ImageId) -> bool {
        self.selected.contains(&id)
    }

    /// The picture that the keyboard is on.
    pub fn focus(&self) -> Option<ImageId> {
        self.focus
    }

    /// How many pictures are selected.
    pub fn len(&self) -> usize {
        self.selected.len()
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.selected.is_empty()
    }

    /// The selected pictures in the order of the view; what the view does not show is left out.
    pub fn in_order(&self, view: &[ImageId]) -> Vec<ImageId> {
        if self.selected.is_empty() {
            return Vec::new();
        }
        view.iter().copied().filter(|id| self.selected.contains(id)).collect()
    }

    /// Counts up with every change, so that a change can be noticed without comparing.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(n: u128) -> Vec<ImageId> {
        (0..n).map(|n| ImageId::from_uuid(uuid::Uuid::from_u128(n))).collect()
    }

    #[test]
    fn a_range_grows_and_shrinks_around_where_it_began() {
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
    fn a_toggle_starts_the_next_range() {
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
    fn what_is_gone_from_the_view_is_no_longer_selected() {
        let view = ids(5);
        let mut selection = Selection::restore(&view, Some(view[0]));
        selection.keep_in(&view[2..4]);
        assert_eq!(selection.len(), 2);
        assert!(selection.contains(view[2]) && !selection.contains(view[0]));
    }
}
