//! Asking a gateway over HTTP.

mod address;
mod endpoint;
mod heard;
mod link;
mod models;
mod route;
#[cfg(test)]
mod tests;

pub use heard::{Heard, cost_in, described};
pub use models::Model;

use std::{error::Error as StdError, io, sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{
    RequestBuilder, Response,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue},
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
use crate::recipe::{Charge, Failure, FailureKind, Profile, TimeLimits};

use endpoint::{endpoint, headers};
use route::Connections;

/// Of the body of an error, so much is read.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// Redirects that are followed.
const MAX_REDIRECTS: usize = 3;

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, encryption included.
    pub connect: Duration,
    /// From sending the request to the first byte of the answer's body. Large pictures take minutes.
    pub first_byte: Duration,
    /// Between any two pieces of the body.
    pub between_bytes: Duration,
    /// For the whole list of models.
    pub models: Duration,
    /// For the whole of a picture behind a link.
    pub link: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(6),
            between_bytes: Duration::from_mins(1),
            models: Duration::from_secs(30),
            link: Duration::from_mins(2),
        }
    }
}

impl Timeouts {
    /// The same, but for what a profile sets.
    fn within(self, limits: TimeLimits) -> Self {
        let seconds = |set: Option<u32>, usual| set.map_or(usual, |set| Duration::from_secs(set.max(1).into()));
        Self {
            connect: seconds(limits.connect, self.connect),
            first_byte: seconds(limits.first_byte, self.first_byte),
            between_bytes: seconds(limits.between_bytes, self.between_bytes),
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
        let first_byte = Instant::now() + timeouts.first_byte;
        let own = profile.own_secrets();
        let secrets: Vec<&str> = key.into_iter().chain(own.iter().map(String::as_str)).collect();
        let response = answer(request, first_byte, &secrets, heard).await?;
        Ok(Incoming::new(response, first_byte, timeouts.between_bytes))
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
    response: Response,
    deadline: Instant,
    between_bytes: Duration,
    /// Bytes that may still come, and what it is called if more do.
    room: u64,
    /// Whether this is a picture behind a link.
    linked: bool,
}

impl Incoming {
    fn new(response: Response, deadline: Instant, between_bytes: Duration) -> Self {
        let mime = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = match mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "text/event-stream" => BodyKind::EventStream,
            "application/json" => BodyKind::Json,
            _ => BodyKind::Unknown,
        };
        let (status, length) = (response.status().as_u16(), response.content_length());
        Self { status, kind, length, response, deadline, between_bytes, room: u64::MAX, linked: false }
    }

    /// The next piece of the body; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let chunk = match timeout_at(self.deadline, self.response.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(error)) => {
                let failure = transport_failure(&error, &[]);
                return Err(if self.linked { link::failed(failure.words.unwrap_or_default()) } else { failure });
            }
            Err(_) if self.linked => return Err(link::failed("timed out")),
            Err(_) => return Err(Failure::new(FailureKind::TimedOut)),
        };
        if let Some(chunk) = &chunk {
            if !self.linked {
                self.deadline = Instant::now() + self.between_bytes;
            }
            self.room = self
                .room
                .checked_sub(chunk.len() as u64)
                .ok_or_else(|| Failure::new(FailureKind::AnswerTooLarge).charged(Charge::Yes))?;
        }
        Ok(chunk)
    }
}

/// Sends and turns whatever is not a success into a failure.
async fn answer(
    request: RequestBuilder,
    deadline: Instant,
    secrets: &[&str],
    heard: &mut Heard,
) -> Result<Response, Failure> {
    let response = match timeout_at(deadline, request.send()).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(transport_failure(&error, secrets)),
        Err(_) => return Err(Failure::new(FailureKind::TimedOut)),
    };
    heard.note(&response, secrets);
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status().as_u16();
    let (wait, should_retry) = (wait(response.headers()), should_retry(response.headers()));
    if response.status().is_redirection() {
        let target = response.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let words = clean_words(target.split(['?', '#']).next().unwrap_or_default(), secrets);
        return Err(Failure::new(FailureKind::WrongUrl).status(status).words(words));
    }
    heard.body = error_body(response, deadline).await;
    Err(failure::for_status(status, &heard.body, wait, secrets).should_retry(should_retry))
}

/// The beginning of an error's body, as far as it comes in time.
async fn error_body(mut response: Response, deadline: Instant) -> Vec<u8> {
    let deadline = deadline.min(Instant::now() + Duration::from_secs(10));
    let mut body = Vec::new();
    while body.len() < MAX_ERROR_BODY
        && let Ok(Ok(Some(chunk))) = timeout_at(deadline, response.chunk()).await
    {
        body.extend_from_slice(&chunk[..chunk.len().min(MAX_ERROR_BODY - body.len())]);
    }
    body
}

/// How long the gateway asks to wait.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let finite = |seconds: f64| Duration::try_from_secs_f64(seconds).ok();
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return finite(milliseconds / 1000.0);
    }
    let after = text("retry-after")?;
    if let Ok(seconds) = after.parse::<f64>() {
        return finite(seconds);
    }
    let until = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(after).ok()?;
    let seconds = until.duration_since(jiff::Timestamp::now()).as_secs_f64();
    finite(seconds.max(0.0))
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
    let kind = if error.is_builder() {
        FailureKind::WrongUrl
    } else if is_about_encryption(error) {
        FailureKind::InsecureConnection
    } else if error.is_connect() {
        FailureKind::NoConnection
    } else if error.is_timeout() {
        FailureKind::TimedOut
    } else if is_about_packing(error) {
        FailureKind::NotUnderstood
    } else {
        FailureKind::CutOff
    };
    // The innermost cause says most, and does not repeat the address.
    let innermost = causes(error).last().map(ToString::to_string).unwrap_or_default();
    Failure::new(kind).words(clean_words(&innermost, secrets))
}

fn is_about_encryption(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| within(cause).is::<rustls::Error>())
}

/// Whether the bytes came well, but are not packed as the answer says that they are.
fn is_about_packing(error: &reqwest::Error) -> bool {
    let unpacking = |cause: &(dyn StdError + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() != io::ErrorKind::UnexpectedEof)
    };
    error.is_decode() && !causes(error).any(|cause| within(cause).is::<hyper::Error>()) && causes(error).any(unpacking)
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
