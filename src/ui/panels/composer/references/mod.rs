//! The references: tiles with short names, in the order in which they are sent, and how the model uses them.

mod limits;
mod paste;
mod reference_section;
mod tile;

pub use limits::limits_among;
pub use reference_section::show;

pub(super) use paste::take_in;
