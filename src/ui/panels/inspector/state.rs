//! What the inspector remembers.

use super::annotations;
use crate::{
    recipe::ImageId,
    studio::{Command, Event},
    ui::state::{selection::Selection, studio_state::StudioState},
};

/// What the inspector remembers.
#[derive(Debug, Default)]
pub struct Inspector {
    /// The picture that the studio was asked about last.
    pub(super) asked: Option<ImageId>,
    /// Height of the last picture, kept until the next one's shape is known.
    pub(super) height: Option<f32>,
    /// What is said about the picture is to be asked for again.
    pub(super) stale: bool,
    pub(super) marks: annotations::AnnotationEditor,
    /// The tag that is being typed for several pictures.
    pub(super) tag_for_all: String,
    /// The first pictures of a selection, with the revisions of selection and view that they are of.
    pub(super) first: Option<(u64, u64, Vec<ImageId>)>,
}

impl Inspector {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, known: &StudioState) {
        // Others' details may have pushed out those of the picture that is shown.
        if matches!(event, Event::Details(_)) && self.asked.is_some_and(|id| known.details(id).is_none()) {
            self.asked = None;
        }
        // What former values came back is not said.
        // Nor is it which pictures a new collection begins with.
        self.stale |= matches!(event, Event::Organised { change: None, .. } | Event::CollectionsEdited(_));
        // Nor which pictures its parents and variations among them are.
        self.stale |= matches!(event, Event::Deleted(_) | Event::Restored(_) | Event::TrashEmptied(_));
        self.marks.fold(event);
    }

    /// What keeps a note that is still being written, if there is one.
    pub fn unsent(&mut self) -> Option<Command> {
        self.marks.unsent()
    }

    pub(super) fn first_selected(&mut self, selection: &Selection, known: &StudioState) -> &[ImageId] {
        let now = (selection.revision(), known.view.as_ref().map_or(0, |view| view.revision));
        if self.first.as_ref().is_none_or(|(selected, view, _)| (*selected, *view) != now) {
            let first = selection.first(&known.ids(), MAX_MOSAIC_IMAGES);
            self.first = Some((now.0, now.1, first));
        }
        self.first.as_ref().map_or(&[], |(_, _, first)| first)
    }
}

/// Pictures shown for a selection of several.
pub(super) const MAX_MOSAIC_IMAGES: usize = 9;
