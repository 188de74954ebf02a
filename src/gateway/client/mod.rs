//! Asking a gateway over HTTP.

mod address;
mod link;
mod models;
#[cfg(test)]
mod tests;

pub use models::Model;

use std::{
    error::Error as StdError,
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect,
};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{clean::clean_words, failure, reader::BodyKind};
use crate::recipe::{Charge, Failure, FailureKind, Profile};

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

/// Asks gateways. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    timeouts: Timeouts,
    connections: Arc<Connections>,
}

/// Connections by how they are made. Each kind is made ready when it is first used: reading the system's
/// certificates takes long enough to be seen when a window opens.
#[derive(Debug, Default)]
struct Connections {
    /// Through the system's proxy, if there is one.
    proxied: OnceLock<reqwest::Client>,
    /// To this machine, which a proxy cannot reach.
    direct: OnceLock<reqwest::Client>,
    /// To this machine without encryption, which needs no certificates.
    plain: OnceLock<reqwest::Client>,
}

impl Client {
    /// A client with its own connections.
    pub fn new(timeouts: Timeouts) -> Self {
        // An error means that a provider is installed already, which is as good.
        rustls::crypto::ring::default_provider().install_default().ok();
        Self { timeouts, connections: Arc::default() }
    }

    /// Sends a chat request and waits for a successful answer to begin.
    ///
    /// Every other answer becomes a failure: its kind, whether it cost money, and the gateway's words.
    pub async fn send(
        &self,
        profile: &Profile,
        base_url: &str,
        key: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Incoming, Failure> {
        let url = endpoint(base_url, "chat/completions")?;
        let request = self.for_host(&url)?.post(url.clone()).headers(headers(profile, &url, key)?);
        let request = request
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"))
            .body(body);
        let first_byte = Instant::now() + self.timeouts.first_byte;
        let secrets: Vec<&str> = key.into_iter().collect();
        let response = answer(request, first_byte, &secrets).await?;
        Ok(Incoming::new(response, first_byte, self.timeouts.between_bytes))
    }

    /// The connections for this address. Fails only if the system's certificates cannot be used.
    fn for_host(&self, url: &Url) -> Result<&reqwest::Client, Failure> {
        let builder = builder(self.timeouts).redirect(within_origin());
        let (place, builder) = match (address::is_this_machine(url), url.scheme()) {
            (true, "http") => (&self.connections.plain, builder.no_proxy().tls_certs_only([])),
            (true, _) => (&self.connections.direct, builder.no_proxy()),
            (false, _) => (&self.connections.proxied, builder),
        };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = builder.build().map_err(|error| transport_failure(&error, &[]))?;
        Ok(place.get_or_init(|| client))
    }
}

fn builder(timeouts: Timeouts) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(timeouts.connect)
        .user_agent(concat!("Atelier/", env!("CARGO_PKG_VERSION")))
        .referer(false)
        .tcp_nodelay(true)
}

/// Follows only redirects that keep the request as it is and stay where the key belongs.
fn within_origin() -> redirect::Policy {
    redirect::Policy::custom(|attempt| {
        let keeps_request = matches!(attempt.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
        let stays = attempt.previous().iter().all(|url| url.origin() == attempt.url().origin());
        if keeps_request && stays && attempt.previous().len() <= MAX_REDIRECTS {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
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
async fn answer(request: RequestBuilder, deadline: Instant, secrets: &[&str]) -> Result<Response, Failure> {
    let response = match timeout_at(deadline, request.send()).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(transport_failure(&error, secrets)),
        Err(_) => return Err(Failure::new(FailureKind::TimedOut)),
    };
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status().as_u16();
    let wait = wait(response.headers());
    if response.status().is_redirection() {
        let target = response.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let words = clean_words(target.split(['?', '#']).next().unwrap_or_default(), secrets);
        return Err(Failure::new(FailureKind::WrongUrl).status(status).words(words));
    }
    let body = error_body(response, deadline).await;
    Err(failure::for_status(status, &body, wait, secrets))
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

/// An endpoint below the base URL.
fn endpoint(base_url: &str, name: &str) -> Result<Url, Failure> {
    let wrong = || Failure::new(FailureKind::WrongUrl);
    let mut url = Url::parse(base_url.trim()).map_err(|error| wrong().words(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || !url.username().is_empty() {
        return Err(wrong());
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/');
    // People paste the whole address of the endpoint.
    let path = path.strip_suffix("/chat/completions").unwrap_or(path);
    url.set_path(&format!("{path}/{name}"));
    Ok(url)
}

/// What goes along with every request to a gateway.
fn headers(profile: &Profile, url: &Url, key: Option<&str>) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    if let Some(key) = key {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", key.trim()))
            .map_err(|_unprintable| Failure::new(FailureKind::WrongKey))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    // By these DGrid and OpenRouter tell applications apart.
    if !profile.id.is_demo() && !address::is_this_machine(url) {
        headers.insert("x-title", HeaderValue::from_static("Atelier"));
        headers.insert("http-referer", HeaderValue::from_static("app://atelier"));
    }
    Ok(headers)
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
    } else {
        FailureKind::CutOff
    };
    // The innermost cause says most, and does not repeat the address.
    let innermost = causes(error).last().map(ToString::to_string).unwrap_or_default();
    Failure::new(kind).words(clean_words(&innermost, secrets))
}

fn is_about_encryption(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        let mut cause = cause;
        // An `io::Error` does not count what it wraps among its sources.
        while let Some(inner) = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            cause = inner;
        }
        cause.is::<rustls::Error>()
    })
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
