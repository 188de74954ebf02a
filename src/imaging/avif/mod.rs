//! AVIF: still pictures, pictures in tiles, and the first frame of sequences.

mod colour;
mod frame;
mod picture;

pub(super) use picture::{AvifMetadata, avif_is_upright, avif_metadata, avif_size, decode_avif};
