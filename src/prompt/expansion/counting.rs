//! Counts and lists the prompts of a template without wildcards and variables.

use super::{
    prompts::{AllPrompts, Prompts},
    resolver::Sources,
};

/// The number of prompts of a template without wildcards and variables. Computed without building the prompts;
/// [`u128::MAX`] if there are more.
pub(crate) fn count(text: &str) -> u128 {
    Prompts::new(text, &Sources::default()).count()
}

/// Every prompt of a template without wildcards and variables; the last choice changes fastest.
pub(crate) fn expand(text: &str) -> AllPrompts {
    Prompts::new(text, &Sources::default()).every()
}
