//! Spans of the text of a template, for highlighting.

use std::ops;

/// A span of the text of a template that is syntax, or between braces that are. Spans do not overlap; plain text is
/// between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The byte range.
    pub range: ops::Range<usize>,
    /// The kind.
    pub kind: SpanKind,
    /// The number of braces around it; those of the span itself count.
    pub depth: usize,
}

/// The kind of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// Plain text between braces.
    Inside,
    /// A brace, with the dollar sign before it and the name after it.
    Brace(Opening),
    /// `|` between options.
    Bar,
    /// The number of picked options, and the joiner: `2$$`.
    Amount,
    /// The weight of an option: `3::`.
    Weight,
    /// A range with its braces.
    Range,
    /// A wildcard with this name.
    Wildcard(String),
    /// A use of a variable, with its braces if it has no default.
    Variable(String),
    /// A backslash and the escaped character.
    Escape,
    /// `{prompt}` and the like, which a batch fills in.
    Placeholder,
}

/// Whether a brace opens or closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// It opens.
    Open,
    /// It closes.
    Close,
}
