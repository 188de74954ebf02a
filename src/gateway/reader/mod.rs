//! Reads a response while it arrives, in any of the shapes that gateways respond in.
//!
//! An answer is JSON or a stream of server-sent events with JSON in each. [`parse`] takes events and JSON apart and
//! says which values mean something, [`scan`] finds images within texts, and [`assemble`] puts together what a response
//! contains. No byte is looked at twice and nothing large is held, so that an image of any size goes to the
//! [`Receiver`] while its last bytes are still arriving.

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
