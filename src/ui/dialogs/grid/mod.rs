//! The dialog of parameter grids: what changes along the columns and the rows, what that comes to, and the first cells.

pub mod axis;
mod count;
mod state;
mod view;

pub use state::GridDialog;
pub use view::show;
