//! Features by which a search compares images: palette and perceptual hash.

mod palette;
mod perceptual_hash;

pub use palette::palette;
pub use perceptual_hash::perceptual_hash;
