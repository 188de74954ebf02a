//! Repairs what a crash, a full disk or a copy has left, and makes the index again from the files.

pub(super) mod copy_detection;
pub(super) mod index_health;
pub(super) mod leftovers;
pub(super) mod reindex;
pub(super) mod startup_repair;
pub(super) mod verify;
