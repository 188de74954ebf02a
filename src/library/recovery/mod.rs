//! Repairs the effects of a crash, a full disk or a copy, verifies a library, and rebuilds the index from the files.

pub(super) mod index_health;
pub(super) mod leftovers;
mod library_scan;
pub(super) mod reindex;
mod sidecar_scan;
mod spool_recovery;
pub(super) mod startup_repair;
pub(super) mod verify;
pub(super) mod verify_report;
