//! The shape of a body according to its first bytes.

use super::parse::Packing;

/// The shape of a body according to its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Only white space and a byte order mark so far.
    Unseen,
    Json,
    Events,
    /// HTML or plain text.
    Words,
    /// An image without an envelope.
    Image,
    /// A limit was exceeded, so nothing more is read.
    TooLarge,
}

/// The result of inspecting the first bytes of a body.
pub(super) enum Known {
    /// Undecided.
    Nothing,
    Packed(Packing),
    Shape(Shape),
}

/// The state of a stream of events.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The first bytes of the current event.
    pub(super) start: Vec<u8>,
    pub(super) name: Vec<u8>,
    /// The number of events with data.
    pub(super) events: usize,
    /// The number of events that were not JSON.
    pub(super) broken: usize,
    /// Whether `[DONE]` has arrived.
    pub(super) done: bool,
}
