//! The settings dialog: library, appearance, providers and their keys, queue and spending, shortcuts, about.

mod about;
mod advanced;
mod appearance;
mod diagnostics;
mod drafts;
mod form;
mod protocol_options;
mod providers;
mod queue;
mod retention;
mod rows;
mod shortcuts;
mod state;
mod view;

pub use state::SettingsDialog;
pub use view::show;
