//! Basic values: IDs, money, and text that is safe to show.

mod control_characters;
mod ids;
mod money;

pub use control_characters::{is_invisible, replace_invisible, replace_invisible_in_name};
pub use ids::{BatchId, CollectionId, ImageId, ProfileId, RequestId, RowId, SheetId};
pub use money::Money;
