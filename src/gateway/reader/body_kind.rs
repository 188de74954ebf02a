//! The kind of a body according to its headers, and its limits.

/// The kind of a body according to its headers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyKind {
    /// `application/json`.
    Json,
    /// `text/event-stream`.
    EventStream,
    /// Another kind, or none.
    #[default]
    Unknown,
}

/// The limits of a response. A line or an event may be of any length, because neither is ever held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderLimits {
    /// The largest image, in bytes.
    pub max_image_bytes: u64,
    /// The largest body, in bytes.
    pub max_body_bytes: u64,
}

impl Default for ReaderLimits {
    fn default() -> Self {
        Self { max_image_bytes: 256 << 20, max_body_bytes: 1 << 30 }
    }
}
