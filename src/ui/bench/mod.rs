//! Windows that measure themselves: the time to the first frame, and the passes of a scrolling gallery.

mod first_frame;
mod scroll_pass;

pub use first_frame::FirstFrame;
pub use scroll_pass::{ScrollPass, scroll_through};
