//! Which pictures are selected, and which one the keyboard is on.

use std::collections::HashSet;

use crate::recipe::ImageId;

/// The selection of the gallery.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    selected: HashSet<ImageId>,
    focus: Option<ImageId>,
    revision: u64,
}

impl Selection {
    /// The selection that a person left.
    pub fn restore(selected: &[ImageId], focus: Option<ImageId>) -> Self {
        Self { selected: selected.iter().copied().collect(), focus, revision: 0 }
    }

    /// Selects exactly these pictures and puts the keyboard on one of them.
    pub fn set(&mut self, selected: impl IntoIterator<Item = ImageId>, focus: Option<ImageId>) {
        self.selected = selected.into_iter().collect();
        self.focus = focus;
        self.revision += 1;
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
