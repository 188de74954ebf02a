//! The certificates that this computer trusts: those of the system, and those that `SSL_CERT_FILE` and `SSL_CERT_DIR`
//! name.

use std::{collections::HashSet, env, sync::Arc};

use rustls::{client::danger::ServerCertVerifier, crypto::CryptoProvider, pki_types::CertificateDer};

use super::fingerprint::fingerprint;
use crate::{error_chain::chain, recipe::Fingerprint};

/// Environment variables that name certificates.
const CERTIFICATE_VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The certificates that this computer trusts.
#[derive(Clone, Debug)]
pub(crate) struct Roots {
    /// Verifies certificates against them.
    pub(crate) verifier: Arc<dyn ServerCertVerifier>,
    /// The fingerprints of those certificates that can be listed.
    pub(crate) listed: Arc<HashSet<Fingerprint>>,
}

/// No trusted certificates can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoRoots {
    /// The environment variables that name certificates, if any is set.
    pub(crate) variables: Vec<String>,
}

impl Roots {
    /// Reads the certificates that this computer trusts.
    pub(crate) fn load(provider: &Arc<CryptoProvider>) -> Result<Self, NoRoots> {
        let none = || NoRoots { variables: variables() };
        let certificates = listed();
        let verifier = verifier(&certificates, provider).ok_or_else(none)?;
        let listed = certificates.iter().map(|certificate| fingerprint(certificate)).collect();
        Ok(Self { verifier, listed: Arc::new(listed) })
    }
}

/// The environment variables that are set.
fn variables() -> Vec<String> {
    let is_set = |name: &&&str| env::var_os(**name).is_some_and(|value| !value.is_empty());
    CERTIFICATE_VARIABLES.iter().filter(is_set).map(|name| (*name).to_owned()).collect()
}

/// The certificates in the usual files of Unix systems, or those that the environment names.
#[cfg(not(any(windows, target_os = "macos")))]
fn listed() -> Vec<CertificateDer<'static>> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(error = %chain(&error), "a trusted certificate cannot be read");
    }
    found.certs
}

#[cfg(not(any(windows, target_os = "macos")))]
fn verifier(
    certificates: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Option<Arc<dyn ServerCertVerifier>> {
    let mut roots = rustls::RootCertStore::empty();
    let (added, ignored) = roots.add_parsable_certificates(certificates.iter().cloned());
    tracing::debug!(added, ignored, "trusted certificates were read");
    let builder = rustls::client::WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
    Some(builder.build().ok()?)
}

/// The certificates that the environment names. The system verifies against its own store itself.
#[cfg(any(windows, target_os = "macos"))]
fn listed() -> Vec<CertificateDer<'static>> {
    let mut found = Vec::new();
    let read = |file, folder| rustls_native_certs::load_certs_from_paths(file, folder).certs;
    if let Some(file) = env::var_os(CERTIFICATE_VARIABLES[0]) {
        found.extend(read(Some(file.as_ref()), None));
    }
    for folder in env::var_os(CERTIFICATE_VARIABLES[1]).iter().flat_map(env::split_paths) {
        found.extend(read(None, Some(folder.as_path())));
    }
    found.retain(|certificate| rustls::RootCertStore::empty().add(certificate.clone()).is_ok());
    found
}

#[cfg(any(windows, target_os = "macos"))]
fn verifier(
    certificates: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Option<Arc<dyn ServerCertVerifier>> {
    let more = certificates.iter().cloned();
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(more, Arc::clone(provider)).ok()?;
    Some(Arc::new(verifier))
}
