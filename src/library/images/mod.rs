//! Images: their originals, sidecars and rows in the index, which are stored together.

pub(super) mod backfill;
pub(super) mod linked_originals;
pub(super) mod mismatch_backfill;
pub(super) mod originals;
pub(super) mod storing;
