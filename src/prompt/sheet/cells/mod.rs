//! What single cells hold: invisible characters, errors of spreadsheets, and text that would run as a formula.

mod formula_guard;
mod invisible_characters;
pub(crate) mod unusable_cells;

pub use formula_guard::guarded;
pub(crate) use formula_guard::unguarded;
pub use invisible_characters::is_blank;
pub(crate) use invisible_characters::{trimmed, visible};
