//! The purposes of columns, and the row that contains their names.

pub(crate) mod column;
pub(crate) mod header_row;

pub use column::{Column, SheetField};
