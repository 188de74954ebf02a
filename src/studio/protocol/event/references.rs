//! Events about reference images and masks.

use crate::{
    recipe::{Coverage, ImageInfo, Reference},
    studio::protocol::images::Pixels,
};

/// Reference images and masks that were read, and data that was requested for them.
#[derive(Clone, Debug)]
pub enum ReferenceEvent {
    /// A reference is ready to be used.
    Ready {
        /// The reference.
        reference: Reference,
        /// A small image of it.
        pixels: Pixels,
    },
    /// Format and size of a reference's file.
    Measured {
        /// Hash of the reference.
        sha256: String,
        /// Its format and size.
        measured: ImageInfo,
    },
    /// A reference on which a mask is painted.
    MaskBase {
        /// Hash of the reference.
        sha256: String,
        /// The image, not larger than a screen.
        pixels: Pixels,
        /// What the mask covers already, at a smaller size.
        coverage: Coverage,
    },
    /// A mask was created.
    MaskReady {
        /// Hash of the reference.
        sha256: String,
        /// The mask; `None` if it covers nothing.
        mask: Option<Reference>,
    },
    /// The number of references that are being downloaded.
    Downloading(usize),
    /// A small image of a reference.
    Thumbnail {
        /// Hash of the reference.
        sha256: String,
        /// The image.
        pixels: Pixels,
    },
}
