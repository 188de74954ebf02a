//! Finds secrets in responses, in every usual encoding, and replaces them by `…`.
//!
//! [`encodings`] lists the forms that are not escapes, such as base64; [`automaton`] finds them; [`unescape`] decodes
//! one layer of escapes (HTML, percent, JSON) and keeps the position of each byte; [`stream`] searches several layers
//! at the same time, so that mixed and doubled escapes are found too; [`fields`] reads the text that a stream of events
//! delivers in chunks; [`spool_mask`] leaves the base64 of images unchanged. The result does not depend on how the bytes are
//! cut.

mod automaton;
mod encodings;
mod fields;
mod found_spans;
mod level;
mod sanitize;
mod spool_mask;
mod stream;
#[cfg(test)]
mod tests;
mod unescape;

pub(crate) use sanitize::{is_web_page, size_of};
pub use sanitize::{mask_report, sanitize_message};
pub use spool_mask::SpoolMask;
pub use stream::SecretMask;
