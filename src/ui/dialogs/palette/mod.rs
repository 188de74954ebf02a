//! The command palette: one field that finds every command, settings page, model, collection and style by a few of its
//! letters.

mod entry;
mod list;
mod matching;
mod row;
mod state;
mod view;

pub use state::CommandPalette;
pub use view::show;
