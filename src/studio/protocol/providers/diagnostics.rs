//! The diagnostic checks of a gateway and their results.

use std::time::Duration;

use serde::Serialize;

use crate::{
    recipe::{AddressError, Dialect, Failure, Money},
    studio::protocol::images::ImageDetails,
};

/// The checks, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticCheck {
    /// Whether the base URL is valid.
    Address,
    /// Whether the host accepts connections.
    Network,
    /// Whether the connection is encrypted.
    Encryption,
    /// Whether the gateway lists its models.
    Models,
    /// Whether the gateway accepts the key.
    Key,
    /// Whether the clocks of the gateway and this machine agree.
    Clock,
    /// Whether the model is in the list.
    Model,
    /// Whether a request returns an image.
    #[serde(rename = "picture")]
    Image,
}

/// The severity of a check's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// No problem was found.
    Ok,
    /// There may be a problem, or the check could not run.
    Warning,
    /// There is a problem.
    Failed,
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckResult {
    /// The address of the host that requests are sent to.
    Address {
        /// Scheme, host and port.
        origin: String,
    },
    /// The base URL is invalid.
    InvalidAddress(AddressError),
    /// The host accepts connections.
    Reachable {
        /// Time from the DNS query to the connection.
        took: Duration,
    },
    /// The host name cannot be resolved.
    UnknownHost {
        /// The reason of the system.
        reason: String,
    },
    /// The host does not accept connections.
    Unreachable {
        /// The reason of the system.
        reason: String,
    },
    /// A proxy is configured, which the next checks use.
    ThroughProxy,
    /// The connection is encrypted and the certificate is valid.
    Encrypted,
    /// The connection is not encrypted, but does not leave this machine.
    PlainLocal,
    /// The connection is not encrypted, so that the network can read the key.
    PlainRemote,
    /// The TLS handshake failed.
    TlsFailed(Failure),
    /// The gateway listed its models.
    Models {
        /// Number of all models.
        all: usize,
        /// Number of image models.
        image: usize,
        /// Time from sending the request to the complete list.
        took: Duration,
    },
    /// The model list could not be loaded.
    ModelsFailed(Failure),
    /// The key is accepted: the list is available with it and not without it.
    KeyAccepted,
    /// No key is needed.
    KeyNotNeeded,
    /// The list is also available without a key, so that it does not show whether the key is valid.
    KeyUnverified,
    /// There is no key, or it was rejected.
    KeyRejected(Failure),
    /// The clocks agree.
    ClockCorrect,
    /// This machine's clock is ahead of the gateway's, or behind it if negative.
    ClockOff {
        /// The difference.
        seconds: i64,
    },
    /// The gateway does not send the time.
    ClockUnknown,
    /// The model is in the list.
    ModelListed {
        /// ID of the model.
        model: String,
    },
    /// The model is not in the list.
    ModelNotListed {
        /// ID of the model.
        model: String,
    },
    /// The list contains no image model, and no model was given.
    NoImageModel,
    /// There is no list to search.
    NoModelList,
    /// The request returned an image.
    Image {
        /// The image.
        details: Box<ImageDetails>,
        /// The dialect of the request.
        dialect: Dialect,
        /// Number of images of the response.
        images: usize,
    },
    /// The request returned no image.
    ImageFailed(Failure),
    /// The request was cancelled.
    Cancelled,
    /// No image was requested, because no person has agreed to pay for it.
    ImageNotRequested {
        /// The model that the request would use; `None` if none is known.
        model: Option<String>,
        /// The estimated price; `None` if it is unknown.
        price: Option<Money>,
    },
}

/// One check with its result.
#[derive(Clone, Debug, PartialEq)]
pub struct DiagnosticStep {
    /// The check.
    pub check: DiagnosticCheck,
    /// The severity of the result.
    pub severity: Severity,
    /// The result.
    pub result: CheckResult,
}

impl DiagnosticStep {
    pub(in crate::studio) fn new(check: DiagnosticCheck, severity: Severity, result: CheckResult) -> Self {
        Self { check, severity, result }
    }

    /// The step for a test image that was generated.
    pub(in crate::studio) fn image(details: ImageDetails, dialect: Dialect, images: usize) -> Self {
        Self::new(
            DiagnosticCheck::Image,
            Severity::Ok,
            CheckResult::Image { details: Box::new(details), dialect, images },
        )
    }

    /// The step for a test image whose request has failed.
    pub(in crate::studio) fn image_failed(failure: Failure) -> Self {
        Self::new(DiagnosticCheck::Image, Severity::Failed, CheckResult::ImageFailed(failure))
    }

    /// The step for a test image whose request was cancelled.
    pub(in crate::studio) fn cancelled() -> Self {
        Self::new(DiagnosticCheck::Image, Severity::Warning, CheckResult::Cancelled)
    }
}
