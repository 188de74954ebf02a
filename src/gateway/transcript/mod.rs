//! The transcript: the part of a response that is stored and shown, bounded, without images and without the key.

mod base64_filter;
mod event_folder;
mod head_tail;
mod transcript;

pub use transcript::Transcript;
pub(crate) use transcript::redacted;
