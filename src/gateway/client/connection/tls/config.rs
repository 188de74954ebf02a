//! The TLS configuration of connections.

use std::sync::{Arc, OnceLock};

use rustls::{
    ClientConfig,
    crypto::{CryptoProvider, ring},
    pki_types::ServerName,
};
use url::Url;

use super::{
    roots::{NoRoots, Roots},
    verifier::{CertificateVerifier, PinnedCertificate},
};
use crate::recipe::{Failure, FailureDetail, FailureKind, TrustedCertificate};

/// The trusted certificates of all connections. They are read when the first connection is made, because reading them
/// takes long enough to delay the opening of the window.
#[derive(Debug, Default)]
pub(crate) struct TlsConfig {
    roots: OnceLock<Roots>,
}

impl TlsConfig {
    /// The configuration for connections to a URL, with the certificate that the user trusts for its host.
    ///
    /// # Errors
    /// This computer has no trusted certificates, and the user trusts none for the host.
    pub(crate) fn config(&self, url: &Url, trusted: Option<&TrustedCertificate>) -> Result<ClientConfig, Failure> {
        let provider = Arc::new(ring::default_provider());
        let pinned =
            trusted.and_then(|trusted| Some(PinnedCertificate { name: server_name(url)?, sha256: trusted.sha256 }));
        let roots = match self.roots(&provider) {
            Ok(roots) => Some(roots),
            Err(_) if pinned.is_some() => None,
            Err(NoRoots { variables }) => {
                let detail = FailureDetail::NoTrustedCertificates { variables };
                return Err(Failure::new(FailureKind::InsecureConnection).detail(detail));
            }
        };
        let verifier = Arc::new(CertificateVerifier { roots, pinned, provider: Arc::clone(&provider) });
        let unusable = |error: rustls::Error| Failure::new(FailureKind::InsecureConnection).words(error.to_string());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(unusable)?.dangerous().with_custom_certificate_verifier(verifier);
        let mut config = builder.with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// The certificates that this computer trusts. An error is not cached, because the user may fix its cause
    /// meanwhile.
    fn roots(&self, provider: &Arc<CryptoProvider>) -> Result<Roots, NoRoots> {
        if let Some(roots) = self.roots.get() {
            return Ok(roots.clone());
        }
        let loaded = Roots::load(provider)?;
        Ok(self.roots.get_or_init(|| loaded).clone())
    }
}

/// The name that the certificate of a server at this URL must have.
fn server_name(url: &Url) -> Option<ServerName<'static>> {
    let host = url.host_str()?;
    let host = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host);
    ServerName::try_from(host.to_owned()).ok()
}
