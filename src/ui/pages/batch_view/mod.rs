//! The images of one batch: a parameter grid as a labeled table, a blind comparison side by side. The view replaces the
//! gallery while the search is for one batch and for nothing else, so it can be opened again at any time.

mod blind_comparison;
mod candidates;
mod cells;
mod grid;
mod state;
mod view;

pub use blind_comparison::{score_words, sort};
pub use candidates::MAX_CANDIDATES;
pub use state::{BatchView, search};
pub use view::show;
