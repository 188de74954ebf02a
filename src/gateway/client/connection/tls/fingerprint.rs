//! The fingerprint of a certificate.

use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};

use crate::recipe::Fingerprint;

/// Computes the fingerprint of a certificate.
pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> Fingerprint {
    Fingerprint::new(Sha256::digest(certificate).into())
}
