//! Failures of requests, in terms that a person can act on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure_detail::FailureDetail;
use crate::recipe::{connection::RefusedCertificate, response::KeptResponse};

/// Whether money was spent on a request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Charge {
    /// Nothing was charged: the connection was refused, or the gateway turned the request down.
    No,
    /// The gateway had the whole request and its answer did not arrive in full.
    Maybe,
    /// The model answered, so the answer is billed.
    Yes,
}

/// What may follow a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The application may try again by itself: nothing was charged and it may well work.
    ByItself,
    /// Only a person may try again: it may cost money a second time.
    ByHand,
    /// Trying the same again cannot help; something has to change first.
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
    /// Nobody whom this computer knows stands for the host's certificate.
    CertificateRefused,
    /// The base URL is not a URL that can be asked.
    WrongUrl,
    /// The gateway redirects the request (3xx). A prompt is never sent a second time to follow it.
    Redirected,
    /// A key is needed and there is none.
    NoKey,
    /// The key has characters that no key has.
    UnusableKey,
    /// The person has not confirmed that the key may be sent to this host.
    HostNotConfirmed,
    /// The gateway does not accept the key (401).
    WrongKey,
    /// The key was accepted once and its time is over.
    KeyExpired,
    /// The key has spent what it may spend, whatever the account still holds.
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
    /// A filter refused the prompt before anything was drawn.
    PromptBlocked,
    /// A filter held the image back.
    ImageBlocked,
    /// The model answered in words and drew nothing.
    NoImage,
    /// The model stopped without an image or words, for a reason of its own.
    NothingDrawn,
    /// The model wanted to use a tool instead of drawing.
    ToolCalled,
    /// The answer was empty.
    EmptyAnswer,
    /// The answer was not in any known shape: broken JSON, or an HTML page.
    NotUnderstood,
    /// The gateway or something behind it broke (5xx).
    GatewayFailed,
    /// Nothing came for too long.
    TimedOut,
    /// The connection was kept open for too long without content.
    NoProgress,
    /// The whole response took longer than is waited for.
    TookTooLong,
    /// The connection broke while the answer was arriving.
    CutOff,
    /// The answer is larger than what is accepted.
    AnswerTooLarge,
    /// The packed answer unpacks to more than what is accepted, or to very many times its size.
    UnpacksTooLarge,
    /// The file of an image is larger than what is accepted.
    ImageTooLarge,
    /// The bytes that came are not a whole image.
    BrokenImage,
    /// The bytes are an image in a format that cannot be shown.
    UnknownFormat,
    /// The image's dimensions are beyond what is accepted.
    AbsurdDimensions,
    /// The link to the image could not be followed.
    LinkFailed,
    /// The link to the image leads to where the gateway may not lead.
    LinkRefused,
    /// All linked images together took longer than is waited for.
    LinksTimedOut,
    /// The answer links to more images than are fetched.
    TooManyLinks,
    /// The gateway works on the request as a task that has not ended within the time for which it is followed.
    TaskUnfinished,
    /// The gateway works on the request as a task, and no known address tells of it.
    TaskNotFound,
    /// A reference image could not be read.
    ReferenceUnreadable,
    /// The disk is full.
    DiskFull,
    /// The library's folder cannot be written.
    CannotWrite,
    /// The keychain did not answer.
    KeychainSilent,
    /// It would cost more than a person allows to be spent.
    OverCap,
    /// The application was stopped while the request was on its way.
    Interrupted,
    /// The request was cancelled by a person.
    Cancelled,
}

impl FailureKind {
    /// Whether the response is whole and only an image that it links to is missing: that can be fetched again without
    /// paying a second time.
    pub fn is_about_links(self) -> bool {
        matches!(self, Self::LinkFailed | Self::LinkRefused | Self::LinksTimedOut)
    }
}

/// A request that did not become an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// Whether it cost money.
    pub charged: Charge,
    /// What may follow.
    pub retry: Retry,
    /// HTTP status, if there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The gateway's or the model's own words, cleaned of HTML, keys and image data, at most a few
    /// hundred characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What exactly is wrong, where that is known.
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
    /// Whether the gateway was not reached, so that nothing was charged and the request can wait for it.
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

    /// Sets whether it cost money. A request that may have been billed is never retried by itself.
    #[must_use]
    pub fn charged(mut self, charged: Charge) -> Self {
        self.charged = charged;
        if charged != Charge::No && self.retry == Retry::ByItself {
            self.retry = Retry::ByHand;
        }
        self
    }

    /// Takes in whether the gateway reports that trying again helps (`x-should-retry`).
    ///
    /// A "no" always counts. A "yes" counts only where the status says that the request was turned down (4xx), which
    /// also means that it was not charged; after anything else the money may have been spent.
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

    /// Sets the gateway's own words, which must have been cleaned already.
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        let words = words.into();
        self.words = (!words.trim().is_empty()).then_some(words);
        self
    }

    /// Sets what exactly is wrong.
    #[must_use]
    pub fn detail(mut self, detail: FailureDetail) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }

    /// The certificate with which the connection was refused.
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
    fn what_may_have_cost_money_never_retries_by_itself() {
        let failure = Failure::new(FailureKind::RateLimited).charged(Charge::Maybe);
        assert_eq!(failure.retry, Retry::ByHand);
    }

    #[test]
    fn a_gateway_s_word_on_retrying_never_risks_money() {
        let after = |kind, status, says| Failure::new(kind).status(status).should_retry(Some(says)).retry;
        assert_eq!(after(FailureKind::RateLimited, 429, false), Retry::ByHand);
        assert_eq!(after(FailureKind::BadRequest, 409, true), Retry::ByItself);
        assert_eq!(after(FailureKind::TimedOut, 408, true), Retry::ByItself);
        assert_eq!(after(FailureKind::GatewayFailed, 503, true), Retry::ByHand);
        assert_eq!(after(FailureKind::WrongKey, 401, false), Retry::AfterChange);
    }
}
