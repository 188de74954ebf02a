//! What one request asks of a model: the recipe, its references, the conversation before it, and its place in a batch.

mod batch_role;
mod conversation;
mod foreign_recipe;
mod mentions;
mod not_sent;
mod prompt_sheet;
mod recipe;
mod reference;
mod stack;
mod turn;

pub use batch_role::Part;
pub use foreign_recipe::{ForeignField, ForeignRecipe, Source};
pub use mentions::{PromptSegment, ReferenceMention, keep_short_names, mentions, numbered, short_names, spoken};
pub use not_sent::NotSent;
pub use prompt_sheet::{Sheet, SheetHead, SheetListed, SheetRow};
pub use recipe::{Composed, Recipe};
pub use reference::Reference;
pub use stack::StackOf;
pub use turn::Turn;
