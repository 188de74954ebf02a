//! The composer, the panel on the left: prompt, references, model and parameters of the next requests.

mod conversation;
mod focus;
mod generate;
mod mask;
mod model;
mod parameters;
mod prompt;
mod prompt_library;
mod references;
mod state;
mod view;

pub use focus::{model_id, prompt_id};
pub use prompt::insertion::insert;
pub use state::composer::Composer;
pub use view::{dialogs, show};
