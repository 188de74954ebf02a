//! The right panel: everything about the picture in focus.

mod annotations;
mod fact_row;
mod facts;
mod foreign_metadata;
mod lineage;
mod state;
mod swatches;
mod view;

pub use state::Inspector;
pub use view::show;
