//! Talking to a gateway: requests out, answers in.

mod catalogue;
mod clean;
mod client;
mod failure;
mod reader;
mod request;

pub use catalogue::Catalogue;
pub use clean::clean_words;
pub use client::{Client, Incoming, Model, Timeouts};
pub use reader::{AnswerReader, BodyKind, ImageRole, Outcome, ReaderLimits, Receiver};
pub use request::{Call, CallBody, FormPart, ReferenceBytes, call};
