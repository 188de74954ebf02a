//! The URL and the headers of a request.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::address_policy;
use crate::recipe::{AddressError, BaseUrl, Failure, FailureDetail, FailureKind, KeyHeader, Profile};

/// Headers that the HTTP client sets itself.
const OWN_HEADERS: [&str; 5] = ["host", "content-length", "transfer-encoding", "connection", "content-type"];

/// An endpoint below the base URL.
pub(crate) fn endpoint(base_url: &str, path: &str, query: Option<&str>) -> Result<Url, Failure> {
    BaseUrl::read(base_url).map(|base| base.endpoint(path, query)).map_err(wrong_url)
}

/// The failure for an invalid address.
pub(crate) fn wrong_url(error: AddressError) -> Failure {
    Failure::new(FailureKind::WrongUrl).detail(FailureDetail::Address(error))
}

/// The headers of every request to a gateway.
pub(crate) fn headers(profile: &Profile, url: &Url, key: Option<&str>) -> Result<HeaderMap, Failure> {
    let key = key.map(str::trim);
    let mut headers = HeaderMap::new();
    let secret = |text: &str| {
        let mut value = HeaderValue::from_str(text).map_err(|_unprintable| Failure::new(FailureKind::WrongKey))?;
        value.set_sensitive(true);
        Ok::<_, Failure>(value)
    };
    match (key, profile.key_header) {
        (Some(key), KeyHeader::Bearer) => {
            headers.insert(AUTHORIZATION, secret(&format!("Bearer {key}"))?);
        }
        (Some(key), KeyHeader::GoogleApiKey) => {
            headers.insert("x-goog-api-key", secret(key)?);
        }
        (None, _) => {}
    }
    // DGrid and OpenRouter identify applications by these headers.
    if !profile.id.is_demo() && !address_policy::is_this_machine(url) {
        headers.insert("x-title", HeaderValue::from_static("Atelier"));
        headers.insert("http-referer", HeaderValue::from_static("app://atelier"));
    }
    for (name, value) in &profile.headers {
        let odd = || Failure::new(FailureKind::BadRequest).words(name.as_str());
        let name = HeaderName::try_from(name.trim()).map_err(|_odd_name| odd())?;
        if OWN_HEADERS.contains(&name.as_str()) {
            continue;
        }
        let value = if value.contains("{key}") {
            secret(&value.replace("{key}", key.unwrap_or_default()))?
        } else {
            HeaderValue::from_str(value.trim()).map_err(|_unprintable| odd())?
        };
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(base: &str, path: &str) -> String {
        endpoint(base, path, None).unwrap().to_string()
    }

    #[test]
    fn endpoint_is_derived_from_any_pasted_part_of_an_address() {
        for base in ["https://a.example/v1", "https://a.example/v1/", " https://a.example/v1/chat/completions/ "] {
            assert_eq!(of(base, "images/edits"), "https://a.example/v1/images/edits", "{base}");
        }
        assert_eq!(of("https://a.example/v1?tenant=2#top", "models"), "https://a.example/v1/models?tenant=2");
        let streaming = endpoint("https://a.example/v1beta", "models/m:streamGenerateContent", Some("alt=sse"));
        assert_eq!(streaming.unwrap().as_str(), "https://a.example/v1beta/models/m:streamGenerateContent?alt=sse");
        assert!(endpoint("https://me:pass@a.example/v1", "models", None).is_err());
    }

    #[test]
    fn key_is_in_one_header_and_not_in_the_address() {
        let url = endpoint("https://generativelanguage.googleapis.com/v1beta", "models", None).unwrap();
        let sent = headers(&Profile::google(), &url, Some(" sentinel ")).unwrap();
        assert_eq!(sent["x-goog-api-key"], "sentinel");
        assert!(sent["x-goog-api-key"].is_sensitive());
        assert_eq!(sent.get(AUTHORIZATION), None);
        assert!(!url.as_str().contains("sentinel"));
    }

    #[test]
    fn custom_headers_are_sent_with_the_key_inserted() {
        let mut profile = Profile::dgrid();
        for (name, value) in
            [("X-Api-Key", "{key}"), ("X-Portkey-Strict-Open-Ai-Compliance", "false"), ("Host", "elsewhere.example")]
        {
            profile.headers.insert(name.to_owned(), value.to_owned());
        }
        let url = endpoint("https://a.example/v1", "models", None).unwrap();
        let sent = headers(&profile, &url, Some("sentinel")).unwrap();
        assert_eq!(sent["x-api-key"], "sentinel");
        assert!(sent["x-api-key"].is_sensitive());
        assert_eq!(sent["x-portkey-strict-open-ai-compliance"], "false");
        assert_eq!(sent.get("host"), None);
        profile.headers.insert("not a name".to_owned(), "x".to_owned());
        assert_eq!(headers(&profile, &url, None).unwrap_err().kind, FailureKind::BadRequest);
    }
}
