//! Converts connection errors to failures.

use std::{error::Error as StdError, io};

use url::Url;

use super::tls::RejectedCertificate;
use crate::{
    error_chain::chain,
    gateway::mask::sanitize_message,
    recipe::{Failure, FailureDetail, FailureKind, RefusedCertificate},
};

/// The failure for a connection error.
pub(crate) fn transport_failure(error: &reqwest::Error, secrets: &[&str]) -> Failure {
    if let Some(refused) = refused_certificate(error) {
        let host = error.url().map(host_of).unwrap_or_default();
        let refused = RefusedCertificate { host, sha256: refused.sha256, flaw: refused.flaw };
        return Failure::new(FailureKind::CertificateRefused).detail(FailureDetail::Certificate(refused));
    }
    let kind = if error.is_builder() {
        FailureKind::WrongUrl
    } else if is_about_encryption(error) {
        FailureKind::InsecureConnection
    } else if error.is_connect() {
        FailureKind::NoConnection
    } else if error.is_timeout() {
        FailureKind::TimedOut
    } else {
        FailureKind::CutOff
    };
    if let Some(source) = error.source() {
        // Without the outermost error, whose message contains the address, which may contain a key.
        let sources = sanitize_message(&chain(&source).to_string(), secrets);
        tracing::info!(?kind, error = sources, "a connection failed");
    }
    // The innermost cause is the most specific one, and does not repeat the address.
    let innermost = causes(error).last().map(ToString::to_string).unwrap_or_default();
    Failure::new(kind).words(sanitize_message(&innermost, secrets))
}

/// The certificate that was rejected, if that is the cause.
pub(crate) fn refused_certificate(error: &reqwest::Error) -> Option<&RejectedCertificate> {
    causes(error).find_map(|cause| match unwrap_io_error(cause).downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) => other.0.downcast_ref(),
        _ => None,
    })
}

/// The host of a URL, with its port unless that is the default, like [`crate::recipe::Profile::host`].
pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

pub(crate) fn is_about_encryption(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| unwrap_io_error(cause).is::<rustls::Error>())
}

/// The error that an `io::Error` wraps, which is not among its sources; any other error unchanged.
pub(crate) fn unwrap_io_error<'a>(mut cause: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    while let Some(inner) = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        cause = inner;
    }
    cause
}

pub(crate) fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
