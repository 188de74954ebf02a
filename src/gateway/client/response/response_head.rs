//! The record of a request and of the head of its response, without secrets.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Response, header::HeaderMap};
use url::Url;

use super::rate_limits;
use crate::{
    gateway::{
        client::connection::{endpoint, headers},
        mask::SecretMask,
        request::{Call, CallBody, FormPart},
        transcript::redacted,
    },
    imaging::sniff,
    recipe::{Exchange, Failure, Money, Profile, SentBody, SentField},
};

/// The header in which LiteLLM reports the cost of a response, in dollars.
const COST_HEADER: &str = "x-litellm-response-cost";

/// Response headers that help to diagnose a request and contain no secrets.
const SAFE_HEADERS: [&str; 16] = [
    "cf-ray",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "location",
    "openrouter-processing-ms",
    "request-id",
    "retry-after",
    "retry-after-ms",
    "server",
    "via",
    COST_HEADER,
    "x-oneapi-request-id",
    "x-request-id",
    "x-should-retry",
];
/// The longest header value that is kept, in bytes.
const MAX_HEADER_VALUE_BYTES: usize = 300;

/// The head of a response, or the start of an unsuccessful one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseHead {
    /// The HTTP status; `None` if no response came.
    pub status: Option<u16>,
    /// The headers that contain no secrets.
    pub headers: Vec<(String, String)>,
    /// The start of the body of an unsuccessful response, unmodified: it may contain secrets.
    pub body: Vec<u8>,
    /// The time until an allowance that this request has exhausted is renewed.
    pub exhausted: Option<Duration>,
}

impl ResponseHead {
    pub(crate) fn note(&mut self, response: &Response, secrets: &[&str]) {
        self.status = Some(response.status().as_u16());
        self.headers = safe_headers(response.headers(), &SecretMask::new(secrets));
        self.body.clear();
        self.exhausted = rate_limits::exhausted(response.headers(), Timestamp::now());
    }

    /// The value of a header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str())
    }
}

/// The cost of a response, if its headers contain it.
pub fn cost_in(headers: &[(String, String)]) -> Option<Money> {
    let said = headers.iter().find(|(name, _)| name == COST_HEADER)?;
    Money::read(&said.1.as_str().into())
}

fn safe_headers(headers: &HeaderMap, mask: &SecretMask) -> Vec<(String, String)> {
    let kept = headers.iter().filter(|(name, _)| SAFE_HEADERS.contains(&name.as_str()));
    let mut kept: Vec<_> = kept
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            // The query of an address may contain secrets.
            let value = if name == "location" { value.split(['?', '#']).next().unwrap_or_default() } else { &value };
            let mut value = redacted(value.as_bytes(), mask);
            value.truncate(value.floor_char_boundary(MAX_HEADER_VALUE_BYTES));
            (name.as_str().to_owned(), value)
        })
        .collect();
    kept.sort();
    kept
}

/// A request in a form that may be stored and shown. `key` is removed from it.
///
/// # Errors
/// It cannot be sent, for the same reason for which [`crate::gateway::client::client::Client::send`] would fail.
pub fn describe_request(
    profile: &Profile,
    base_url: &str,
    key: Option<&str>,
    call: &Call,
    sent: Timestamp,
) -> Result<Exchange, Failure> {
    let own = profile.own_secrets();
    let secrets: Vec<&str> = key.into_iter().chain(own.iter().map(String::as_str)).collect();
    let mask = SecretMask::new(&secrets);
    let hide = |text: &str| redacted(text.as_bytes(), &mask);
    let url = endpoint(base_url, &call.path, call.query)?;
    let variable = profile.key_variable();
    let stand_in = format!("${variable}");
    let all = headers(profile, &url, key.map(|_| stand_in.as_str()))?;
    let mut shown: Vec<(String, String)> = all
        .iter()
        .map(|(name, value)| {
            let value = value.to_str().unwrap_or("…");
            let own = profile.headers.iter().any(|(own, set)| {
                own.trim().eq_ignore_ascii_case(name.as_str()) && Profile::is_secret_header(own, set)
            });
            (name.as_str().to_owned(), if own { "…".to_owned() } else { hide(value) })
        })
        .collect();
    let (kind, body) = match &call.body {
        CallBody::Json(bytes) => {
            let text = redacted(bytes, &mask);
            ("application/json", serde_json::from_str(&text).map_or(SentBody::Text(text), SentBody::Json))
        }
        CallBody::Form(parts) => {
            ("multipart/form-data", SentBody::Form(parts.iter().map(|part| field(part, &hide)).collect()))
        }
    };
    shown.push(("accept".to_owned(), "application/json, text/event-stream".to_owned()));
    shown.push(("content-type".to_owned(), kind.to_owned()));
    shown.sort();
    Ok(Exchange {
        method: "POST".to_owned(),
        url: hide(without_secrets(url).as_str()),
        key_variable: key.map(|_| variable),
        headers: shown,
        body,
        sent,
        answer: None,
    })
}

fn field(part: &FormPart, hide: &impl Fn(&str) -> String) -> SentField {
    let value = match &part.file {
        Some((_, declared)) => {
            let kind = sniff(&part.bytes).map_or(declared.as_str(), |format| format.mime());
            crate::gateway::mask::size_of(part.bytes.len() as u64, kind)
        }
        None => hide(&String::from_utf8_lossy(&part.bytes)),
    };
    SentField { name: part.name.clone(), file: part.file.clone(), value }
}

/// An address in which values that look like secrets are masked, because some gateways expect tokens there.
fn without_secrets(mut url: Url) -> Url {
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if query.iter().any(|(name, value)| Profile::is_secret_header(name, value)) {
        let hidden = query.iter().map(|(name, value)| {
            (name.as_str(), if Profile::is_secret_header(name, value) { "hidden" } else { value.as_str() })
        });
        url.query_pairs_mut().clear().extend_pairs(hidden);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_description_omits_secrets() {
        let mut profile = Profile::dgrid();
        profile.headers.insert("X-Tenant-Token".to_owned(), "tenant-secret".to_owned());
        profile.headers.insert("X-Key".to_owned(), "k {key}".to_owned());
        let extra = serde_json::json!({ "provider": { "access_token": "body-secret", "sort": "price" } });
        profile.extra_body = extra.as_object().cloned().unwrap_or_default();
        let image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB".repeat(100);
        let body = format!(
            r#"{{"provider":{{"access_token":"body-secret","sort":"price"}},"prompt":"a sentinel-1 fox","image":"data:image/png;base64,{image}"}}"#
        );
        let call = Call { path: "chat/completions".to_owned(), query: None, body: CallBody::Json(body.into_bytes()) };
        let base = "https://a.example/v1?token=abc&tenant=2";
        let exchange = describe_request(&profile, base, Some("sentinel-1"), &call, Timestamp::UNIX_EPOCH).unwrap();
        let text = format!("{}{}", exchange.request_text(), exchange.curl());
        for secret in ["sentinel-1", "tenant-secret", "body-secret", "token=abc", &image[..300]] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.contains("authorization: Bearer $DGRID_API_KEY\n"), "{text}");
        assert!(text.contains("'x-key: k '\"$DGRID_API_KEY\""), "{text}");
        assert!(text.contains("base64,<2 KB image/png>"), "{text}");
        assert!(exchange.url.ends_with("?token=hidden&tenant=2"), "{}", exchange.url);
    }

    #[test]
    fn form_files_are_described_by_size_and_type() {
        let part = FormPart {
            name: "image".to_owned(),
            file: Some(("1.png".to_owned(), "image/png".to_owned())),
            bytes: [&b"\xff\xd8\xff\xe0"[..], &[0; 2_000]].concat(),
        };
        let call = Call { path: "images/edits".to_owned(), query: None, body: CallBody::Form(vec![part]) };
        let exchange = describe_request(&Profile::openai(), "https://a.example/v1", None, &call, Timestamp::UNIX_EPOCH);
        let curl = exchange.unwrap().curl();
        assert!(curl.contains("--form 'image=@1.png;type=image/png'"), "{curl}");
        assert!(!curl.contains("content-type"), "{curl}");
    }
}
