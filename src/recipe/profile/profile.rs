//! A gateway profile: where a gateway is, and how requests are sent to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    dialect::{Dialect, KeyHeader, Modalities, OptionStyle, Proxy, ReferenceStyle, TimeLimits},
    secrets,
};
use crate::recipe::{
    connection::{BaseUrl, TrustedCertificate},
    values::{Money, ProfileId},
};

/// The configuration of one gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its ID; also the name of its entry in the keychain.
    pub id: ProfileId,
    /// Display name.
    pub name: String,
    /// Base URL of its API, for example `https://api.dgrid.ai/v1`. Empty for the demo gateway, whose address is known
    /// only while it runs.
    pub base_url: String,
    /// The family of endpoints that requests go to.
    #[serde(default)]
    pub dialect: Dialect,
    /// How aspect ratio and size are sent.
    #[serde(default)]
    pub options: OptionStyle,
    /// How reference images are sent.
    #[serde(default)]
    pub references: ReferenceStyle,
    /// The response modalities that are requested.
    #[serde(default)]
    pub modalities: Modalities,
    /// The header that holds the key.
    #[serde(default)]
    pub key_header: KeyHeader,
    /// Headers that are sent with every request. `{key}` in a value stands for the key, which is never stored here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Fields that are merged into the body of every request; objects are merged field by field.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra_body: Map<String, Value>,
    /// Time limits.
    #[serde(default, skip_serializing_if = "TimeLimits::are_usual")]
    pub limits: TimeLimits,
    /// Maximum number of concurrent requests, if lower than that of all gateways together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
    /// Maximum number of requests per minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// The proxy through which it is reached.
    #[serde(default)]
    pub proxy: Proxy,
    /// Whether linked images may be downloaded from other ports of its host, if that is this computer or one in a
    /// private network. Its own origin is always allowed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub link_other_ports: bool,
    /// The certificate that the user trusts at its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<TrustedCertificate>,
    /// Price of one image, by model ID.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, Money>,
    /// Whether the user still has to confirm that a key may be sent to this address, because the profile came from a
    /// file or its address was changed. Until then no key is sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
}

impl Profile {
    /// How aspect ratio and size are sent: the configured style, if the dialect supports it.
    pub fn option_style(&self) -> OptionStyle {
        let styles = self.dialect.option_styles();
        if styles.contains(&self.options) { self.options } else { styles[0] }
    }

    /// How references are sent: the configured style, if the dialect supports it.
    pub fn reference_style(&self) -> ReferenceStyle {
        let styles = self.dialect.reference_styles();
        if styles.contains(&self.references) { self.references } else { styles[0] }
    }

    /// Whether a header of this name and value contains a secret, which must not be written to a file.
    pub fn is_secret_header(name: &str, value: &str) -> bool {
        if value.contains("{key}") {
            return secrets::looks_like_key(&value.replace("{key}", " "));
        }
        secrets::is_secret_name(name) || secrets::looks_like_key(value)
    }

    /// The secrets in headers, extra fields and addresses.
    pub fn own_secrets(&self) -> Vec<String> {
        let headers = self.headers.iter().filter(|(name, value)| Self::is_secret_header(name, value));
        let mut found: Vec<String> = headers.map(|(_, value)| value.clone()).collect();
        for (name, value) in &self.extra_body {
            secret_texts(name, value, &mut found);
        }
        found.extend(secrets::address_secrets(&self.base_url));
        if let Proxy::Through(address) = &self.proxy {
            found.extend(secrets::address_secrets(address));
        }
        found
    }

    /// Normalizes the base URL. An invalid one is unchanged.
    #[must_use]
    pub fn with_address_read(mut self) -> Self {
        if let Ok(address) = BaseUrl::read(&self.base_url) {
            self.base_url = address.to_string();
        }
        self
    }

    /// The trusted certificate, if it is for the profile's current host.
    pub fn trusted_certificate(&self) -> Option<&TrustedCertificate> {
        self.certificate.as_ref().filter(|trusted| trusted.host == self.host())
    }

    /// The host that the key is sent to, with its port unless that is the default.
    pub fn host(&self) -> String {
        let url = url::Url::parse(self.base_url.trim()).ok();
        let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port())));
        match host {
            Some((host, Some(port))) => format!("{host}:{port}"),
            Some((host, None)) => host.to_owned(),
            None => self.base_url.clone(),
        }
    }

    /// Whether another profile has the same origin, so that both may receive the same key.
    pub fn has_origin_of(&self, other: &Self) -> bool {
        let origin = |profile: &Self| url::Url::parse(profile.base_url.trim()).map(|url| url.origin());
        match (origin(self), origin(other)) {
            (Ok(one), Ok(two)) => one == two,
            _ => self.base_url.trim() == other.base_url.trim(),
        }
    }

    /// The environment variable that holds this gateway's key if the keychain does not: `DGRID_API_KEY` for `dgrid`.
    pub fn key_variable(&self) -> String {
        let name: String = self
            .id
            .as_str()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        format!("{name}_API_KEY")
    }

    /// Whether requests need a key. The demo gateway and servers on this machine do not.
    pub fn needs_key(&self) -> bool {
        !self.id.is_demo()
            && url::Url::parse(&self.base_url).ok().is_none_or(|url| match url.host() {
                Some(url::Host::Domain(name)) => name != "localhost",
                Some(url::Host::Ipv4(address)) => !address.is_loopback(),
                Some(url::Host::Ipv6(address)) => !address.is_loopback(),
                None => true,
            })
    }
}

/// Collects the texts of a field whose names mark them as secrets.
pub(super) fn secret_texts(name: &str, value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::String(text) if Profile::is_secret_header(name, text) => secrets.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| secret_texts(name, value, secrets)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| secret_texts(name, value, secrets)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_has_its_own_key_variable() {
        assert_eq!(Profile::dgrid().key_variable(), "DGRID_API_KEY");
        assert_eq!(Profile { id: ProfileId::new("my-server"), ..Profile::dgrid() }.key_variable(), "MY_SERVER_API_KEY");
    }

    #[test]
    fn a_server_on_this_machine_needs_no_key() {
        let local = Profile { base_url: "http://127.0.0.1:8080/v1".to_owned(), ..Profile::dgrid() };
        assert!(!local.needs_key());
        assert!(Profile::dgrid().needs_key());
        assert!(!Profile::demo().needs_key());
    }

    #[test]
    fn profiles_of_earlier_versions_are_read() {
        let old = r#"{"id":"openrouter","name":"OpenRouter","base_url":"https://openrouter.ai/api/v1",
            "dialect":"chat","options":"image_config"}"#;
        assert_eq!(serde_json::from_str::<Profile>(old).unwrap(), Profile::openrouter());
    }

    #[test]
    fn unsupported_styles_fall_back_to_the_dialects_usual_one() {
        let images = Profile { dialect: Dialect::Images, ..Profile::dgrid() };
        assert_eq!(images.option_style(), OptionStyle::PixelSize);
        assert_eq!(images.reference_style(), ReferenceStyle::Form);
        assert_eq!(Profile::openrouter().option_style(), OptionStyle::ImageConfig);
    }

    #[test]
    fn headers_with_secrets_are_distinguished_from_key_placeholders() {
        assert!(Profile::is_secret_header("X-Api-Key", "abc"));
        assert!(!Profile::is_secret_header("X-Api-Key", "{key}"));
        assert!(!Profile::is_secret_header("X-Title", "Studio"));
    }
}
