//! Encrypted connections: which certificates are accepted, and what is wrong with those that are not.

mod config;
mod roots;
mod verifier;

pub(super) use config::Encryption;
pub(super) use verifier::{Refused, fingerprint};
