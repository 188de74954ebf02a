//! The page of the queue: requests that run, wait or have failed, their cost, and what can be done about them.

mod blockers;
mod dialogs;
mod focus;
mod heading;
mod keyboard;
mod labels;
mod list;
mod row;
mod rows_model;
mod state;
mod view;

pub use focus::focus_id;
pub use state::QueuePage;
pub use view::{dialogs, show};
