//! Failures of requests: kind, whether money was charged, and whether a retry is safe.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure_detail::FailureDetail;
use crate::recipe::{connection::RefusedCertificate, response::KeptResponse};

/// Whether a failed request was charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Charge {
    /// Nothing was charged: the connection was refused, or the gateway rejected the request.
    No,
    /// The gateway received the whole request and its response did not arrive completely.
    Maybe,
    /// The model responded, so the response is billed.
    Yes,
}

/// Who may retry a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The application may retry automatically: nothing was charged, and a retry may succeed.
    ByItself,
    /// Only the user may retry: it may cost money a second time.
    ByHand,
    /// A retry cannot succeed until something is changed.
    AfterChange,
}

/// The kinds of failure. `snake_case` of the name is the `kind` in JSON output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The host name did not resolve or the connection was refused or not possible.
    NoConnection,
    /// The certificate or the encrypted connection was not acceptable.
    InsecureConnection,
    /// The host's certificate is not trusted by this computer.
    CertificateRefused,
    /// The base URL is invalid.
    WrongUrl,
    /// The gateway redirects the request (3xx). A prompt is never sent a second time to follow it.
    Redirected,
    /// The gateway needs a key and none is stored.
    NoKey,
    /// The key contains characters that no key has.
    UnusableKey,
    /// The person has not confirmed that the key may be sent to this host.
    HostNotConfirmed,
    /// The gateway does not accept the key (401).
    WrongKey,
    /// The key has expired.
    KeyExpired,
    /// The key has reached its spending limit, whatever the account's balance is.
    KeyLimit,
    /// The account has no money or quota left (402, or 403 with a quota code).
    NoMoney,
    /// The key may not use this model or this endpoint (403).
    NotAllowed,
    /// The gateway does not know the model.
    UnknownModel,
    /// Nothing answers at this address (404 or 405).
    NotFound,
    /// Too many requests (429).
    RateLimited,
    /// The request is too large (413).
    TooLarge,
    /// The gateway did not accept the request (other 4xx).
    BadRequest,
    /// A filter rejected the prompt before an image was generated.
    PromptBlocked,
    /// A filter withheld the image.
    ImageBlocked,
    /// The model responded with text and without an image.
    NoImage,
    /// The model stopped without an image or text, for a reason that it names.
    NothingDrawn,
    /// The model called a tool instead of generating an image.
    ToolCalled,
    /// The response was empty.
    EmptyAnswer,
    /// The response was in no known format: broken JSON, or an HTML page.
    NotUnderstood,
    /// The gateway or a server behind it failed (5xx).
    GatewayFailed,
    /// No data arrived within the time limit.
    TimedOut,
    /// The connection was kept open for too long without content.
    NoProgress,
    /// The whole response took longer than the time limit.
    TookTooLong,
    /// The connection broke while the response was arriving.
    CutOff,
    /// The response is larger than the limit.
    AnswerTooLarge,
    /// The compressed response decompresses to more than the limit, or to very many times its size.
    UnpacksTooLarge,
    /// The file of an image is larger than the limit.
    ImageTooLarge,
    /// The received bytes are not a complete image.
    BrokenImage,
    /// The bytes are an image in an unsupported format.
    UnknownFormat,
    /// The image's dimensions are beyond the limit.
    AbsurdDimensions,
    /// The link to the image could not be followed.
    LinkFailed,
    /// The link to the image leads to an address that the gateway is not allowed to link to.
    LinkRefused,
    /// All linked images together took longer than the time limit.
    LinksTimedOut,
    /// The response links to more images than are downloaded.
    TooManyLinks,
    /// The gateway runs the request as a task, which has not ended within the polling time limit.
    TaskUnfinished,
    /// The gateway runs the request as a task, and no known address reports its status.
    TaskNotFound,
    /// A reference image could not be read.
    ReferenceUnreadable,
    /// The disk is full.
    DiskFull,
    /// The library's folder cannot be written.
    CannotWrite,
    /// The keychain did not respond.
    KeychainSilent,
    /// The request would exceed a spending cap.
    OverCap,
    /// The application was stopped while the request was running.
    Interrupted,
    /// The user canceled the request.
    Cancelled,
}

impl FailureKind {
    /// Whether the response is complete and only a linked image is missing, which can be downloaded again without
    /// paying a second time.
    pub fn is_about_links(self) -> bool {
        matches!(self, Self::LinkFailed | Self::LinkRefused | Self::LinksTimedOut)
    }
}

/// Why a request did not produce an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// Whether it cost money.
    pub charged: Charge,
    /// Who may retry.
    pub retry: Retry,
    /// HTTP status, if there was a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The gateway's or the model's message, without HTML, keys and image data, at most a few hundred characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Details of the failure, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Box<FailureDetail>>,
    /// How long the gateway asks to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Duration>,
    /// Images of the same response that are stored.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stored: usize,
    /// The response, where it is kept to be read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<KeptResponse>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Failure {
    /// Whether the gateway was unreachable, so that nothing was charged and the request can wait for it.
    pub fn is_unreachable(&self) -> bool {
        self.kind == FailureKind::NoConnection && self.charged == Charge::No
    }

    /// A failure of a kind, with the charge and retry classes that the kind usually has.
    ///
    /// The usual classes assume that the request's body had been sent where the kind allows it; use
    /// [`Self::charged`] to correct them.
    pub fn new(kind: FailureKind) -> Self {
        use FailureKind as K;
        let (charged, retry) = match kind {
            K::NoConnection | K::RateLimited => (Charge::No, Retry::ByItself),
            K::InsecureConnection
            | K::CertificateRefused
            | K::UnusableKey
            | K::WrongUrl
            | K::Redirected
            | K::NoKey
            | K::HostNotConfirmed
            | K::WrongKey
            | K::KeyExpired
            | K::KeyLimit
            | K::NoMoney
            | K::NotAllowed
            | K::UnknownModel
            | K::NotFound
            | K::TooLarge
            | K::BadRequest
            | K::PromptBlocked
            | K::ReferenceUnreadable
            | K::OverCap
            | K::DiskFull
            | K::CannotWrite => (Charge::No, Retry::AfterChange),
            K::KeychainSilent | K::Cancelled => (Charge::No, Retry::ByHand),
            K::GatewayFailed
            | K::TimedOut
            | K::NoProgress
            | K::TookTooLong
            | K::CutOff
            | K::Interrupted
            | K::EmptyAnswer
            | K::NothingDrawn
            | K::ToolCalled
            | K::NotUnderstood
            | K::ImageBlocked
            | K::AnswerTooLarge
            | K::UnpacksTooLarge
            | K::TaskUnfinished
            | K::TaskNotFound => (Charge::Maybe, Retry::ByHand),
            K::NoImage
            | K::BrokenImage
            | K::UnknownFormat
            | K::AbsurdDimensions
            | K::ImageTooLarge
            | K::LinkFailed
            | K::LinkRefused
            | K::LinksTimedOut
            | K::TooManyLinks => (Charge::Yes, Retry::ByHand),
        };
        Self { kind, charged, retry, http_status: None, words: None, detail: None, wait: None, stored: 0, kept: None }
    }

    /// Sets whether it cost money. A request that may have been billed is never retried automatically.
    #[must_use]
    pub fn charged(mut self, charged: Charge) -> Self {
        self.charged = charged;
        if charged != Charge::No && self.retry == Retry::ByItself {
            self.retry = Retry::ByHand;
        }
        self
    }

    /// Applies the gateway's `x-should-retry` header.
    ///
    /// A "no" always counts. A "yes" counts only if the status says that the request was rejected (4xx), which also
    /// means that it was not charged; after any other status the money may have been spent.
    #[must_use]
    pub fn should_retry(mut self, says: Option<bool>) -> Self {
        match says {
            Some(true) if self.http_status.is_some_and(|status| (400..500).contains(&status)) => {
                self.charged = Charge::No;
                self.retry = Retry::ByItself;
            }
            Some(false) if self.retry == Retry::ByItself => self.retry = Retry::ByHand,
            _ => {}
        }
        self
    }

    /// Sets the HTTP status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.http_status = Some(status);
        self
    }

    /// Sets how many images of the same response are stored.
    #[must_use]
    pub fn stored(mut self, images: usize) -> Self {
        self.stored = images;
        self
    }

    /// Sets the gateway's message, which must be sanitized already.
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        let words = words.into();
        self.words = (!words.trim().is_empty()).then_some(words);
        self
    }

    /// Sets the details.
    #[must_use]
    pub fn detail(mut self, detail: FailureDetail) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }

    /// The certificate because of which the connection was refused.
    pub fn refused_certificate(&self) -> Option<&RefusedCertificate> {
        match self.detail.as_deref() {
            Some(FailureDetail::Certificate(refused)) => Some(refused),
            _ => None,
        }
    }

    /// Sets how long the gateway asks to wait.
    #[must_use]
    pub fn wait(mut self, wait: Option<Duration>) -> Self {
        self.wait = wait;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn possibly_charged_request_is_never_retried_automatically() {
        let failure = Failure::new(FailureKind::RateLimited).charged(Charge::Maybe);
        assert_eq!(failure.retry, Retry::ByHand);
    }

    #[test]
    fn should_retry_of_a_gateway_never_risks_money() {
        let after = |kind, status, says| Failure::new(kind).status(status).should_retry(Some(says)).retry;
        assert_eq!(after(FailureKind::RateLimited, 429, false), Retry::ByHand);
        assert_eq!(after(FailureKind::BadRequest, 409, true), Retry::ByItself);
        assert_eq!(after(FailureKind::TimedOut, 408, true), Retry::ByItself);
        assert_eq!(after(FailureKind::GatewayFailed, 503, true), Retry::ByHand);
        assert_eq!(after(FailureKind::WrongKey, 401, false), Retry::AfterChange);
    }
}
