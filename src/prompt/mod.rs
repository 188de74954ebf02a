//! The template language of prompts: one text that stands for several prompts. Pure. Pure.
//!
//! `A {red|blue} __animal__ at {2$$ and $$dawn|sea|rain}` stands for every prompt that can be made of it, or for some
//! of them by chance. What is not syntax is text, so any text is a template: braces that do not match, or hold nothing
//! to choose from, are ordinary characters, and so are names that has not been given a meaning.
//!
//! ```text
//! template   = { text | choice | range | wildcard | use | definition } ;
//! choice     = "{" [ pick ] option { "|" option } "}" ;           (* without pick at least two options *)
//! option     = [ weight "::" ] template ;
//! weight     = digits [ "." [ digits ] ] ;                         (* 1 if not said; 0 switches the option off *)
//! pick       = amount "$$" [ joiner "$$" ] ;                       (* the joiner is ", " if not said *)
//! amount     = number | number "-" [ number ] | "-" number | "-" ; (* from 1, up to as many as there are *)
//! joiner     = characters other than "{", "|", "}" ;
//! range      = "{" bound ".." bound [ ".." bound ] "}" ;           (* first, last, step; may descend *)
//! bound      = [ "-" ] digits [ "." digits ] | letter ;
//! wildcard   = "__" name { "/" name } "__" ;                       (* "*" in a name stands for any, "**" also for "/" *)
//! use        = "$" word | "${" name [ ":" template ] "}" ;         (* the template is what stands there otherwise *)
//! definition = "${" name "=" [ "!" ] template "}" ;                (* with "!" it has one value in a whole prompt *)
//! text       = any character, and "\" before one of { | } \ $ _ : . ! # , which then stands for itself ;
//! ```
//!
//! * A choice with `pick` takes that many different options, in the order in which they are written.
//!   `{2$$__animal__}` takes two of the wildcard's lines.
//! * A wildcard is one line of a list, see [`Wildcard`]. Its lines are templates themselves.
//! * A definition writes nothing. It holds for what follows it between the same braces.
//! * `{prompt}`, `{model}`, `{n}` and `{tag}` are text here; a batch [`fill`]s them in first.
//! * A text that is a JSON object or array as a whole is text and nothing else, see [`is_json`].
//!
//! This is the syntax of A1111's dynamic prompts, but for its samplers (`{@…}`, `{~…}`) and wraps (`%{…}`).
//!
//! [`Prompts`] counts what a template stands for without building it, gives the one of any number, and makes those of
//! a seed by chance, the same ones forever.

mod expansion;
pub mod sheet;
mod template;
mod wildcards;

pub use expansion::{Draws, Every, Mode, Problem, Prompts, Sources};
pub use template::{
    Choice, Opening, PLACEHOLDERS, Pick, Range, Span, SpanKind, Template, TemplatePart, Weight, Weighted, escape, fill,
    is_json, is_name, matching, parse, spans,
};
pub use wildcards::{Wildcard, WildcardFormat, WildcardImportError, Wildcards, import};
