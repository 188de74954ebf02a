//! Expands templates to prompts.

#[cfg(test)]
mod counting;
mod prompts;
#[cfg(test)]
mod prompts_tests;
mod random;
mod resolver;

#[cfg(test)]
pub(crate) use counting::expand;
pub use prompts::{AllPrompts, ExpansionMode, Prompts, RandomPrompts};
pub use resolver::{Sources, TemplateProblem};
