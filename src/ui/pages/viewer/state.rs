//! What the viewer remembers: the image that is open, and how it is zoomed.

use crate::{
    recipe::ImageId,
    studio::{GalleryEvent, ImageLoadError, View},
    ui::{
        actions::ui_command::UiCommand,
        state::{selection::Selection, studio_state::StudioState},
    },
};

use super::{camera::Camera, full_image::FullImage};

/// The state of the viewer.
#[derive(Debug, Default)]
pub struct Viewer {
    pub(super) image: Option<ImageId>,
    pub(super) full: Option<FullImage>,
    pub(super) unreadable: Option<ImageLoadError>,
    pub(super) camera: Camera,
    /// The position of the image, and the view's revision.
    pub(super) place: Option<(ImageId, u64, usize)>,
    /// Width of the bar in the last frame, to center it.
    pub(super) bar: f32,
}

impl Viewer {
    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent) {
        if let GalleryEvent::Image { id, pixels } = event
            && self.image == Some(*id)
        {
            match pixels {
                Ok(pixels) if pixels.width > 0 && pixels.height > 0 => self.full = Some(FullImage::new(pixels.clone())),
                Ok(_) => self.unreadable = Some(ImageLoadError::Damaged),
                Err(reason) => self.unreadable = Some(*reason),
            }
        }
    }

    /// The shown image, if the viewer is open.
    pub fn image(&self) -> Option<ImageId> {
        self.image
    }

    /// Opens an image; the caller requests its pixels from the studio.
    pub fn open(&mut self, id: ImageId) {
        *self = Self { image: Some(id), bar: self.bar, ..Self::default() };
    }

    /// Goes back to the gallery.
    pub fn close(&mut self) {
        *self = Self { bar: self.bar, ..Self::default() };
    }

    /// Moves to the neighbor in the direction of a command.
    pub fn step(&mut self, verb: UiCommand, known: &StudioState, selection: &mut Selection) {
        let Some(view) = &known.view else { return };
        let Some(index) = self.index(view) else { return };
        let next = match verb {
            UiCommand::MoveLeft => index.checked_sub(1),
            _ => Some(index + 1),
        };
        if let Some(&id) = next.and_then(|next| view.ids.get(next)) {
            self.open(id);
            selection.only(id);
        }
    }

    /// The position of the image in the view.
    pub(super) fn index(&mut self, view: &View) -> Option<usize> {
        let id = self.image?;
        if let Some((known, revision, index)) = self.place
            && (known, revision) == (id, view.revision)
        {
            return Some(index);
        }
        let index = view.ids.position(id)?;
        self.place = Some((id, view.revision, index));
        Some(index)
    }
}
