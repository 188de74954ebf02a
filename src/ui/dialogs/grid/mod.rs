//! The dialog of parameter grids: the parameters of columns and rows, the estimate, and a preview of the first cells.

pub mod axis;
mod count;
mod state;
mod view;

pub use state::GridDialog;
pub use view::show;
