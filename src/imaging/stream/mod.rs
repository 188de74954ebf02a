//! Decodes images while their bytes arrive.

mod incremental_decoder;
mod jpeg_preview;
mod worker;

pub use incremental_decoder::Arriving;
pub use jpeg_preview::Glimpses;
