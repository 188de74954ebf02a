//! Downloads an image that a response only links to.
//!
//! The link is untrusted: it must not lead into the user's own network, and the key is not sent with it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::header::HeaderMap;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use super::{
    client::Client,
    connection::{address_policy, builder, headers, link_address, transport_failure},
    response::{ArrivalLimits, BodyLimits, IncomingResponse, failed, redirect_target, send_request, too_large},
};
use crate::{
    gateway::mask::sanitize_message,
    recipe::{BaseUrl, Failure, FailureKind, Profile, TrustedCertificate},
};

/// The largest image that is downloaded, in bytes, as received and decompressed.
const MAX_IMAGE_BYTES: u64 = 256 << 20;

/// The addresses to which the links of a response may lead. Public addresses are always allowed; of this machine and of
/// private networks, only the gateway's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkPolicy {
    /// The base URL of the gateway that sent the response.
    gateway: String,
    /// Whether other ports of the gateway's host are allowed as well.
    other_ports: bool,
    /// The certificate that is trusted at the gateway's own origin.
    certificate: Option<TrustedCertificate>,
}

impl LinkPolicy {
    /// The policy for responses of a profile's gateway at this base URL.
    pub fn of(profile: &Profile, base_url: &str) -> Self {
        let certificate = profile.trusted_certificate().cloned();
        Self { gateway: base_url.to_owned(), other_ports: profile.link_other_ports, certificate }
    }

    /// The policy for a link that the user has entered: it may lead to any port of its host.
    pub fn chosen(url: &str) -> Self {
        Self { gateway: url.to_owned(), other_ports: true, certificate: None }
    }

    /// The base URL of the gateway.
    pub fn gateway(&self) -> &str {
        &self.gateway
    }

    /// Whether the gateway has the origin of this base URL.
    pub fn is_at(&self, base_url: &str) -> bool {
        let origin = |url: &str| BaseUrl::read(url).ok().map(|base| base.url().origin());
        origin(&self.gateway).is_some_and(|own| origin(base_url) == Some(own))
    }

    /// Whether a link leads to the gateway, so that it may be followed even into a private network.
    fn trusts(&self, url: &Url) -> bool {
        Url::parse(&self.gateway).is_ok_and(|gateway| {
            address_policy::is_same_origin(&gateway, url)
                || (self.other_ports && address_policy::is_same_host(&gateway, url))
        })
    }
}

impl Client {
    /// Starts to download a linked image. Every redirect is checked like the link itself.
    ///
    /// # Errors
    /// [`FailureKind::LinkRefused`] if the policy does not allow the link, [`FailureKind::ImageTooLarge`], and
    /// [`FailureKind::LinkFailed`] for everything else.
    pub async fn fetch_image(&self, url: &str, policy: &LinkPolicy) -> Result<IncomingResponse, Failure> {
        self.fetch_linked(url, policy, None).await
    }

    /// Downloads with the key, after a refusal without it. The key is sent only to the gateway's own origin.
    ///
    /// # Errors
    /// As [`Self::fetch_image`].
    pub async fn fetch_own_image(
        &self,
        url: &str,
        policy: &LinkPolicy,
        profile: &Profile,
        key: &str,
    ) -> Result<IncomingResponse, Failure> {
        let gateway = BaseUrl::read(&policy.gateway).map_err(|error| failed(error.to_string()))?.url().clone();
        let headers = headers(profile, &gateway, Some(key))?;
        self.fetch_linked(url, policy, Some(&headers)).await
    }

    async fn fetch_linked(
        &self,
        url: &str,
        policy: &LinkPolicy,
        own: Option<&HeaderMap>,
    ) -> Result<IncomingResponse, Failure> {
        let deadline = Instant::now() + self.timeouts.link;
        let gateway = Url::parse(&policy.gateway).ok();
        let mut url = link_address::resolve(url, gateway.as_ref()).map_err(|error| failed(error.to_string()))?;
        for _ in 0..=MAX_LINK_REDIRECTS {
            let client =
                timeout_at(deadline, self.for_link(&url, policy)).await.map_err(|_elapsed| failed("timed out"))??;
            let request = client.get(url.clone());
            let request = match own {
                Some(headers) if link_address::is_own(&url, gateway.as_ref()) => request.headers(headers.clone()),
                _ => request,
            };
            let response = match send_request(request, deadline, &[]).await {
                Ok(response) => response,
                Err(failure) if failure.kind == FailureKind::TimedOut => return Err(failed("timed out")),
                Err(failure) => {
                    // Gateways in containers name this machine by addresses at which they do not listen.
                    if let Some(own) = at_gateway(&url, gateway.as_ref()).filter(|_| policy.trusts(&url)) {
                        url = own;
                        continue;
                    }
                    return Err(as_link_failure(failure));
                }
            };
            if response.status().is_redirection() {
                let target = Some(redirect_target(&response)).filter(|target| !target.is_empty());
                url = target
                    .and_then(|target| url.join(target).ok())
                    .ok_or_else(|| failed("redirect without a target"))?;
                continue;
            }
            let status = response.status();
            if !status.is_success() {
                return Err(failed(status.to_string()).status(status.as_u16()));
            }
            let incoming =
                IncomingResponse::new(response, BodyLimits::both(MAX_IMAGE_BYTES), deadline, ArrivalLimits::Link);
            // An image whose announced length is too large is not downloaded.
            if incoming.length.is_some_and(|length| length > MAX_IMAGE_BYTES) {
                return Err(too_large());
            }
            return Ok(incoming);
        }
        Err(failed("too many redirects"))
    }

    /// A client that may follow this link, and connects only to addresses that were checked.
    pub(super) async fn for_link(&self, url: &Url, policy: &LinkPolicy) -> Result<reqwest::Client, Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(failed("not a web address"));
        }
        let builder = builder(self.timeouts);
        let builder = if url.scheme() == "http" {
            // Without encryption no certificates are read, because that takes longer than downloading a small image.
            builder.tls_certs_only([])
        } else {
            let own = Url::parse(&policy.gateway).is_ok_and(|gateway| address_policy::is_same_origin(&gateway, url));
            let trusted = policy.certificate.as_ref().filter(|_| own);
            builder
                .tls_backend_preconfigured(self.connections.encryption.config(url, trusted).map_err(as_link_failure)?)
        };
        let port = url.port_or_known_default().unwrap_or(443);
        let builder = match url.host() {
            Some(Host::Domain(name)) if policy.trusts(url) && address_policy::is_this_machine(url) => {
                // The system might resolve such a name to another address.
                let here = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
                builder.no_proxy().resolve_to_addrs(name, &here.map(|address| SocketAddr::new(address, port)))
            }
            Some(_) if policy.trusts(url) && address_policy::is_this_machine(url) => builder.no_proxy(),
            Some(_) if policy.trusts(url) => builder,
            Some(Host::Ipv4(address)) if address_policy::is_public(address.into()) => builder,
            Some(Host::Ipv6(address)) if address_policy::is_public(address.into()) => builder,
            Some(Host::Domain(name)) if !address_policy::is_this_machine(url) => {
                let found = tokio::net::lookup_host((name, port)).await.map_err(|error| failed(error.to_string()))?;
                let public: Vec<SocketAddr> = found.filter(|address| address_policy::is_public(address.ip())).collect();
                if public.is_empty() {
                    return Err(refused_link(url));
                }
                // Resolving the name a second time could give another address.
                builder.resolve_to_addrs(name, &public)
            }
            _ => return Err(refused_link(url)),
        };
        builder.build().map_err(|error| failed(transport_failure(&error, &[]).words.unwrap_or_default()))
    }
}

/// A link to this machine with the host name of the gateway; `None` if it has that name already or leads elsewhere.
fn at_gateway(url: &Url, gateway: Option<&Url>) -> Option<Url> {
    let gateway =
        gateway.filter(|gateway| address_policy::is_this_machine(gateway) && address_policy::is_this_machine(url))?;
    let mut own = url.clone();
    own.set_host(gateway.host_str()).ok()?;
    (own != *url).then_some(own)
}

/// The failure of a download, for the failure of a connection.
fn as_link_failure(failure: Failure) -> Failure {
    Failure { detail: failure.detail, ..failed(failure.words.unwrap_or_default()) }
}

/// The failure for a link into a private network or to another port of this machine.
fn refused_link(url: &Url) -> Failure {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    Failure::new(FailureKind::LinkRefused).words(sanitize_message(&format!("{host}{port}"), &[]))
}

/// The number of redirects that are followed on the way to an image, as in browsers.
pub(super) const MAX_LINK_REDIRECTS: usize = 10;
