//! Decodes AVIF: still images, images in tiles, and the first frame of sequences.

mod color;
mod decoder;
mod frame;

pub(crate) use decoder::decode_avif;
