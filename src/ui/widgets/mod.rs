//! The pieces that places are put together from. They take their looks from `theme` and know no application state.

mod button;
mod label;

#[expect(unused_imports, reason = "places that are still to be filled will use them")]
pub use button::focus_ring;
pub use button::{Button, Kind};
#[expect(unused_imports, reason = "places that are still to be filled will use them")]
pub use label::{key_cap, keys_text, section_label};
