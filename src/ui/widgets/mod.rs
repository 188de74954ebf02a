//! The widgets that pages, panels and dialogs are built from. Their looks come from `theme`; they know nothing of the
//! application's state.

mod button;
pub mod dialog;
pub mod field;
mod label;
pub mod menu;
pub mod prompt_field;
pub mod slider;
pub mod submit;

pub use button::{Button, ButtonKind, focus_ring};
pub use label::{key_cap, key_caps, keys_text, row_label, section_label};
