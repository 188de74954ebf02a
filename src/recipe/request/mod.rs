//! Content of a request: the recipe, its references, the conversation before it, and its role in a batch.

mod batch_role;
mod conversation;
mod foreign_recipe;
mod mentions;
mod prompt_sheet;
mod recipe;
mod reference;
mod stack;
mod turn;
mod unsupported;

pub use batch_role::BatchRole;
pub use foreign_recipe::{ForeignField, ForeignRecipe, Source};
pub use mentions::{
    PromptSegment, ReferenceMention, find_mentions, keep_short_names, number_mentions, short_names, split_at_mentions,
};
pub use prompt_sheet::{Sheet, SheetHead, SheetRow, SheetSummary};
pub use recipe::{Composed, Recipe};
pub use reference::Reference;
pub use stack::StackKey;
pub use turn::Turn;
pub use unsupported::Unsupported;
