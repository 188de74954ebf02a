//! The table: its cells, headings, menus and keys.

pub(super) mod cell_editor;
pub(super) mod cells;
pub(super) mod column;
pub(super) mod keyboard;
