//! The queue's page: what is being made, what waits and why, what failed and what it cost, and everything that can be
//! done about it.

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

pub use state::QueuePage;
pub use view::{dialogs, show};
