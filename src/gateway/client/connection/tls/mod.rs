//! Encrypted connections: which certificates are accepted, and what is wrong with those that are not.

mod config;
mod fingerprint;
mod roots;
mod verifier;

pub(crate) use config::Encryption;
pub(crate) use verifier::Refused;
