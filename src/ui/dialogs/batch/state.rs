//! The state of the batch dialog.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    prompt::Sources,
    recipe::{ImageId, Recipe},
    studio::{Command, GalleryCommand, GalleryEvent, ImageDetails, OrganizeEvent, ProviderEvent},
    ui::{actions::action::Actions, state::view_context::ViewContext},
};

use super::{count::BatchEstimate, plan::BatchPlan};

/// Number of images whose details are requested at the same time.
const AT_ONCE: usize = 64;

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct BatchDialog {
    pub(super) images: Vec<ImageId>,
    pub(super) plan: BatchPlan,
    /// The details of each image, cached here because there may be more of them than [`StudioState`] caches.
    pub(super) details: HashMap<ImageId, Arc<ImageDetails>>,
    /// Images whose details were requested and have not arrived yet.
    pub(super) asked: HashSet<ImageId>,
    pub(super) focus_wanted: bool,
    /// The estimate, with its inputs.
    pub(super) counted: Option<(CachedEstimate, BatchEstimate)>,
    /// Whether the confirmation of a large batch is shown.
    pub(super) asking: bool,
}

/// The inputs of an estimate.
#[derive(Debug, PartialEq)]
pub(super) struct CachedEstimate {
    pub(super) plan: BatchPlan,
    pub(super) images: usize,
    pub(super) read: usize,
    pub(super) sources: *const Sources,
}

impl BatchDialog {
    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent) {
        match event {
            GalleryEvent::Details(details) if self.asked.remove(&details.facts.id) => {
                self.details.insert(details.facts.id, Arc::new(details.as_ref().clone()));
            }
            // The duration of a request may have become known.
            GalleryEvent::ImageStored(_) => self.count_again(),
            GalleryEvent::ViewPreview(_)
            | GalleryEvent::View(_)
            | GalleryEvent::Rows { .. }
            | GalleryEvent::RowsChanged
            | GalleryEvent::Thumbnail { .. }
            | GalleryEvent::Image { .. }
            | GalleryEvent::ClipboardImage { .. }
            | GalleryEvent::Batch(..)
            | GalleryEvent::Details(_)
            | GalleryEvent::Exchange(..) => {}
        }
    }

    /// Folds an event about the trash into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        if let OrganizeEvent::MovedToTrash(ids) = event
            && self.is_open()
        {
            self.images.retain(|id| !ids.contains(id));
        }
    }

    /// Folds an event about providers into this state.
    pub fn fold_providers(&mut self, event: &ProviderEvent) {
        match event {
            ProviderEvent::Models(..) | ProviderEvent::KeyState(..) | ProviderEvent::Learned(..) => self.count_again(),
            ProviderEvent::ConnectionTested(..)
            | ProviderEvent::DiagnosticStep(..)
            | ProviderEvent::DiagnosticsDone(_) => {}
        }
    }

    /// Estimates the requests again, because prices, durations or keys may have become known.
    pub fn count_again(&mut self) {
        self.counted = None;
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        !self.images.is_empty()
    }

    /// Opens it for images, with model and parameters of the composer. `count_up` tells whether its seed counts up.
    pub fn open(&mut self, images: Vec<ImageId>, composer: &Recipe, count_up: bool) {
        let mut plan = BatchPlan::new(composer, count_up);
        // The last instruction is kept, because it is often used again.
        plan.each.prompt = std::mem::take(&mut self.plan.each.prompt);
        plan.together.prompt = std::mem::take(&mut self.plan.together.prompt);
        *self = Self { images, plan, focus_wanted: true, ..Self::default() };
    }

    pub fn close(&mut self) {
        self.images.clear();
        self.details.clear();
        self.asked.clear();
        self.counted = None;
        self.asking = false;
    }

    /// Requests missing details, some at a time.
    pub(super) fn read(&mut self, cx: &ViewContext<'_>, actions: &mut Actions) {
        if self.details.len() == self.images.len() {
            return;
        }
        for id in &self.images {
            if self.details.contains_key(id) {
                continue;
            }
            if let Some(details) = cx.known.details(*id) {
                self.details.insert(*id, Arc::clone(details));
            } else if self.asked.len() < AT_ONCE && self.asked.insert(*id) {
                actions.send(Command::Gallery(GalleryCommand::LoadDetails(*id)));
            }
        }
    }

    /// The images with loaded details, in order.
    pub(super) fn images(&self) -> Vec<&ImageDetails> {
        self.images.iter().filter_map(|id| self.details.get(id)).map(Arc::as_ref).collect()
    }

    /// The number of images without details.
    pub(super) fn unread(&self) -> usize {
        self.images.iter().filter(|id| !self.details.contains_key(id)).count()
    }

    /// The estimate, updated when its inputs have changed.
    pub(super) fn count(&mut self, cx: &ViewContext<'_>) -> BatchEstimate {
        let now = CachedEstimate {
            plan: self.plan.clone(),
            images: self.images.len(),
            read: self.details.len(),
            sources: Arc::as_ptr(&cx.known.sources),
        };
        match &self.counted {
            Some((counted, count)) if *counted == now => count.clone(),
            _ => {
                let count = BatchEstimate::of(&self.plan, &self.images(), cx);
                self.counted = Some((now, count.clone()));
                count
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::dialogs::batch::plan::{self, BatchMode, OWN};
    use plan::tests::details;

    #[test]
    fn only_typed_text_is_kept_for_the_next_batch() {
        let mut dialog = BatchDialog::default();
        let image = details(1, "a fox");
        dialog.open(vec![image.facts.id], &Recipe::default(), false);
        assert!(dialog.is_open());
        dialog.plan.each.prompt = "in snow".to_owned();
        dialog.plan.again.prompt = "other".to_owned();
        dialog.plan.mode = BatchMode::Again;
        dialog.close();
        assert!(!dialog.is_open());
        dialog.open(vec![image.facts.id], &Recipe { model: "new".to_owned(), ..Recipe::default() }, false);
        assert_eq!((dialog.plan.mode, dialog.plan.each.prompt.as_str()), (BatchMode::Each, "in snow"));
        assert_eq!((dialog.plan.again.prompt.as_str(), dialog.plan.model.as_str()), (OWN, "new"));
    }

    #[test]
    fn a_image_that_is_deleted_meanwhile_is_not_asked_for() {
        let mut dialog = BatchDialog::default();
        let ids = [details(1, "").facts.id, details(2, "").facts.id];
        dialog.open(ids.to_vec(), &Recipe::default(), false);
        dialog.fold_organize(&OrganizeEvent::MovedToTrash(vec![ids[0]]));
        assert_eq!((dialog.images.clone(), dialog.unread()), (vec![ids[1]], 1));
    }
}
