//! The page of prompt sheets: a table whose rows are jobs, edited in place, with what has become of each row beside it.
//!
//! The open sheet is the window's own. Every change is sent to the studio whole, which keeps it and says what its rows
//! come to; only what is in sight is drawn, and nothing is read anew from frame to frame.

mod dialogs;
mod focus;
mod footer;
mod model;
mod sheet_list;
mod state;
mod table;
mod toolbar;
mod view;

pub use state::{SheetBase, SheetPage};
pub use view::{dialogs, show};
