//! The open sheet: its rows and cells, its results, and the operations on them.

pub(super) mod cell_edit;
pub(super) mod cell_range;
pub(super) mod document;
pub(super) mod export_state;
pub(super) mod open_sheet;
pub(super) mod operations;
pub(super) mod results;
