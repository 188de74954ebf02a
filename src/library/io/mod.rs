//! Reads and writes files so that neither a crash nor another program damages them; the lock of a library, and its
//! errors.

pub(super) mod atomic_file;
pub(super) mod database_file;
pub(super) mod error;
pub(super) mod file_identity;
pub(super) mod group_commit;
pub(super) mod hashing;
pub(super) mod library_folder;
pub(super) mod lock;
pub(super) mod move_file;
pub(super) mod owned_paths;
pub(super) mod regular_file;
