//! Counting and listing the prompts of a text that uses no wildcards and no variables.

use super::{
    prompts::{Every, Prompts},
    resolver::Sources,
};

/// How many prompts a text stands for, where no wildcards and no variables are given. Counted, never built; more
/// than can be counted is [`u128::MAX`].
pub(crate) fn count(text: &str) -> u128 {
    Prompts::new(text, &Sources::default()).count()
}

/// Every prompt that a text stands for, where no wildcards and no variables are given; the last choice changes fastest.
pub(crate) fn expand(text: &str) -> Every {
    Prompts::new(text, &Sources::default()).every()
}
