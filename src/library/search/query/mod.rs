//! The query language of searches, such as `fox -"wet glass" rating:>=4 tag:poster from:2026-11`.
//!
//! A query is a list of terms. Any text is a query, and a query can be printed again, so that buttons and menus can
//! edit the text that a person has typed. Terms are separated by spaces and must all match; `-` before a term negates
//! it.

mod comparison;
mod query;
mod term;
mod tokens;

pub use comparison::{Comparison, Period};
pub use query::Query;
pub use term::{Filter, ImageExtra, ImageState, Term, UsedInput};
