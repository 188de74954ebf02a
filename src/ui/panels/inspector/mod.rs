//! The inspector, the panel on the right: everything about the focused image.

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
