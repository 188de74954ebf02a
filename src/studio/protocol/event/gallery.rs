//! Events about images and the gallery.

use std::sync::Arc;

use crate::{
    library::BatchMember,
    recipe::{BatchId, Exchange, ImageId, RequestId},
    studio::protocol::images::{ImageDetails, ImageLoadError, ImageRow, Pixels, ThumbnailSize, View},
};

/// Changes of the gallery, and data that was requested for it.
#[derive(Clone, Debug)]
pub enum GalleryEvent {
    /// An image was stored durably. Sent once for each image, before its request is done.
    ImageStored(Box<ImageDetails>),
    /// The first images of a view that takes longer to read.
    ViewPreview(View),
    /// The open view, new or changed.
    View(View),
    /// Rows of the open view.
    Rows {
        /// The revision of the view that the rows belong to.
        revision: u64,
        /// Index of the first row.
        first: usize,
        /// The rows.
        rows: Vec<ImageRow>,
    },
    /// Rows that were sent before are outdated and must be loaded again.
    RowsChanged,
    /// A decoded thumbnail.
    Thumbnail {
        /// The image.
        id: ImageId,
        /// The size of the thumbnail.
        size: ThumbnailSize,
        /// The pixels, or why there are none.
        pixels: Result<Pixels, ImageLoadError>,
    },
    /// An image at full size for the viewer.
    Image {
        /// The image.
        id: ImageId,
        /// The pixels, or why there are none.
        pixels: Result<Pixels, ImageLoadError>,
    },
    /// An image at full size for the clipboard.
    ClipboardImage {
        /// The image.
        id: ImageId,
        /// The pixels, or why there are none.
        pixels: Result<Pixels, ImageLoadError>,
    },
    /// The images of a batch, in the order in which they were stored.
    Batch(BatchId, Arc<[BatchMember]>),
    /// Everything that is known about an image.
    Details(Box<ImageDetails>),
    /// The recorded request and response of a request; `None` if they were not recorded.
    Exchange(RequestId, Option<Arc<Exchange>>),
}
