//! The template language of prompts: one template expands to several prompts. Pure.
//!
//! `A {red|blue} __animal__ at {2$$ and $$dawn|sea|rain}` expands to every possible prompt, or to random ones.
//! Everything that is not syntax is text, so any text is a template: braces that do not match, or contain nothing to
//! choose from, are ordinary characters, and so are names that are not defined.
//!
//! ```text
//! template   = { text | choice | range | wildcard | use | definition } ;
//! choice     = "{" [ pick ] option { "|" option } "}" ;           (* without pick at least two options *)
//! option     = [ weight "::" ] template ;
//! weight     = digits [ "." [ digits ] ] ;                         (* 1 by default; 0 switches the option off *)
//! pick       = amount "$$" [ joiner "$$" ] ;                       (* the default joiner is ", " *)
//! amount     = number | number "-" [ number ] | "-" number | "-" ; (* from 1, up to the number of options *)
//! joiner     = characters other than "{", "|", "}" ;
//! range      = "{" bound ".." bound [ ".." bound ] "}" ;           (* first, last, step; may descend *)
//! bound      = [ "-" ] digits [ "." digits ] | letter ;
//! wildcard   = "__" name { "/" name } "__" ;                       (* "*" in a name matches anything, "**" also "/" *)
//! use        = "$" word | "${" name [ ":" template ] "}" ;         (* the template is the default *)
//! definition = "${" name "=" [ "!" ] template "}" ;                (* with "!" it has one value in a whole prompt *)
//! text       = any character, and "\" before one of { | } \ $ _ : . ! # , which is then literal ;
//! ```
//!
//! * A choice with `pick` takes that many different options, in the order in which they are written.
//!   `{2$$__animal__}` takes two of the wildcard's lines.
//! * A wildcard is one line of a list, see [`Wildcard`]. Its lines are templates themselves.
//! * A definition writes nothing. It applies to the text after it between the same braces.
//! * `{prompt}`, `{model}`, `{n}` and `{tag}` are text here, because a batch [`fill_placeholders`]s them in first.
//! * A text that is a JSON object or array as a whole is text only, see [`is_json`].
//!
//! This is the syntax of A1111's dynamic prompts, without its samplers (`{@…}`, `{~…}`) and wraps (`%{…}`).
//!
//! [`Prompts`] counts the prompts of a template without building them, returns the prompt of any number, and draws the
//! random prompts of a seed, which never change between versions.

mod expansion;
pub mod sheet;
mod template;
mod wildcards;

pub use expansion::{AllPrompts, ExpansionMode, Prompts, RandomPrompts, Sources, TemplateProblem};
pub use template::{
    Choice, Opening, PLACEHOLDERS, Pick, Range, Span, SpanKind, Template, TemplatePart, Weight, WeightedOption, escape,
    fill_placeholders, is_json, is_name, matching_brace, parse, spans,
};
pub use wildcards::{Wildcard, WildcardFormat, WildcardImportError, Wildcards, import};
