//! How a gateway is reached: its address, its certificate and its API key.

mod api_key;
mod base_url;
mod certificate;

pub use api_key::{KeyFlaw, character_name, clean_key};
pub use base_url::{AddressError, AddressNote, BaseUrl};
pub use certificate::{CertificateFlaw, Fingerprint, InvalidFingerprint, RefusedCertificate, TrustedCertificate};
