//! What a body is by its headers, and the limits on it.

/// What a body is, as far as its headers say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyKind {
    /// `application/json`.
    Json,
    /// `text/event-stream`.
    EventStream,
    /// Something else, or nothing was said.
    #[default]
    Unknown,
}

/// What is accepted of an answer. A line or an event may be of any length, because neither is ever held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderLimits {
    /// Largest image, in bytes.
    pub max_image_bytes: u64,
    /// Most bytes of the whole body.
    pub max_body_bytes: u64,
}

impl Default for ReaderLimits {
    fn default() -> Self {
        Self { max_image_bytes: 256 << 20, max_body_bytes: 1 << 30 }
    }
}
