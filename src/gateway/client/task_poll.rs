//! Polls a gateway for a task that it has started.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{StatusCode, header::ACCEPT};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    client::Client,
    connection::{endpoint, headers, link_address},
    image_download::LinkPolicy,
    response::{ArrivalLimits, BodyLimits, IncomingResponse, rate_limits, send_request},
};
use crate::{
    gateway::reader::TaskTicket,
    recipe::{Failure, Profile},
};

/// The largest response to a poll, in bytes. It may contain several images.
const MAX_RESPONSE_BYTES: u64 = 512 << 20;

/// The time limit for the whole response to a poll.
const POLL_TIMEOUT: Duration = Duration::from_mins(5);

/// Paths below the base URL at which gateways report tasks, the most usual first. The ID is appended.
///
/// Relays of the new-api family use the first three; `predictions` is Replicate's, `api/v1/tasks` that of Alibaba Model
/// Studio, and `mj/task` that of Midjourney proxies.
const TASK_PATHS: [&str; 6] = ["tasks", "images/generations", "images/tasks", "task", "jobs", "predictions"];

/// The result of a poll.
#[derive(Debug)]
pub enum PollResponse {
    /// A response.
    Answer(Box<IncomingResponse>),
    /// There is no task at this address.
    NotHere,
    /// No response for now; the gateway may ask to wait.
    Later(Option<Duration>),
}

/// The addresses at which to poll a task: those that its response names, and the usual ones below the base URL.
pub fn task_addresses(base_url: &str, task: &TaskTicket) -> Vec<Url> {
    let gateway = Url::parse(base_url.trim()).ok();
    let named = task.addresses.iter().filter_map(|address| link_address::resolve(address, gateway.as_ref()).ok());
    let mut addresses: Vec<Url> = named.collect();
    if task.id.is_empty() {
        return addresses;
    }
    let below = |path: &str, behind: &[&str]| {
        let mut url = endpoint(base_url, path, None).ok()?;
        url.set_query(None);
        url.path_segments_mut().ok()?.push(&task.id).extend(behind);
        Some(url)
    };
    addresses.extend(TASK_PATHS.iter().filter_map(|path| below(path, &[])));
    let at_origin = |path: &str, behind: &[&str]| {
        let mut url = gateway.clone()?;
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        url.path_segments_mut().ok()?.push(&task.id).extend(behind);
        Some(url)
    };
    addresses.extend(at_origin("api/v1/tasks", &[]));
    if task.id.bytes().all(|byte| byte.is_ascii_digit()) {
        addresses.extend(at_origin("mj/task", &["fetch"]));
    }
    addresses
}

impl Client {
    /// Polls a task, which is free of charge. The headers of a profile and its key are sent only to the gateway's own
    /// origin.
    ///
    /// # Errors
    /// [`FailureKind::LinkRefused`](crate::recipe::FailureKind::LinkRefused) if the policy does not allow the address;
    /// a key that cannot be sent.
    pub async fn poll_task(
        &self,
        url: &Url,
        policy: &LinkPolicy,
        own: Option<(&Profile, Option<&str>)>,
    ) -> Result<PollResponse, Failure> {
        let deadline = Instant::now() + POLL_TIMEOUT;
        let client = match timeout_at(deadline, self.for_link(url, policy)).await {
            Ok(client) => client?,
            Err(_elapsed) => return Ok(PollResponse::Later(None)),
        };
        let gateway = Url::parse(policy.gateway()).ok();
        let mut request = client.get(url.clone());
        if let Some((profile, key)) = own
            && let Some(gateway) = gateway.as_ref().filter(|gateway| link_address::is_own(url, Some(gateway)))
        {
            request = request.headers(headers(profile, gateway, key)?);
        }
        let request = request.header(ACCEPT, "application/json");
        let Ok(response) = send_request(request, deadline, &[]).await else { return Ok(PollResponse::Later(None)) };
        let wait = rate_limits::wait(response.headers(), Timestamp::now());
        Ok(match response.status() {
            status if status.is_success() => {
                let incoming = IncomingResponse::new(
                    response,
                    BodyLimits::both(MAX_RESPONSE_BYTES),
                    deadline,
                    ArrivalLimits::Link,
                );
                PollResponse::Answer(Box::new(incoming))
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => {
                PollResponse::Later(wait)
            }
            status if status.is_server_error() => PollResponse::Later(wait),
            _ => PollResponse::NotHere,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn task_is_polled_at_the_given_address_and_then_at_usual_ones() {
        let task = TaskTicket { id: "a/b?c".to_owned(), addresses: vec!["/queue/1".to_owned()] };
        let addresses = task_addresses("https://relay.example/v1/images/generations", &task);
        let addresses: Vec<&str> = addresses.iter().map(Url::as_str).collect();
        assert_eq!(addresses[0], "https://relay.example/queue/1");
        assert_eq!(addresses[1], "https://relay.example/v1/tasks/a%2Fb%3Fc");
        assert_eq!(addresses[2], "https://relay.example/v1/images/generations/a%2Fb%3Fc");
        assert_eq!(addresses.last(), Some(&"https://relay.example/api/v1/tasks/a%2Fb%3Fc"));
        let digits = TaskTicket { id: "1400193481696935".to_owned(), ..TaskTicket::default() };
        let last = task_addresses("https://relay.example/v1", &digits).pop().unwrap();
        assert_eq!(last.as_str(), "https://relay.example/mj/task/1400193481696935/fetch");
        assert_eq!(task_addresses("https://relay.example/v1", &TaskTicket::default()), []);
    }
}
