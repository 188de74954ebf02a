//! Decoders: whole files into bitmaps.

mod avif;
mod bmp;
mod decode;
mod image_crate;
mod jpeg;
mod jxl;
pub(crate) mod memory_budget;
mod png;
mod svg;
mod tiff;
mod webp;

pub use decode::decode;
pub(crate) use jpeg::{jpeg_pixels, whole_jpeg};
pub use memory_budget::{DecodeMemory, room_for};
pub(crate) use png::PngRows;
pub(crate) use webp::webp_pixels;
