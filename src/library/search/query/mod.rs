//! What a person looks for, as one line of text: `fox -"wet glass" rating:>=4 tag:poster from:2026-11`.
//!
//! A query is nothing but its terms. Any text is one, and it prints itself, so that buttons and menus can change the
//! line that a person has written. Terms are separated by spaces and must all hold; `-` before a term turns it round.

mod comparison;
mod query;
mod term;
mod tokens;

pub use comparison::{Compare, Period};
pub use query::Query;
pub use term::{Filter, Has, Is, Term, Used};
