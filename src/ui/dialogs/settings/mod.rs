//! The settings dialog: providers and their keys, behavior of the window, list of shortcuts.

mod advanced;
mod diagnostics;
mod drafts;
mod form;
mod general;
mod protocol_options;
mod providers;
mod queue;
mod retention;
mod shortcuts;
mod state;
mod view;

pub use state::SettingsDialog;
pub use view::show;
