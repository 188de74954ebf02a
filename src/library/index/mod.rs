//! The index: an `SQLite` database that finds images again, and what is held of it in memory.

pub(super) mod columns;
pub(super) mod fulltext;
pub(super) mod lineage;
pub(super) mod mark_numbers;
pub(super) mod palette;
pub(super) mod schema;
pub(super) mod write_batch;
