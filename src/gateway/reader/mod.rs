//! Reads a response while it arrives, in all shapes in which gateways respond.
//!
//! A response is JSON or a stream of server-sent events with JSON in each. [`parse`] tokenizes events and JSON and
//! determines the meaning of each value, [`scan`] finds images within texts, and [`assemble`] collects the parts of the
//! response. No byte is read twice and nothing large is held, so that an image of any size reaches the [`Receiver`]
//! while its last bytes are still arriving.

mod answer_reader;
mod assemble;
mod body_kind;
mod body_shape;
mod gateway_task;
mod image_slot;
mod outcome;
mod parse;
mod receiver;
mod scan;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod variety_tests;

pub use answer_reader::{AnswerReader, holds_image};
pub use body_kind::{BodyKind, ReaderLimits};
pub use gateway_task::{TaskState, TaskTicket, task_state};
pub use outcome::ResponseOutcome;
pub use receiver::{ImageRole, Receiver};
