//! Turns errors of a connection into failures.

use std::{error::Error as StdError, io};

use url::Url;

use super::tls::Refused;
use crate::{
    error_chain::chain,
    gateway::mask::sanitize_message,
    recipe::{Failure, FailureDetail, FailureKind, RefusedCertificate},
};

/// What a connection that did not work comes to.
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
        // Without the outermost error, whose message has the address, and maybe a key in it.
        let sources = sanitize_message(&chain(&source).to_string(), secrets);
        tracing::info!(?kind, error = sources, "a connection failed");
    }
    // The innermost cause is the most specific, and does not repeat the address.
    let innermost = causes(error).last().map(ToString::to_string).unwrap_or_default();
    Failure::new(kind).words(sanitize_message(&innermost, secrets))
}

/// The certificate for which a connection was refused, if that is why.
pub(crate) fn refused_certificate(error: &reqwest::Error) -> Option<&Refused> {
    causes(error).find_map(|cause| match within(cause).downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) => other.0.downcast_ref(),
        _ => None,
    })
}

/// A URL's host, with its port where that is not the usual one, as [`crate::recipe::Profile::host`] has it.
pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

pub(crate) fn is_about_encryption(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| within(cause).is::<rustls::Error>())
}

/// What an `io::Error` wraps, which it does not count among its sources; anything else as it is.
pub(crate) fn within<'a>(mut cause: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    while let Some(inner) = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        cause = inner;
    }
    cause
}

pub(crate) fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
