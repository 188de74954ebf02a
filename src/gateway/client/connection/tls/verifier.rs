//! Verifies the certificate of a server.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::{fingerprint::fingerprint, roots::Roots};
use crate::recipe::{CertificateFlaw, Fingerprint};

/// A certificate that is accepted for one host, whatever is wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct PinnedCertificate {
    pub(crate) name: ServerName<'static>,
    pub(crate) sha256: Fingerprint,
}

/// Accepts certificates that this computer trusts, and one certificate for one host. A server must always prove that it
/// has the private key.
#[derive(Debug)]
pub(crate) struct CertificateVerifier {
    pub(crate) roots: Option<Roots>,
    pub(crate) pinned: Option<PinnedCertificate>,
    pub(crate) provider: Arc<CryptoProvider>,
}

/// A rejected certificate.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the certificate was refused: {reason}")]
pub(crate) struct RejectedCertificate {
    /// The certificate.
    pub(crate) sha256: Fingerprint,
    /// The reason for the rejection.
    pub(crate) flaw: CertificateFlaw,
    /// The message of the verifier.
    reason: String,
}

impl CertificateVerifier {
    /// Whether the certificate of the server itself is among the trusted certificates. The verifier expects only
    /// authorities there, and rejects a server that presents one of them although everything else is valid.
    fn is_trusted_itself(&self, error: &Error, certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
        let Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) = error else { return false };
        inner.downcast_ref::<webpki::Error>() == Some(&webpki::Error::CaUsedAsEndEntity)
            && self.roots.as_ref().is_some_and(|roots| roots.listed.contains(&fingerprint(certificate)))
            && ParsedCertificate::try_from(certificate).is_ok_and(|parsed| verify_server_name(&parsed, name).is_ok())
    }
}

impl ServerCertVerifier for CertificateVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let sha256 = fingerprint(end_entity);
        if self.pinned.as_ref().is_some_and(|pinned| pinned.name == *server_name && pinned.sha256 == sha256) {
            return Ok(ServerCertVerified::assertion());
        }
        let checked = match &self.roots {
            Some(roots) => {
                roots.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        match checked {
            Err(error) if self.is_trusted_itself(&error, end_entity, server_name) => {
                Ok(ServerCertVerified::assertion())
            }
            Err(error) => {
                let refused = RejectedCertificate { sha256, flaw: flaw(&error), reason: error.to_string() };
                Err(CertificateError::Other(OtherError(Arc::new(refused))).into())
            }
            accepted => accepted,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn flaw(error: &Error) -> CertificateFlaw {
    use CertificateError as E;
    let Error::InvalidCertificate(error) = error else { return CertificateFlaw::Unusable };
    match error {
        E::Expired | E::ExpiredContext { .. } => CertificateFlaw::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => CertificateFlaw::NotYetValid,
        E::NotValidForName | E::NotValidForNameContext { .. } => CertificateFlaw::WrongHost,
        E::Revoked => CertificateFlaw::Revoked,
        E::UnknownIssuer | E::BadSignature => CertificateFlaw::UnknownIssuer,
        // A server that presents its own authority is self-signed.
        E::Other(OtherError(inner))
            if inner.downcast_ref::<webpki::Error>() == Some(&webpki::Error::CaUsedAsEndEntity) =>
        {
            CertificateFlaw::UnknownIssuer
        }
        _ => CertificateFlaw::Unusable,
    }
}
