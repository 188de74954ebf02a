//! What a body is by its first bytes.

use super::parse::Packing;

/// What a body is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing but white space and a byte order mark has come.
    Unseen,
    Json,
    Events,
    /// HTML or plain words.
    Words,
    /// An image without anything around it.
    Image,
    /// Beyond a limit: nothing more is read.
    TooLarge,
}

/// What the first bytes of a body say.
pub(super) enum Known {
    /// Nothing as yet.
    Nothing,
    Packed(Packing),
    Shape(Shape),
}

/// What is known of a stream of events.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The first bytes of the event at hand.
    pub(super) start: Vec<u8>,
    pub(super) name: Vec<u8>,
    /// Events that had data.
    pub(super) events: usize,
    /// Events that were no JSON.
    pub(super) broken: usize,
    /// `[DONE]` came.
    pub(super) done: bool,
}
