//! Decoded images.

use std::sync::Arc;

/// Pixels ready to become a texture: RGBA, premultiplied, rows from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height * 4` bytes.
    pub rgba: Arc<[u8]>,
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixels({} × {})", self.width, self.height)
    }
}

/// Why an image cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageLoadError {
    /// Its file does not exist.
    #[error("its file is gone")]
    Missing,
    /// Its file is damaged.
    #[error("its file is not a whole image")]
    Damaged,
    /// Its dimensions exceed what is accepted.
    #[error("its dimensions are beyond what is accepted")]
    TooLarge,
}

/// The sizes in which thumbnails are stored: the longest side in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThumbnailSize {
    /// 256 pixels.
    Small,
    /// 512 pixels.
    Large,
}

impl ThumbnailSize {
    /// The longest side in pixels.
    pub fn edge(self) -> u32 {
        match self {
            Self::Small => 256,
            Self::Large => 512,
        }
    }
}
