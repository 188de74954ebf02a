//! Wildcards: lists from which a prompt takes one line, and their import from files of other programs.

mod import;
mod option_list;
mod wildcard;
mod yaml;

pub use import::{WildcardFormat, import};
pub use option_list::WildcardImportError;
pub use wildcard::{Wildcard, Wildcards};
