//! Wildcards: lists from which a prompt takes one line, and their import from files of other programs.

mod import;
mod wildcard;

pub use import::{Format, NotWildcards, import};
pub use wildcard::{Wildcard, Wildcards};
