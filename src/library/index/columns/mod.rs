//! The values that images are searched and sorted by, in memory.

mod column_row;
mod column_store;
mod snapshot;

pub(in crate::library) use column_row::ColumnRow;
pub(in crate::library) use column_store::{ColumnStore, TrackedConnection};
pub(in crate::library) use snapshot::Columns;
