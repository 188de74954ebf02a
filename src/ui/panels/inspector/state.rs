//! The state of the inspector.

use crate::{
    recipe::ImageId,
    studio::{Command, GalleryEvent, OrganizeEvent},
    ui::state::{selection::Selection, studio_state::StudioState},
};

use super::annotations;

/// The state of the inspector.
#[derive(Debug, Default)]
pub struct Inspector {
    /// The image whose details were requested last.
    pub(super) asked: Option<ImageId>,
    /// Height of the last image, used until the next one's aspect ratio is known.
    pub(super) height: Option<f32>,
    /// Whether the details are to be requested again.
    pub(super) stale: bool,
    pub(super) marks: annotations::AnnotationEditor,
    /// The texts that are typed for several images.
    pub(super) for_all: annotations::SharedAnnotations,
    /// The first images of a selection, with the revisions of selection and view.
    pub(super) first: Option<(u64, u64, Vec<ImageId>)>,
}

impl Inspector {
    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent, known: &StudioState) {
        // Other details may have evicted those of the shown image.
        if matches!(event, GalleryEvent::Details(_)) && self.asked.is_some_and(|id| known.details(id).is_none()) {
            self.asked = None;
        }
    }

    /// Folds an event about marks, collections and the trash into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        match event {
            // The event of an undo does not contain the restored values, nor the first images of a new collection.
            OrganizeEvent::Changed { change: None, .. }
            | OrganizeEvent::CollectionsEdited { .. }
            // These events do not say which parents and variations are among the images.
            | OrganizeEvent::MovedToTrash(_)
            | OrganizeEvent::RestoredFromTrash(_)
            | OrganizeEvent::TrashEmptied(_) => self.stale = true,
            OrganizeEvent::TagSuggestions(beginning, tags) => self.marks.receive_suggestions(beginning, tags),
            OrganizeEvent::Changed { change: Some(_), .. }
            | OrganizeEvent::Progress { .. }
            | OrganizeEvent::Collections(_) => {}
        }
    }

    /// The command that saves an unsaved note, if there is one.
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

/// Maximum number of images shown for a selection of several.
pub(super) const MAX_MOSAIC_IMAGES: usize = 9;
