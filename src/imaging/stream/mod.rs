//! Decodes images while their bytes arrive.

mod incremental_decoder;
mod jpeg_preview;
mod worker;

pub use incremental_decoder::IncrementalDecoder;
pub use jpeg_preview::JpegPreviews;
