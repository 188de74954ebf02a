//! The template language of prompts. Pure.
//!
//! ```text
//! template    = { text | alternatives }
//! alternatives = "{" template { "|" template } "}"
//! text        = any characters but "{", "|" and "}", which are written "\{", "\|" and "\}"; "\\" is a backslash
//! ```
//!
//! `{in heavy rain|at dawn} by the sea` stands for two prompts. `{prompt}` stands for a picture's own prompt where a
//! batch gives one. Braces that do not match, or hold nothing to choose from, are ordinary characters.

mod expand;
mod parse;

pub use expand::{Expansion, count, expand, fill};
pub use parse::{Part, Span, Template, parse, spans};
