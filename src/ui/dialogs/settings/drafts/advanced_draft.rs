//! The advanced settings of a provider as they are typed, and how they are read.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    recipe::{Money, Profile, Proxy, TimeLimits},
    ui::text::Text,
};

/// Maximum of the limit on concurrent requests.
const MAX_CONCURRENT_REQUESTS: usize = 64;

/// Maximum of the limit on requests per minute.
const MAX_REQUESTS_PER_MINUTE: u32 = 10_000;

/// Maximum time limit in seconds.
const MAX_TIMEOUT_SECONDS: u32 = 24 * 60 * 60;

/// The texts of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdvancedDraft {
    /// Whether the fields are shown.
    pub open: bool,
    /// `Name: value`, one per line.
    pub headers: String,
    /// A JSON object, or empty.
    pub extra_body: String,
    /// Time limits in seconds: for a connection, to the first byte, between bytes, for the whole response.
    pub limits: [String; 4],
    /// Limit on concurrent requests.
    pub max_concurrent: String,
    /// Limit on requests per minute.
    pub per_minute: String,
    /// The proxy setting.
    pub way: ProxyChoice,
    /// The address of the proxy.
    pub proxy: String,
    /// Whether links may lead to other ports of the provider's host.
    pub link_other_ports: bool,
    /// `model = dollars`, one per line.
    pub prices: String,
}

/// How to connect to a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// With the proxy of the system.
    #[default]
    System,
    /// Without a proxy.
    Direct,
    /// Through the proxy of the field.
    Through,
}

/// Why a field is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdvancedError {
    /// A line is not `Name: value`.
    Header,
    /// A header would store a secret in a file.
    SecretHeader,
    /// It is not a JSON object.
    Json,
    /// It is not a whole number of seconds.
    Seconds,
    /// It is not a number of requests.
    Count,
    /// It is not the address of a proxy, or contains a password.
    Proxy,
    /// A line is not `model = price`.
    Price,
}

impl AdvancedError {
    pub(in crate::ui::dialogs::settings) fn sentence(self, text: &Text) -> String {
        text.get(match self {
            Self::Header => "settings-wrong-header",
            Self::SecretHeader => "settings-secret-header",
            Self::Json => "settings-wrong-json",
            Self::Seconds => "settings-wrong-seconds",
            Self::Count => "settings-wrong-count",
            Self::Proxy => "settings-wrong-proxy",
            Self::Price => "settings-wrong-price",
        })
    }
}

impl AdvancedDraft {
    /// Fills the fields from a provider.
    pub fn of(profile: &Profile) -> Self {
        let line = |(name, value): (&String, String)| format!("{name}{value}\n");
        let seconds = |limit: Option<u32>| limit.map(|seconds| seconds.to_string()).unwrap_or_default();
        let TimeLimits { connect, first_byte, between_bytes, whole } = profile.limits;
        let (way, proxy) = match &profile.proxy {
            Proxy::System => (ProxyChoice::System, String::new()),
            Proxy::Direct => (ProxyChoice::Direct, String::new()),
            Proxy::Through(address) => (ProxyChoice::Through, address.clone()),
        };
        let headers: String = profile.headers.iter().map(|(name, value)| line((name, format!(": {value}")))).collect();
        let prices = profile.prices.iter().map(|(model, price)| line((model, format!(" = {}", price.dollars()))));
        let extra_body = if profile.extra_body.is_empty() {
            String::new()
        } else {
            serde_json::to_string_pretty(&profile.extra_body).unwrap_or_default()
        };
        Self {
            open: false,
            headers: headers.trim_end().to_owned(),
            extra_body,
            limits: [connect, first_byte, between_bytes, whole].map(seconds),
            max_concurrent: profile.concurrency.map(|count| count.to_string()).unwrap_or_default(),
            per_minute: profile.per_minute.map(|count| count.to_string()).unwrap_or_default(),
            way,
            proxy,
            link_other_ports: profile.link_other_ports,
            prices: prices.collect::<String>().trim_end().to_owned(),
        }
    }

    /// The provider with the values of the fields.
    ///
    /// # Errors
    /// The first invalid field.
    pub fn applied_to(&self, profile: Profile) -> Result<Profile, AdvancedError> {
        let [connect, first_byte, between_bytes, whole] = self.limits.each_ref().map(|limit| seconds(limit));
        let (connect, first_byte, between_bytes, whole) = (connect?, first_byte?, between_bytes?, whole?);
        Ok(Profile {
            headers: headers(&self.headers)?,
            extra_body: extra_body(&self.extra_body)?,
            limits: TimeLimits { connect, first_byte, between_bytes, whole },
            concurrency: count(&self.max_concurrent)?,
            per_minute: per_minute(&self.per_minute)?,
            proxy: proxy(self.way, &self.proxy)?,
            link_other_ports: self.link_other_ports,
            prices: prices(&self.prices)?,
            ..profile
        })
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

pub(in crate::ui::dialogs::settings) fn headers(text: &str) -> Result<BTreeMap<String, String>, AdvancedError> {
    lines(text)
        .map(|line| {
            let (name, value) = line.split_once(':').ok_or(AdvancedError::Header)?;
            let (name, value) = (name.trim(), value.trim());
            // Field names as in RFC 9110 §5.6.2.
            let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            if name.is_empty() || !name.chars().all(is_token) || value.chars().any(char::is_control) {
                return Err(AdvancedError::Header);
            }
            if Profile::is_secret_header(name, value) {
                return Err(AdvancedError::SecretHeader);
            }
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect()
}

pub(in crate::ui::dialogs::settings) fn extra_body(text: &str) -> Result<Map<String, Value>, AdvancedError> {
    if text.trim().is_empty() {
        Ok(Map::new())
    } else {
        serde_json::from_str(text).map_err(|_no_object| AdvancedError::Json)
    }
}

pub(in crate::ui::dialogs::settings) fn seconds(text: &str) -> Result<Option<u32>, AdvancedError> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .ok()
            .filter(|seconds| (1..=MAX_TIMEOUT_SECONDS).contains(seconds))
            .map(Some)
            .ok_or(AdvancedError::Seconds),
    }
}

pub(in crate::ui::dialogs::settings) fn count(text: &str) -> Result<Option<usize>, AdvancedError> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .ok()
            .filter(|count| (1..=MAX_CONCURRENT_REQUESTS).contains(count))
            .map(Some)
            .ok_or(AdvancedError::Count),
    }
}

pub(in crate::ui::dialogs::settings) fn per_minute(text: &str) -> Result<Option<u32>, AdvancedError> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .ok()
            .filter(|count| (1..=MAX_REQUESTS_PER_MINUTE).contains(count))
            .map(Some)
            .ok_or(AdvancedError::Count),
    }
}

pub(in crate::ui::dialogs::settings) fn proxy(way: ProxyChoice, address: &str) -> Result<Proxy, AdvancedError> {
    match way {
        ProxyChoice::System => Ok(Proxy::System),
        ProxyChoice::Direct => Ok(Proxy::Direct),
        ProxyChoice::Through => {
            let url = url::Url::parse(address.trim()).map_err(|_no_address| AdvancedError::Proxy)?;
            let known = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") && url.has_host();
            let plain = url.username().is_empty() && url.password().is_none();
            (known && plain).then(|| Proxy::Through(address.trim().to_owned())).ok_or(AdvancedError::Proxy)
        }
    }
}

pub(in crate::ui::dialogs::settings) fn prices(text: &str) -> Result<BTreeMap<String, Money>, AdvancedError> {
    lines(text)
        .map(|line| {
            let (model, price) = line.rsplit_once('=').ok_or(AdvancedError::Price)?;
            let price: f64 = price.trim().trim_start_matches('$').parse().map_err(|_no_number| AdvancedError::Price)?;
            let fits = !model.trim().is_empty() && (0.0..10_000.0).contains(&price);
            fits.then(|| (model.trim().to_owned(), Money::from_dollars(price))).ok_or(AdvancedError::Price)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Profile {
        let mut profile = Profile::dgrid();
        profile.headers.insert("X-Key".to_owned(), "k {key}".to_owned());
        profile.headers.insert("X-Title".to_owned(), "Studio: west".to_owned());
        profile.extra_body = serde_json::json!({ "provider": { "sort": "price" } }).as_object().cloned().unwrap();
        profile.limits = TimeLimits { connect: Some(5), first_byte: None, between_bytes: Some(90), whole: Some(3_600) };
        profile.concurrency = Some(2);
        profile.per_minute = Some(60);
        profile.proxy = Proxy::Through("socks5://127.0.0.1:9050".to_owned());
        profile.link_other_ports = true;
        profile.prices.insert("maker/image=1".to_owned(), Money::from_dollars(0.039));
        profile
    }

    #[test]
    fn advanced_fields_round_trip() {
        for profile in [everything(), Profile::openai()] {
            let bare = Profile { id: profile.id.clone(), ..Profile::dgrid() };
            let bare = Profile { name: profile.name.clone(), base_url: profile.base_url.clone(), ..bare };
            let read = AdvancedDraft::of(&profile).applied_to(bare).unwrap();
            assert_eq!(
                (
                    read.headers,
                    read.extra_body,
                    read.limits,
                    (read.concurrency, read.per_minute),
                    (read.proxy, read.link_other_ports),
                    read.prices
                ),
                (
                    profile.headers,
                    profile.extra_body,
                    profile.limits,
                    (profile.concurrency, profile.per_minute),
                    (profile.proxy, profile.link_other_ports),
                    profile.prices
                )
            );
        }
    }

    #[test]
    fn invalid_advanced_fields_say_why() {
        let wrong = |change: fn(&mut AdvancedDraft)| {
            let mut fields = AdvancedDraft::default();
            change(&mut fields);
            fields.applied_to(Profile::dgrid()).err()
        };
        assert_eq!(wrong(|fields| fields.headers = "no colon".to_owned()), Some(AdvancedError::Header));
        assert_eq!(wrong(|fields| fields.headers = "X Y: z".to_owned()), Some(AdvancedError::Header));
        assert_eq!(wrong(|fields| fields.headers = "X-Token: abc".to_owned()), Some(AdvancedError::SecretHeader));
        assert_eq!(wrong(|fields| fields.extra_body = "[1]".to_owned()), Some(AdvancedError::Json));
        assert_eq!(wrong(|fields| fields.limits[1] = "soon".to_owned()), Some(AdvancedError::Seconds));
        assert_eq!(wrong(|fields| fields.limits[0] = "0".to_owned()), Some(AdvancedError::Seconds));
        assert_eq!(wrong(|fields| fields.max_concurrent = "1000".to_owned()), Some(AdvancedError::Count));
        assert_eq!(wrong(|fields| fields.per_minute = "0".to_owned()), Some(AdvancedError::Count));
        assert_eq!(wrong(|fields| fields.way = ProxyChoice::Through), Some(AdvancedError::Proxy));
        let password = |fields: &mut AdvancedDraft| {
            (fields.way, fields.proxy) = (ProxyChoice::Through, "http://me:secret@proxy.example:3128".to_owned());
        };
        assert_eq!(wrong(password), Some(AdvancedError::Proxy));
        assert_eq!(wrong(|fields| fields.prices = "maker/image: 4".to_owned()), Some(AdvancedError::Price));
        assert_eq!(wrong(|fields| fields.prices = "maker/image = $0.04\n\n".to_owned()), None);
    }
}
