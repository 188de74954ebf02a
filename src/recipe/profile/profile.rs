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

/// How to reach one gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its short name; also the name of its entry in the keychain.
    pub id: ProfileId,
    /// Its name on screen.
    pub name: String,
    /// Where its API starts, for example `https://api.dgrid.ai/v1`. Empty for the demo gateway, whose
    /// address is known only once it runs.
    pub base_url: String,
    /// Which family of endpoints it is asked through.
    #[serde(default)]
    pub dialect: Dialect,
    /// How aspect ratio and size are sent.
    #[serde(default)]
    pub options: OptionStyle,
    /// How reference images are sent.
    #[serde(default)]
    pub references: ReferenceStyle,
    /// Which kinds of answer are asked for.
    #[serde(default)]
    pub modalities: Modalities,
    /// The header that holds the key.
    #[serde(default)]
    pub key_header: KeyHeader,
    /// Headers that are sent with every request. `{key}` in a value stands for the key, which is never kept here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Fields that are merged into the body of every request; objects are merged field by field.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra_body: Map<String, Value>,
    /// How long to wait for what.
    #[serde(default, skip_serializing_if = "TimeLimits::are_usual")]
    pub limits: TimeLimits,
    /// How many requests may run at once, if fewer than the settings say for all gateways together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
    /// How many requests may be sent within any minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// How it is reached.
    #[serde(default)]
    pub proxy: Proxy,
    /// Whether the images that its answers link to may be fetched from other ports of its computer, where that is
    /// this one or one in a private network. Its own origin is always allowed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub link_other_ports: bool,
    /// The certificate that the person trusts at its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<TrustedCertificate>,
    /// What one image of a model costs here, by the model's id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, Money>,
    /// The person has not yet confirmed that a key may be sent to this address: the profile came from a file, or its
    /// address was changed. Until then it is given no key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
}

impl Profile {
    /// How aspect ratio and size are sent: what is set, where the dialect has it.
    pub fn option_style(&self) -> OptionStyle {
        let styles = self.dialect.option_styles();
        if styles.contains(&self.options) { self.options } else { styles[0] }
    }

    /// How references are sent: what is set, where the dialect has it.
    pub fn reference_style(&self) -> ReferenceStyle {
        let styles = self.dialect.reference_styles();
        if styles.contains(&self.references) { self.references } else { styles[0] }
    }

    /// Whether an extra header of this name and value would be a secret that is written to a file.
    pub fn is_secret_header(name: &str, value: &str) -> bool {
        if value.contains("{key}") {
            return secrets::looks_like_key(&value.replace("{key}", " "));
        }
        secrets::is_secret_name(name) || secrets::looks_like_key(value)
    }

    /// What a person has written into headers, extra fields and addresses that is secret, and shown nowhere else.
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

    /// The same profile with its address as requests go to it. One that cannot be read stays as it was written.
    #[must_use]
    pub fn with_address_read(mut self) -> Self {
        if let Ok(address) = BaseUrl::read(&self.base_url) {
            self.base_url = address.to_string();
        }
        self
    }

    /// The certificate that the person trusts, if it is for the host that the profile names now.
    pub fn trusted_certificate(&self) -> Option<&TrustedCertificate> {
        self.certificate.as_ref().filter(|trusted| trusted.host == self.host())
    }

    /// The host that its key is sent to, with its port where that is not the usual one.
    pub fn host(&self) -> String {
        let url = url::Url::parse(self.base_url.trim()).ok();
        let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port())));
        match host {
            Some((host, Some(port))) => format!("{host}:{port}"),
            Some((host, None)) => host.to_owned(),
            None => self.base_url.clone(),
        }
    }

    /// Whether another profile's address is of the same origin, so that a key for one is a key for the other.
    pub fn has_origin_of(&self, other: &Self) -> bool {
        let origin = |profile: &Self| url::Url::parse(profile.base_url.trim()).map(|url| url.origin());
        match (origin(self), origin(other)) {
            (Ok(one), Ok(two)) => one == two,
            _ => self.base_url.trim() == other.base_url.trim(),
        }
    }

    /// The environment variable that holds this gateway's key where no keychain does:
    /// `DGRID_API_KEY` for `dgrid`.
    pub fn key_variable(&self) -> String {
        let name: String = self
            .id
            .as_str()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        format!("{name}_API_KEY")
    }

    /// Whether requests need a key. The demo gateway does not, nor do servers on this machine.
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

/// Gathers the texts of a field that are secret by the names of what they stand in.
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
    fn each_gateway_has_its_own_variable_for_the_key() {
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
    fn a_profile_of_an_earlier_version_is_read_as_it_was_meant() {
        let old = r#"{"id":"openrouter","name":"OpenRouter","base_url":"https://openrouter.ai/api/v1",
            "dialect":"chat","options":"image_config"}"#;
        assert_eq!(serde_json::from_str::<Profile>(old).unwrap(), Profile::openrouter());
    }

    #[test]
    fn a_style_that_the_dialect_does_not_have_gives_way_to_its_usual_one() {
        let images = Profile { dialect: Dialect::Images, ..Profile::dgrid() };
        assert_eq!(images.option_style(), OptionStyle::PixelSize);
        assert_eq!(images.reference_style(), ReferenceStyle::Form);
        assert_eq!(Profile::openrouter().option_style(), OptionStyle::ImageConfig);
    }

    #[test]
    fn a_header_with_a_secret_is_told_from_one_that_names_the_key() {
        assert!(Profile::is_secret_header("X-Api-Key", "abc"));
        assert!(!Profile::is_secret_header("X-Api-Key", "{key}"));
        assert!(!Profile::is_secret_header("X-Title", "Studio"));
    }
}
