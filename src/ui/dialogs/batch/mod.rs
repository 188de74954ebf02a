//! The dialog that generates from several images: an instruction for each of them, their own recipes with changes, or
//! one instruction with all of them as references.

mod count;
mod images;
mod plan;
mod settings;
mod state;
mod view;

pub use state::BatchDialog;
pub use view::show;
