//! The syntax of templates: parser, printer and syntax tree.

mod braces;
mod escapes;
mod names;
mod parser;
mod placeholders;
mod printer;
mod range;
mod spans;
mod syntax_tree;

pub use braces::matching_brace;
pub use names::{PLACEHOLDERS, is_name};
pub(crate) use parser::read;
pub use parser::{is_json, parse, spans};
pub use placeholders::fill_placeholders;
pub use printer::escape;
pub use range::Range;
pub use spans::{Opening, Span, SpanKind};
pub(crate) use syntax_tree::MAX_PICKED_OPTIONS;
pub use syntax_tree::{Choice, Pick, Template, TemplatePart, Weight, WeightedOption};
