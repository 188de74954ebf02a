//! Finds secrets in responses, in every usual encoding, and replaces them by `…`.
//!
//! [`writings`] lists the forms that no decoding undoes, such as base64; [`automaton`] finds them; [`decode`] undoes one
//! layer of escapes (HTML, percent, JSON) and keeps where each byte came from; [`stream`] looks at several layers at
//! once, so that mixed and doubled escapes are found too; [`fields`] reads the text that a stream of events delivers in
//! pieces; [`spool`] leaves the base64 of images as it is. However the bytes are cut, the result is the same.

mod automaton;
mod encodings;
mod fields;
mod found_spans;
mod level;
mod sanitize;
mod spool;
mod stream;
#[cfg(test)]
mod tests;
mod unescape;

pub use sanitize::sanitize_message;
pub(crate) use sanitize::{is_web_page, size_of};
pub use spool::SpoolMask;
pub use stream::SecretMask;
