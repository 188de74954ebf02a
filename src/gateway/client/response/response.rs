//! Waits for responses, and converts unsuccessful ones to failures.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{HeaderMap, LOCATION},
};
use tokio::time::{Instant, timeout_at};

use super::{
    body::{Body, BodyLimits},
    rate_limits,
    response_head::ResponseHead,
};
use crate::{
    gateway::{client::connection::transport_failure, failure::classify, mask::sanitize_message},
    recipe::{Charge, Failure, FailureKind},
};

/// The number of bytes of an error body that are read at most.
pub(crate) const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

/// The size limits of the response to a prompt, received and decompressed.
pub(crate) const RESPONSE_LIMITS: BodyLimits = BodyLimits::both(1 << 30);

/// Sends a request and converts an unsuccessful response to a failure.
pub(crate) async fn send_successfully(
    request: RequestBuilder,
    deadline: Instant,
    secrets: &[&str],
    heard: &mut ResponseHead,
) -> Result<Response, Failure> {
    let response = send_request(request, deadline, secrets).await?;
    require_success(response, deadline, secrets, heard).await
}

/// Sends a request and waits for a response of any status.
pub(crate) async fn send_request(
    request: RequestBuilder,
    deadline: Instant,
    secrets: &[&str],
) -> Result<Response, Failure> {
    match timeout_at(deadline, request.send()).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(transport_failure(&error, secrets)),
        Err(_) => Err(Failure::new(FailureKind::TimedOut)),
    }
}

/// Converts an unsuccessful response to a failure.
pub(crate) async fn require_success(
    response: Response,
    deadline: Instant,
    secrets: &[&str],
    heard: &mut ResponseHead,
) -> Result<Response, Failure> {
    heard.note(&response, secrets);
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status().as_u16();
    let (wait, should_retry) =
        (rate_limits::wait(response.headers(), Timestamp::now()), should_retry(response.headers()));
    if response.status().is_redirection() {
        let words = sanitize_message(redirect_target(&response).split(['?', '#']).next().unwrap_or_default(), secrets);
        let charged = redirect_charge(response.status());
        return Err(Failure::new(FailureKind::Redirected).status(status).words(words).charged(charged));
    }
    heard.body = error_body(response, deadline).await;
    Err(classify::for_status(status, &heard.body, wait, secrets).should_retry(should_retry))
}

/// The target of a redirect.
pub(crate) fn redirect_target(response: &Response) -> &str {
    response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a prompt that was redirected may have been charged. A status that asks to repeat the same request elsewhere
/// means that nothing was done; other statuses also follow completed requests.
pub(crate) fn redirect_charge(status: StatusCode) -> Charge {
    match status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => Charge::No,
        _ => Charge::Maybe,
    }
}

/// The start of an error body, as far as it arrives in time.
pub(crate) async fn error_body(response: Response, deadline: Instant) -> Vec<u8> {
    let deadline = deadline.min(Instant::now() + Duration::from_secs(10));
    let mut response = Body::of(response, RESPONSE_LIMITS);
    let mut body = Vec::new();
    while body.len() < MAX_ERROR_BODY_BYTES
        && let Ok(Ok(Some(chunk))) = timeout_at(deadline, response.chunk()).await
    {
        body.extend_from_slice(&chunk[..chunk.len().min(MAX_ERROR_BODY_BYTES - body.len())]);
    }
    body
}

/// Whether the gateway reports that a retry helps.
pub(crate) fn should_retry(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.to_str().ok()?.trim().to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
