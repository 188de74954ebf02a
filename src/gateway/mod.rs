//! Talking to a gateway: requests out, answers in.

mod catalogue;
mod client;
#[cfg(test)]
mod conversing;
mod failure;
mod mask;
mod reader;
mod request;
mod text;
mod transcript;

pub use catalogue::Catalogue;
pub use client::{
    Client, Heard, Incoming, LinkPolicy, Model, Polled, Timeouts, cost_in, described, page_instead, task_addresses,
};
pub use mask::{SecretMask, SpoolMask};
pub use reader::{
    AnswerReader, BodyKind, ImageRole, Outcome, ReaderLimits, Receiver, TaskState, TaskTicket, holds_image, task_state,
};
pub use request::{Call, CallBody, FormPart, ReferenceBytes, call};
pub use text::clean_words;
pub use transcript::Transcript;
