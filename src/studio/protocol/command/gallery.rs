//! Commands about the gallery and what is shown of its images.

use std::ops::Range;

use crate::{
    recipe::{BatchId, ImageId, RequestId, SortOrder, StackKey},
    studio::protocol::images::ThumbnailSize,
};

/// Opens a view of the library and loads what the window shows.
#[derive(Debug)]
pub enum GalleryCommand {
    /// Show the images that a search finds; an empty search finds all.
    OpenView {
        /// The search as the person typed it.
        search: String,
        /// The order of the images.
        order: SortOrder,
    },
    /// Show all images of a stack (`true`), or only its first one.
    SetStackOpen(StackKey, bool),
    /// Send these rows of the open view.
    LoadRows(Range<usize>),
    /// Send the thumbnails that are on screen now, most urgent first. Replaces the previous list: what is no longer in
    /// it is dropped.
    LoadThumbnails(Vec<(ImageId, ThumbnailSize)>),
    /// Send the images of a batch, with their positions in it.
    LoadBatch(BatchId),
    /// Send everything that is known about an image.
    LoadDetails(ImageId),
    /// Send the recorded request and response of a request.
    LoadExchange(RequestId),
    /// Decode an image at full size for the viewer. Replaces the previous command of this kind.
    LoadImage(ImageId),
    /// Decode an image at full size for the clipboard.
    CopyImage(ImageId),
    /// Show the image's file in the system's file manager.
    Reveal(ImageId),
}
