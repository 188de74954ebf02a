//! AVIF: still images, images in tiles, and the first frame of sequences.

mod color;
mod frame;
mod picture;

pub(crate) use picture::decode_avif;
