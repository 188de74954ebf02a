//! The window itself: its state, what it does with actions and keys, and its life from opening to closing.

mod action_handler;
mod announcer;
mod event_fold;
mod file_drop;
mod keymap;
mod startup_error;
mod state;
mod window;

pub use window::{App, Waker};
