//! Builds requests for each dialect and endpoint. Pure; [`crate::gateway::Client`] sends them.

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
