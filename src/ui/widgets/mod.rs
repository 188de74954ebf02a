//! The pieces that places are put together from. They take their looks from `theme` and know no application state.

mod button;
pub mod dialog;
pub mod field;
mod label;
pub mod menu;
pub mod prompt_field;
pub mod slider;

pub use button::{Button, ButtonKind, focus_ring};
pub use label::{key_cap, keys_text, row_label, section_label};
