//! Reading and writing files so that neither a crash nor another program damages them, the lock, and errors.

pub(super) mod atomic_file;
pub(super) mod error;
pub(super) mod group_commit;
pub(super) mod lock;
pub(super) mod move_file;
pub(super) mod owned_paths;
pub(super) mod regular_file;
