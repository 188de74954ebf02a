//! The page of prompt sheets: a table whose rows are requests, edited in place, with the state of each row beside it.
//!
//! The window owns the open sheet. Every change is sent to the studio as a whole, which saves the sheet and reports
//! what its rows would request; only visible rows are drawn, and nothing is parsed again from frame to frame.

mod dialogs;
mod focus;
mod footer;
mod model;
mod sheet_list;
mod state;
mod table;
mod toolbar;
mod view;

pub use focus::focus_id;
pub use state::{SheetBase, SheetPage};
pub use view::{dialogs, show};
