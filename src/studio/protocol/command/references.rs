//! Commands about reference images and masks.

use std::path::PathBuf;

use crate::recipe::{BrushStroke, ImageId, Reference};

/// Adds reference images and paints masks for them.
#[derive(Debug)]
pub enum ReferenceCommand {
    /// Let the person choose reference files in a dialog.
    PickFiles,
    /// Read dropped or pasted files as references.
    AddFiles(Vec<PathBuf>),
    /// Download the image behind a link, or decode a data URL, as a reference.
    AddUrl(String),
    /// Use pixels from the clipboard as a reference: RGBA, not premultiplied.
    AddPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// `width * height * 4` bytes.
        rgba: Vec<u8>,
    },
    /// Use images of the library as references.
    AddImages(Vec<ImageId>),
    /// Send a small image of a reference (after a restart, when only its hash is known).
    LoadThumbnail(Reference),
    /// Send a reference at the size at which its mask is painted, and what the mask covers already.
    LoadMaskBase {
        /// The reference.
        reference: Reference,
        /// Its mask, if it has one.
        mask: Option<Reference>,
    },
    /// Create a mask for a reference.
    CreateMask {
        /// The reference.
        reference: Reference,
        /// The mask to which the strokes are added.
        base: Option<Reference>,
        /// The painted strokes.
        strokes: Vec<BrushStroke>,
    },
}
