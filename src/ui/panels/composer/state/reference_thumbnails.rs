//! The thumbnails of references, and the dimensions of their files.

use std::collections::HashMap;

use egui::{ColorImage, TextureHandle, TextureOptions, Ui};

use crate::{
    recipe::{ImageInfo, Reference},
    studio::Pixels,
};

/// The thumbnails and dimensions by the hash of the reference.
#[derive(Default)]
pub struct ReferenceThumbnails {
    arrived: HashMap<String, Pixels>,
    textures: HashMap<String, TextureHandle>,
    measured: HashMap<String, ImageInfo>,
    /// The number of references that are being downloaded.
    pub fetching: usize,
}

impl std::fmt::Debug for ReferenceThumbnails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tiles")
            .field("arrived", &self.arrived.len())
            .field("drawn", &self.textures.len())
            .finish_non_exhaustive()
    }
}

impl ReferenceThumbnails {
    /// Stores a thumbnail.
    pub fn arrive(&mut self, sha256: &str, pixels: &Pixels) {
        self.arrived.insert(sha256.to_owned(), pixels.clone());
    }

    /// Stores the dimensions of a file.
    pub fn measure(&mut self, sha256: &str, measured: ImageInfo) {
        self.measured.insert(sha256.to_owned(), measured);
    }

    /// The dimensions of a reference's file.
    pub fn measured(&self, sha256: &str) -> Option<&ImageInfo> {
        self.measured.get(sha256)
    }

    /// Whether a thumbnail is loaded.
    pub fn has(&self, sha256: &str) -> bool {
        self.arrived.contains_key(sha256) || self.textures.contains_key(sha256)
    }

    /// Forgets references that are no longer used.
    pub fn keep<'a>(&mut self, references: impl Iterator<Item = &'a Reference>) {
        let used: Vec<&str> = references.map(|reference| reference.sha256.as_str()).collect();
        self.arrived.retain(|sha256, _| used.contains(&sha256.as_str()));
        self.textures.retain(|sha256, _| used.contains(&sha256.as_str()));
        self.measured.retain(|sha256, _| used.contains(&sha256.as_str()));
    }

    /// The thumbnail of a reference, if it is loaded.
    pub fn texture(&mut self, ui: &Ui, sha256: &str) -> Option<&TextureHandle> {
        if let Some(pixels) = self.arrived.remove(sha256) {
            let size = [pixels.width as usize, pixels.height as usize];
            let image = ColorImage::from_rgba_premultiplied(size, &pixels.rgba);
            let texture = ui.ctx().load_texture(sha256, image, TextureOptions::LINEAR);
            self.textures.insert(sha256.to_owned(), texture);
        }
        self.textures.get(sha256)
    }
}
