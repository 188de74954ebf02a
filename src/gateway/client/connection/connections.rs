//! Keeps a connection pool for each kind of transport to a gateway.

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

use super::{address_policy, tls::TlsConfig, transport_error::transport_failure};
use crate::{
    gateway::client::timeouts::Timeouts,
    recipe::{Failure, FailureKind, Profile, Proxy, TrustedCertificate},
};

/// The content encodings that [`Body`] decompresses, as the `accept-encoding` header lists them.
const ACCEPTED_ENCODINGS: &str = "gzip, br, zstd";

/// The kind of transport of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum TransportKey {
    /// To this machine without encryption, so that neither certificates nor a proxy are needed.
    Plain,
    /// Without a proxy.
    Direct,
    /// Through the system's proxy, if one is configured.
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

/// The properties that requests must share to use the same pool.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ClientKey {
    route: TransportKey,
    connect: Duration,
    trusted: Option<TrustedCertificate>,
}

/// The connection pools, each created when it is first used.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    ready: Mutex<HashMap<ClientKey, reqwest::Client>>,
    pub(crate) encryption: TlsConfig,
}

impl Connections {
    /// The connection pool for a gateway.
    ///
    /// # Errors
    /// The system's certificates cannot be used, or the profile's proxy is invalid.
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
        // A panic cannot leave a map half changed that is only inserted into.
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The settings of every connection. Nothing is sent a second time automatically, neither after a redirect nor after a
/// refusal by the protocol, because a prompt that is sent twice may be charged twice, whatever the server reports.
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
    fn system_proxy_is_not_used_for_this_machine() {
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
