//! Tests that an API key is sent to its gateway and stays nowhere else.

mod echoed_keys;
pub mod key_encodings;
mod key_storage;
