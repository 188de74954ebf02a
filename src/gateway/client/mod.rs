//! Asking a gateway over HTTP.

mod address;
mod body;
mod endpoint;
mod heard;
mod limits;
mod link;
mod models;
mod page;
mod poll;
mod progress;
mod resolve;
mod route;
#[cfg(test)]
mod tests;
mod tls;

pub use heard::{Heard, cost_in, described};
pub use link::LinkPolicy;
pub use models::Model;
pub use page::page_instead;
pub use poll::{Polled, task_addresses};

use std::{error::Error as StdError, io, sync::Arc, time::Duration};

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION},
    multipart,
};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    clean::clean_words,
    failure,
    reader::BodyKind,
    request::{Call, CallBody, FormPart},
};
use crate::recipe::{Charge, Failure, FailureDetail, FailureKind, Profile, RefusedCertificate, TimeLimits};

use body::{Body, BodyLimits};
use endpoint::{endpoint, headers};
use progress::Progress;
use route::Connections;
use tls::Refused;

/// Of the body of an error, so much is read.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// Redirects of a `GET` that are followed.
const MAX_REDIRECTS: usize = 3;
/// Of a response to a prompt, so much is accepted, received as well as unpacked.
const RESPONSE: BodyLimits = BodyLimits::both(1 << 30);
/// Redirects that are followed on the way to an image, as browsers do.
const MAX_LINK_REDIRECTS: usize = 10;

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, encryption included.
    pub connect: Duration,
    /// From sending the request to the first byte of the answer's body. Large pictures take minutes.
    pub first_byte: Duration,
    /// Between any two pieces of the body.
    pub between_bytes: Duration,
    /// Between any two spans of the body that hold content, and from sending the request to the first one. Comments
    /// and spaces that only keep the connection open are no content.
    pub progress: Duration,
    /// For the whole response, from sending the request to the last byte of the body.
    pub whole: Duration,
    /// For the whole list of models.
    pub models: Duration,
    /// For the whole of a picture behind a link.
    pub link: Duration,
    /// For all pictures together that one response links to.
    pub links: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(6),
            between_bytes: Duration::from_mins(1),
            progress: Duration::from_mins(10),
            whole: Duration::from_mins(30),
            models: Duration::from_secs(30),
            link: Duration::from_mins(2),
            links: Duration::from_mins(10),
        }
    }
}

impl Timeouts {
    /// The same, but for what a profile sets.
    fn within(self, limits: TimeLimits) -> Self {
        let seconds = |set: Option<u32>, usual| set.map_or(usual, |set| Duration::from_secs(set.max(1).into()));
        // A profile that allows a model more time to begin must not be cut off by the usual limits.
        let progress =
            limits.first_byte.map_or(self.progress, |_| self.progress.max(seconds(limits.first_byte, self.progress)));
        Self {
            connect: seconds(limits.connect, self.connect),
            first_byte: seconds(limits.first_byte, self.first_byte),
            between_bytes: seconds(limits.between_bytes, self.between_bytes),
            progress,
            whole: seconds(limits.whole, self.whole.max(progress * 2)),
            ..self
        }
    }
}

/// Asks gateways. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    timeouts: Timeouts,
    connections: Arc<Connections>,
}

impl Client {
    /// A client with its own connections.
    pub fn new(timeouts: Timeouts) -> Self {
        // An error means that a provider is installed already, which is as good.
        rustls::crypto::ring::default_provider().install_default().ok();
        Self { timeouts, connections: Arc::default() }
    }

    /// Sends a request and waits for a successful answer to begin.
    ///
    /// Every other answer becomes a failure: its kind, whether it cost money, and the gateway's words.
    ///
    /// The request is sent once: neither a redirect nor a refusal by the protocol nor a broken connection repeats it.
    pub async fn send(
        &self,
        profile: &Profile,
        base_url: &str,
        key: Option<&str>,
        call: Call,
    ) -> Result<Incoming, Failure> {
        self.send_and_hear(profile, base_url, key, call, &mut Heard::default()).await
    }

    /// The same, and tells what came back before the body.
    pub async fn send_and_hear(
        &self,
        profile: &Profile,
        base_url: &str,
        key: Option<&str>,
        call: Call,
        heard: &mut Heard,
    ) -> Result<Incoming, Failure> {
        let url = endpoint(base_url, &call.path, call.query)?;
        let timeouts = self.timeouts.within(profile.limits);
        let client = self.connections.to(profile, &url, timeouts)?;
        let request = client
            .post(url.clone())
            .headers(headers(profile, &url, key)?)
            .header(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        let request = match call.body {
            CallBody::Json(body) => {
                request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body)
            }
            CallBody::Form(parts) => request.multipart(form(parts)?),
        };
        let now = Instant::now();
        let (first_byte, whole) = (now + timeouts.first_byte, now + timeouts.whole);
        let progress = Progress::new(timeouts.progress, now);
        let own = profile.own_secrets();
        let secrets: Vec<&str> = key.into_iter().chain(own.iter().map(String::as_str)).collect();
        let response = answer(request, first_byte.min(whole), &secrets, heard).await?;
        let pace = Pace::Prompt { next_byte: first_byte, between_bytes: timeouts.between_bytes, progress };
        Ok(Incoming::new(response, RESPONSE, whole, pace))
    }

    /// How long may be waited for all pictures together that one response links to.
    pub fn links_limit(&self) -> Duration {
        self.timeouts.links
    }

    /// The connections for this address. Fails only if they cannot be made at all.
    fn connection(&self, profile: &Profile, url: &Url) -> Result<reqwest::Client, Failure> {
        self.connections.to(profile, url, self.timeouts.within(profile.limits))
    }
}

fn form(parts: Vec<FormPart>) -> Result<multipart::Form, Failure> {
    let mut form = multipart::Form::new();
    for FormPart { name, file, bytes } in parts {
        let mut part = multipart::Part::bytes(bytes);
        if let Some((file_name, mime)) = file {
            let odd = |_error| Failure::new(FailureKind::ReferenceUnreadable);
            part = part.file_name(file_name).mime_str(&mime).map_err(odd)?;
        }
        form = form.part(name, part);
    }
    Ok(form)
}

/// An answer whose body is arriving.
#[derive(Debug)]
pub struct Incoming {
    /// HTTP status, which is a success.
    pub status: u16,
    /// What the body is, as its headers say.
    pub kind: BodyKind,
    /// Length of the body in bytes, if it is known.
    pub length: Option<u64>,
    body: Body,
    /// When the whole body must have come.
    whole: Instant,
    pace: Pace,
}

/// Which limits hold while a body arrives, beside that for the whole.
#[derive(Debug)]
enum Pace {
    /// The response to a prompt.
    Prompt {
        /// When the next byte must have come.
        next_byte: Instant,
        between_bytes: Duration,
        progress: Progress,
    },
    /// A picture behind a link.
    Link,
}

impl Incoming {
    fn new(response: Response, limits: BodyLimits, whole: Instant, pace: Pace) -> Self {
        let mime = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = match mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "text/event-stream" => BodyKind::EventStream,
            "application/json" => BodyKind::Json,
            _ => BodyKind::Unknown,
        };
        let status = response.status().as_u16();
        let body = Body::of(response, limits);
        Self { status, kind, length: body.length(), body, whole, pace }
    }

    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// [`FailureKind::TimedOut`], [`FailureKind::NoProgress`] or [`FailureKind::TookTooLong`] beyond a limit of time,
    /// [`FailureKind::AnswerTooLarge`] or [`FailureKind::UnpacksTooLarge`] beyond one of size, and what breaks a
    /// connection. Pictures behind links fail with [`FailureKind::LinkFailed`] or [`FailureKind::ImageTooLarge`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let deadline = self.deadline();
        // A connection that always has a byte ready would never be found to be late otherwise.
        if Instant::now() >= deadline {
            return Err(self.late());
        }
        let chunk = match timeout_at(deadline, self.body.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(failure)) => return Err(self.failed(failure)),
            Err(_) => return Err(self.late()),
        };
        if let (Some(chunk), Pace::Prompt { next_byte, between_bytes, progress }) = (&chunk, &mut self.pace) {
            let now = Instant::now();
            *next_byte = now + *between_bytes;
            progress.note(chunk, now);
        }
        Ok(chunk)
    }

    /// When the next piece must have come.
    fn deadline(&self) -> Instant {
        match &self.pace {
            Pace::Prompt { next_byte, progress, .. } => self.whole.min(*next_byte).min(progress.until()),
            Pace::Link => self.whole,
        }
    }

    /// The failure for the limit of time that is reached.
    fn late(&self) -> Failure {
        let now = Instant::now();
        match &self.pace {
            Pace::Link => link::failed("timed out"),
            Pace::Prompt { .. } if now >= self.whole => Failure::new(FailureKind::TookTooLong),
            Pace::Prompt { progress, .. } if now >= progress.until() => Failure::new(FailureKind::NoProgress),
            Pace::Prompt { .. } => Failure::new(FailureKind::TimedOut),
        }
    }

    /// What a body's failure is to who asked for it.
    fn failed(&self, failure: Failure) -> Failure {
        match (&self.pace, failure.kind) {
            (Pace::Prompt { .. }, _) => failure,
            (Pace::Link, FailureKind::AnswerTooLarge | FailureKind::UnpacksTooLarge) => link::too_large(),
            (Pace::Link, _) => link::failed(failure.words.unwrap_or_default()),
        }
    }
}

/// Sends and turns whatever is not a success into a failure.
async fn answer(
    request: RequestBuilder,
    deadline: Instant,
    secrets: &[&str],
    heard: &mut Heard,
) -> Result<Response, Failure> {
    let response = respond(request, deadline, secrets).await?;
    succeed(response, deadline, secrets, heard).await
}

/// Sends and waits for a response of any status.
async fn respond(request: RequestBuilder, deadline: Instant, secrets: &[&str]) -> Result<Response, Failure> {
    match timeout_at(deadline, request.send()).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(transport_failure(&error, secrets)),
        Err(_) => Err(Failure::new(FailureKind::TimedOut)),
    }
}

/// Turns a response that is not a success into a failure.
async fn succeed(
    response: Response,
    deadline: Instant,
    secrets: &[&str],
    heard: &mut Heard,
) -> Result<Response, Failure> {
    heard.note(&response, secrets);
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status().as_u16();
    let (wait, should_retry) = (limits::wait(response.headers(), Timestamp::now()), should_retry(response.headers()));
    if response.status().is_redirection() {
        let words = clean_words(target(&response).split(['?', '#']).next().unwrap_or_default(), secrets);
        let charged = redirect_charge(response.status());
        return Err(Failure::new(FailureKind::Redirected).status(status).words(words).charged(charged));
    }
    heard.body = error_body(response, deadline).await;
    Err(failure::for_status(status, &heard.body, wait, secrets).should_retry(should_retry))
}

/// Where a redirect leads, as it says.
fn target(response: &Response) -> &str {
    response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a prompt that was redirected may have cost money. A status that says to send the same elsewhere means that
/// nothing was done; others also follow requests that were carried out.
fn redirect_charge(status: StatusCode) -> Charge {
    match status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => Charge::No,
        _ => Charge::Maybe,
    }
}

/// The beginning of an error's body, as far as it comes in time.
async fn error_body(response: Response, deadline: Instant) -> Vec<u8> {
    let deadline = deadline.min(Instant::now() + Duration::from_secs(10));
    let mut response = Body::of(response, RESPONSE);
    let mut body = Vec::new();
    while body.len() < MAX_ERROR_BODY
        && let Ok(Ok(Some(chunk))) = timeout_at(deadline, response.chunk()).await
    {
        body.extend_from_slice(&chunk[..chunk.len().min(MAX_ERROR_BODY - body.len())]);
    }
    body
}

/// Whether the gateway says that trying again helps.
fn should_retry(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.to_str().ok()?.trim().to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// What a connection that did not work comes to.
fn transport_failure(error: &reqwest::Error, secrets: &[&str]) -> Failure {
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
    // The innermost cause says most, and does not repeat the address.
    let innermost = causes(error).last().map(ToString::to_string).unwrap_or_default();
    Failure::new(kind).words(clean_words(&innermost, secrets))
}

/// The certificate for which a connection was refused, if that is why.
fn refused_certificate(error: &reqwest::Error) -> Option<&Refused> {
    causes(error).find_map(|cause| match within(cause).downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) => other.0.downcast_ref(),
        _ => None,
    })
}

/// A URL's host, with its port where that is not the usual one, as [`Profile::host`] has it.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn is_about_encryption(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| within(cause).is::<rustls::Error>())
}

/// What an `io::Error` wraps, which it does not count among its sources; anything else as it is.
fn within<'a>(mut cause: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    while let Some(inner) = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        cause = inner;
    }
    cause
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
