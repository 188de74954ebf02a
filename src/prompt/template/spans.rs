//! The stretches of a template's text that mean something, for highlighting.

use std::ops;

/// A stretch of a template's text that means something, or stands between braces that do. Stretches follow each
/// other; between them is plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it is, in bytes.
    pub range: ops::Range<usize>,
    /// What it is.
    pub kind: SpanKind,
    /// How many braces it stands between; those of the stretch itself count.
    pub depth: usize,
}

/// What a stretch of a template is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// Plain text between braces.
    Inside,
    /// A brace, with the dollar sign before it and the name after it.
    Brace(Opening),
    /// `|` between options.
    Bar,
    /// How many are taken, and the joiner: `2$$`.
    Amount,
    /// How often an option is taken: `3::`.
    Weight,
    /// A range with its braces.
    Range,
    /// A wildcard of this name.
    Wildcard(String),
    /// A use of a variable, with its braces if it has no text of its own.
    Variable(String),
    /// A backslash and the character that stands for itself.
    Escape,
    /// `{prompt}` and the like, which a batch fills in.
    Placeholder,
}

/// Whether braces open or close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// They open.
    Open,
    /// They close.
    Close,
}
