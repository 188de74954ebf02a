//! Collections: the tree that opens below their chip, and the dialog that adds images to one.

mod chooser;
mod name_edit;
mod operations;
mod row;
mod state;
mod tree;

pub use chooser::show as choose;
pub use state::Collections;
pub use tree::popup;
