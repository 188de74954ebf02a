//! Keeps one pool of connections for each way in which a gateway is reached.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{
    header::{ACCEPT_ENCODING, HeaderMap, HeaderValue},
    redirect, retry,
};
use url::Url;

use super::{address_policy, tls::Encryption, transport_error::transport_failure};
use crate::{
    gateway::client::timeouts::Timeouts,
    recipe::{Failure, FailureKind, Profile, Proxy, TrustedCertificate},
};

/// The encodings that [`Body`] unpacks, as a request's `accept-encoding` lists them.
const ACCEPTED_ENCODINGS: &str = "gzip, br, zstd";

/// How a connection is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum TransportKey {
    /// To this machine without encryption, which needs no certificates and no proxy.
    Plain,
    /// Without a proxy.
    Direct,
    /// Through the system's proxy, if there is one.
    System,
    /// Through this proxy.
    Through(String),
}

impl TransportKey {
    fn of(profile: &Profile, url: &Url) -> Self {
        match &profile.proxy {
            // The system's proxy cannot reach this machine.
            Proxy::System | Proxy::Direct if address_policy::is_this_machine(url) && url.scheme() == "http" => {
                Self::Plain
            }
            Proxy::System if !address_policy::is_this_machine(url) => Self::System,
            Proxy::System | Proxy::Direct => Self::Direct,
            Proxy::Through(address) => Self::Through(address.trim().to_owned()),
        }
    }
}

/// What connections must have in common to be shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ClientKey {
    route: TransportKey,
    connect: Duration,
    trusted: Option<TrustedCertificate>,
}

/// Connections, each kind made ready when it is first used.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    ready: Mutex<HashMap<ClientKey, reqwest::Client>>,
    pub(crate) encryption: Encryption,
}

impl Connections {
    /// The connections for a gateway.
    ///
    /// # Errors
    /// The system's certificates cannot be used, or the profile's proxy is not one.
    pub(crate) fn to(&self, profile: &Profile, url: &Url, timeouts: Timeouts) -> Result<reqwest::Client, Failure> {
        let trusted = profile.trusted_certificate().cloned();
        let kind = ClientKey { route: TransportKey::of(profile, url), connect: timeouts.connect, trusted };
        if let Some(client) = self.lock().get(&kind) {
            return Ok(client.clone());
        }
        let builder = builder(timeouts);
        let builder = match kind.route {
            TransportKey::Plain => builder,
            _ => builder.tls_backend_preconfigured(self.encryption.config(url, kind.trusted.as_ref())?),
        };
        let builder = match &kind.route {
            TransportKey::Plain => builder.no_proxy().tls_certs_only([]),
            TransportKey::Direct => builder.no_proxy(),
            TransportKey::System => builder,
            TransportKey::Through(address) => {
                let wrong = || Failure::new(FailureKind::WrongUrl).words(address.as_str());
                let url = Url::parse(address).map_err(|_not_a_url| wrong())?;
                if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") || !url.has_host() {
                    return Err(wrong());
                }
                builder.proxy(reqwest::Proxy::all(url).map_err(|_not_a_proxy| wrong())?)
            }
        };
        let client = builder.build().map_err(|error| transport_failure(&error, &[]))?;
        Ok(self.lock().entry(kind).or_insert(client).clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ClientKey, reqwest::Client>> {
        // A map that is only added to is whole whatever happened to another thread.
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What every connection has in common: nothing is sent again by itself, neither after a redirect nor after a refusal by
/// the protocol. A prompt that is sent twice may be charged twice, whatever a server says that it has not done.
pub(crate) fn builder(timeouts: Timeouts) -> reqwest::ClientBuilder {
    let encodings = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED_ENCODINGS))]);
    reqwest::Client::builder()
        .connect_timeout(timeouts.connect)
        .user_agent(concat!("Atelier/", env!("CARGO_PKG_VERSION")))
        .default_headers(encodings)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .tcp_nodelay(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_proxy_is_for_other_machines_only() {
        let route =
            |proxy, url: &str| TransportKey::of(&Profile { proxy, ..Profile::dgrid() }, &Url::parse(url).unwrap());
        assert_eq!(route(Proxy::System, "https://api.dgrid.ai/v1"), TransportKey::System);
        assert_eq!(route(Proxy::System, "http://127.0.0.1:8080/v1"), TransportKey::Plain);
        assert_eq!(route(Proxy::System, "https://localhost/v1"), TransportKey::Direct);
        assert_eq!(route(Proxy::Direct, "https://api.dgrid.ai/v1"), TransportKey::Direct);
        let through = Proxy::Through("socks5://127.0.0.1:9050".to_owned());
        let expected = TransportKey::Through("socks5://127.0.0.1:9050".to_owned());
        assert_eq!(route(through, "http://127.0.0.1:8080/v1"), expected);
    }
}
