//! The index: an `SQLite` database of all images, and the columns of it that are held in memory.

pub(super) mod columns;
pub(super) mod database;
pub(super) mod fulltext;
pub(super) mod insert;
pub(super) mod lineage;
pub(super) mod mark_numbers;
mod migrations;
pub(super) mod palette;
pub(super) mod schema;
pub(super) mod sheet_images;
pub(super) mod visual_features;
pub(super) mod write_batch;
