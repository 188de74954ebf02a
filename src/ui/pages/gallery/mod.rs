//! The gallery: cards of requests and the images of the library.
//!
//! Only the visible part is laid out, requested and drawn, however large the library is.

mod card_texts;
mod failure_step;
mod frame;
mod go_to_date;
mod header;
mod keyboard;
mod layout;
mod request_card;
mod rows;
mod scroll;
mod state;
mod tile;
mod view;

pub use failure_step::{name_of_step, next_step};
pub use request_card::{copy_report, tick};
pub use state::{GalleryPage, focus_id, want_rows};
pub use tile::id as tile_id;
pub use view::{card_in, show, tile_in};
