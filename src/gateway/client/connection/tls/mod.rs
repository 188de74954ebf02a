//! Encrypted connections: which certificates are accepted, and why others are rejected.

mod config;
mod fingerprint;
mod roots;
mod verifier;

pub(crate) use config::TlsConfig;
pub(crate) use verifier::RejectedCertificate;
