//! The shape of a body according to its first bytes.

use super::parse::Compression;

/// The shape of a body according to its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyShape {
    /// Only white space and a byte order mark so far.
    Undetermined,
    Json,
    Events,
    /// HTML or plain text.
    Text,
    /// An image without an envelope.
    Image,
    /// A limit was exceeded, so nothing more is read.
    TooLarge,
}

/// The result of inspecting the first bytes of a body.
pub(super) enum ShapeGuess {
    /// Undecided.
    Nothing,
    Packed(Compression),
    Shape(BodyShape),
}

/// The state of a stream of events.
#[derive(Debug, Default)]
pub(super) struct EventStreamState {
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
