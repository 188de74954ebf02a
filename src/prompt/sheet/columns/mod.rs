//! What columns are for, and where in a table their names are.

pub(crate) mod column;
pub(crate) mod header_row;

pub use column::{Column, Field};
