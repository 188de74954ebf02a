//! The contents of single cells: invisible characters, spreadsheet errors, and text that would be executed as a
//! formula.

mod formula_guard;
mod invisible_characters;
pub(crate) mod unusable_cells;

pub use formula_guard::guarded;
pub(crate) use formula_guard::unguarded;
pub use invisible_characters::is_blank;
pub(crate) use invisible_characters::{trimmed, visible};
