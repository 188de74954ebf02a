//! The base URL of a gateway, the assumptions made while parsing it, and the reasons to reject it.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{ParseError, Url};

use super::{
    endpoint::{self, SplitPath},
    paste::find_address,
    scheme::{self, ParsedScheme},
};

/// The normalized base URL of a gateway's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    notes: Vec<AddressNote>,
}

/// A correction or assumption that was made while parsing, to be shown to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressNote {
    /// The address had no scheme; this one is used.
    SchemeAssumed(&'static str),
    /// The scheme was misspelled; this one is used.
    SchemeCorrected(&'static str),
    /// An endpoint was removed, because each request appends its own.
    EndpointLeftOut(String),
    /// The fragment was removed, because it is never sent.
    FragmentLeftOut,
}

/// Why an address cannot be used. It never contains the address, which may contain a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AddressError {
    /// The text is empty.
    #[error("the address is empty")]
    Empty,
    /// The scheme is neither HTTP nor HTTPS.
    #[error("{0}: is not a web address")]
    WrongScheme(String),
    /// The address has no host.
    #[error("the address has no host")]
    NoHost,
    /// The host name is invalid.
    #[error("the host is not a valid name")]
    WrongHost,
    /// The port is not a number up to 65535.
    #[error("the port is not a number up to 65535")]
    WrongPort,
    /// The address contains a user name or a password.
    #[error("the address holds a user name or a password")]
    HasCredentials,
}

impl BaseUrl {
    /// Parses an address as it was typed or pasted.
    ///
    /// # Errors
    /// The address is empty, has another scheme than HTTP or HTTPS, has no host, or contains a password.
    pub fn read(pasted: &str) -> Result<Self, AddressError> {
        let address = find_address(pasted).ok_or(AddressError::WrongHost)?;
        if address.is_empty() {
            return Err(AddressError::Empty);
        }
        let mut notes = Vec::new();
        let (scheme, rest) = match scheme::parse_scheme(&address) {
            ParsedScheme::Other(scheme) => return Err(AddressError::WrongScheme(scheme)),
            ParsedScheme::Scheme { scheme, rest, corrected } => {
                if corrected {
                    notes.push(AddressNote::SchemeCorrected(scheme));
                }
                (scheme, rest)
            }
            ParsedScheme::Nothing { rest } => {
                let scheme = scheme::default_scheme(rest);
                notes.push(AddressNote::SchemeAssumed(scheme));
                (scheme, rest)
            }
        };
        if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
            return Err(AddressError::HasCredentials);
        }
        let mut url = Url::parse(&format!("{scheme}://{rest}")).map_err(address_error)?;
        if url.fragment().is_some() {
            url.set_fragment(None);
            notes.push(AddressNote::FragmentLeftOut);
        }
        let SplitPath { base, endpoint } = endpoint::split_path(url.path());
        url.set_path(&base);
        if let Some(endpoint) = endpoint {
            notes.push(AddressNote::EndpointLeftOut(endpoint));
        }
        leave_out_stream(&mut url);
        Ok(Self { url, notes })
    }

    /// The corrections and assumptions that were made while parsing.
    pub fn notes(&self) -> &[AddressNote] {
        &self.notes
    }

    /// The URL of an endpoint below this one. Query values of the base URL are kept, unless the request has one of the
    /// same name.
    pub fn endpoint(&self, path: &str, query: Option<&str>) -> Url {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{path}"));
        if let Some(query) = query {
            let own: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let sent: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            let kept = own.into_iter().filter(|(name, _)| sent.iter().all(|(other, _)| other != name));
            let kept: Vec<(String, String)> = kept.collect();
            url.set_query(Some(query));
            url.query_pairs_mut().extend_pairs(kept);
        }
        url
    }

    /// The base as a URL.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.url.as_str();
        f.write_str(if self.url.query().is_none() { text.trim_end_matches('/') } else { text })
    }
}

fn address_error(error: ParseError) -> AddressError {
    match error {
        ParseError::EmptyHost => AddressError::NoHost,
        ParseError::InvalidPort => AddressError::WrongPort,
        _ => AddressError::WrongHost,
    }
}

/// Removes `alt=sse`, which belongs to a copied endpoint, and an empty query.
fn leave_out_stream(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && *pair != "alt=sse").collect();
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pasted: &str) -> (String, Vec<AddressNote>) {
        let read = BaseUrl::read(pasted).unwrap_or_else(|error| panic!("{pasted:?}: {error}"));
        (read.to_string(), read.notes)
    }

    #[test]
    fn pasted_addresses_are_normalized_and_assumptions_are_reported() {
        use AddressNote::{EndpointLeftOut, FragmentLeftOut, SchemeAssumed, SchemeCorrected};
        let endpoint = |path: &str| EndpointLeftOut(path.to_owned());
        for (pasted, expected, notes) in [
            ("https://a.example/v1", "https://a.example/v1", vec![]),
            (" https://a.example//v1// ", "https://a.example/v1", vec![]),
            ("HTTPS://A.Example/V1", "https://a.example/V1", vec![]),
            ("https://a.example", "https://a.example", vec![]),
            ("https://a.example/v1?", "https://a.example/v1", vec![]),
            ("https://a.example:443/v1", "https://a.example/v1", vec![]),
            ("api.x.com/v1", "https://api.x.com/v1", vec![SchemeAssumed("https")]),
            ("//api.x.com/v1", "https://api.x.com/v1", vec![SchemeAssumed("https")]),
            ("localhost:8080/v1", "http://localhost:8080/v1", vec![SchemeAssumed("http")]),
            ("127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1", vec![SchemeAssumed("http")]),
            ("[::1]:8080/v1", "http://[::1]:8080/v1", vec![SchemeAssumed("http")]),
            ("nas.local:5000", "http://nas.local:5000", vec![SchemeAssumed("http")]),
            ("htps://a.example/v1", "https://a.example/v1", vec![SchemeCorrected("https")]),
            ("https:/a.example/v1", "https://a.example/v1", vec![SchemeCorrected("https")]),
            ("http//a.example/v1", "http://a.example/v1", vec![SchemeCorrected("http")]),
            ("https：／／a.example／v1", "https://a.example/v1", vec![]),
            ("https://a.example/v1#", "https://a.example/v1", vec![FragmentLeftOut]),
            (
                "https://a.example/v1/chat/completions#",
                "https://a.example/v1",
                vec![FragmentLeftOut, endpoint("chat/completions")],
            ),
            ("https://a.example/v1/responses", "https://a.example/v1", vec![endpoint("responses")]),
            (
                "https://g.example/v1beta/models/g:streamGenerateContent?alt=sse",
                "https://g.example/v1beta",
                vec![endpoint("models/g:streamGenerateContent")],
            ),
            ("http://127.0.0.1:11434/api/chat", "http://127.0.0.1:11434/v1", vec![endpoint("api/chat")]),
            (
                "https://r.openai.azure.com/openai/deployments/d/images/generations?api-version=2025-04-01-preview",
                "https://r.openai.azure.com/openai/deployments/d?api-version=2025-04-01-preview",
                vec![endpoint("images/generations")],
            ),
            ("https://例え.テスト/v1", "https://xn--r8jz45g.xn--zckzah/v1", vec![]),
            ("https://a.example/console/token", "https://a.example/console/token", vec![]),
        ] {
            assert_eq!(read(pasted), (expected.to_owned(), notes), "{pasted:?}");
        }
    }

    #[test]
    fn invalid_addresses_are_rejected_with_the_reason() {
        let fail = |pasted: &str| BaseUrl::read(pasted).expect_err(pasted);
        assert_eq!(fail(" \u{200b}\n"), AddressError::Empty);
        assert_eq!(fail("\"\""), AddressError::Empty);
        for scheme in ["ftp", "file", "ws", "wss", "javascript", "gopher"] {
            assert_eq!(fail(&format!("{scheme}://a.example/x")), AddressError::WrongScheme(scheme.to_owned()));
        }
        for pasted in ["https://me:pa55@a.example/v1", "me:pa55@a.example/v1", "https://me@a.example"] {
            assert_eq!(fail(pasted), AddressError::HasCredentials, "{pasted}");
        }
        assert_eq!(fail("https://"), AddressError::NoHost);
        assert_eq!(fail("https:///"), AddressError::NoHost);
        assert_eq!(fail("https://a.example:99999/v1"), AddressError::WrongPort);
        assert_eq!(fail("https://a.example:port/v1"), AddressError::WrongPort);
        assert_eq!(fail("https://[::1/v1"), AddressError::WrongHost);
    }

    #[test]
    fn endpoints_are_appended_to_the_base_and_keep_its_query() {
        let of = |base: &str, query| BaseUrl::read(base).unwrap().endpoint("images/edits", query).to_string();
        assert_eq!(of("https://a.example", None), "https://a.example/images/edits");
        let azure = "https://a.example/openai/v1?api-version=preview";
        assert_eq!(of(azure, None), "https://a.example/openai/v1/images/edits?api-version=preview");
        assert_eq!(of(azure, Some("alt=sse")), "https://a.example/openai/v1/images/edits?alt=sse&api-version=preview");
    }

    proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(pasted in ".{0,60}") {
            if let Ok(read) = BaseUrl::read(&pasted) {
                prop_assert!(matches!(read.url().scheme(), "http" | "https") && read.url().has_host());
                prop_assert!(read.url().username().is_empty() && read.url().password().is_none());
            }
        }

        #[test]
        fn parsing_is_idempotent(
            pasted in "(https?:/{1,3}|//|)[a-z]{1,6}(\\.[a-z]{2,4}){0,2}(:[1-9][0-9]{1,3})?(/{1,2}[a-z0-9]{1,8}){0,3}/?[#?]?"
        ) {
            let once = BaseUrl::read(&pasted).unwrap().to_string();
            prop_assert_eq!(BaseUrl::read(&once).unwrap().to_string(), once);
        }
    }
}
