//! Fetching a picture that an answer only gives a link to.
//!
//! The link is a stranger's word: it must not lead into the person's own network, and the key does not go along.

use std::net::SocketAddr;

use reqwest::redirect;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use super::{Client, Incoming, MAX_REDIRECTS, address, route::builder, transport_failure};
use crate::{
    gateway::clean::clean_words,
    recipe::{Charge, Failure, FailureKind},
};

/// Largest picture behind a link, in bytes.
const MAX_PICTURE: u64 = 256 << 20;

impl Client {
    /// Begins to fetch a picture behind a link. Private addresses are refused, unless the gateway itself is there.
    ///
    /// Every failure is [`FailureKind::LinkFailed`], but for a picture that is too large.
    pub async fn fetch_image(&self, url: &str, gateway_base: &str) -> Result<Incoming, Failure> {
        let deadline = Instant::now() + self.timeouts.link;
        let gateway = Url::parse(gateway_base).ok();
        let mut url = Url::parse(url).map_err(|error| failed(error.to_string()))?;
        for _ in 0..=MAX_REDIRECTS {
            let client = timeout_at(deadline, self.for_link(&url, gateway.as_ref()))
                .await
                .map_err(|_elapsed| failed("timed out"))??;
            let response = match timeout_at(deadline, client.get(url.clone()).send()).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => return Err(failed(transport_failure(&error, &[]).words.unwrap_or_default())),
                Err(_) => return Err(failed("timed out")),
            };
            if response.status().is_redirection() {
                let target = response.headers().get("location").and_then(|value| value.to_str().ok());
                url = target
                    .and_then(|target| url.join(target).ok())
                    .ok_or_else(|| failed("redirect without a target"))?;
                continue;
            }
            let status = response.status();
            if !status.is_success() {
                return Err(failed(status.to_string()).status(status.as_u16()));
            }
            let mut incoming = Incoming::new(response, deadline, self.timeouts.between_bytes);
            incoming.linked = true;
            // What says beforehand that it is too large need not be begun.
            if incoming.length.is_some_and(|length| length > MAX_PICTURE) {
                return Err(Failure::new(FailureKind::AnswerTooLarge).charged(Charge::Yes));
            }
            incoming.room = MAX_PICTURE;
            return Ok(incoming);
        }
        Err(failed("too many redirects"))
    }

    /// A client that may follow this link, and connects only to addresses that have been looked at.
    async fn for_link(&self, url: &Url, gateway: Option<&Url>) -> Result<reqwest::Client, Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(failed("not a web address"));
        }
        let builder = builder(self.timeouts).redirect(redirect::Policy::none());
        let builder = match url.host() {
            _ if gateway.is_some_and(|gateway| gateway.host().is_some() && gateway.host() == url.host()) => {
                if address::is_this_machine(url) {
                    builder.no_proxy()
                } else {
                    builder
                }
            }
            Some(Host::Ipv4(address)) if address::is_public(address.into()) => builder,
            Some(Host::Ipv6(address)) if address::is_public(address.into()) => builder,
            Some(Host::Domain(name)) => {
                let port = url.port_or_known_default().unwrap_or(443);
                let found = tokio::net::lookup_host((name, port)).await.map_err(|error| failed(error.to_string()))?;
                let public: Vec<SocketAddr> = found.filter(|address| address::is_public(address.ip())).collect();
                if public.is_empty() {
                    return Err(private());
                }
                // Asking again for the name could give another address.
                builder.resolve_to_addrs(name, &public)
            }
            _ => return Err(private()),
        };
        builder.build().map_err(|error| failed(transport_failure(&error, &[]).words.unwrap_or_default()))
    }
}

/// The link could not be followed, for this reason.
pub(super) fn failed(words: impl AsRef<str>) -> Failure {
    Failure::new(FailureKind::LinkFailed).words(clean_words(words.as_ref(), &[]))
}

fn private() -> Failure {
    failed("the link leads into a private network")
}
