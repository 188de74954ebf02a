//! Images: their originals, sidecars and rows in the index, which are stored together.

pub(super) mod backfill;
#[cfg(test)]
pub(super) mod fixtures;
pub(super) mod image_store;
pub(super) mod linked_originals;
pub(super) mod new_image;
pub(super) mod original_writer;
