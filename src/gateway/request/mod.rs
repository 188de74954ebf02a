//! Requests: what goes to which endpoint, for each dialect. Pure; [`crate::gateway::Client`] sends it.

mod call;
mod chat;
mod dialect;
mod fields;
mod gemini;
mod images;
mod messages;
#[cfg(test)]
mod tests;

pub use call::{Call, CallBody, FormPart, ReferenceBytes};
pub use dialect::call;
