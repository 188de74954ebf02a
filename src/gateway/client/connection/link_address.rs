//! Resolves a link in a response: an absolute address, or one relative to the gateway's.

use url::Url;

/// The URL of a link. A link without a scheme is resolved as a browser does on a page of the gateway, except that a
/// name with a dot before the first slash is a host.
pub(crate) fn resolve(link: &str, gateway: Option<&Url>) -> Result<Url, url::ParseError> {
    let link = link.trim();
    match Url::parse(link) {
        Err(url::ParseError::RelativeUrlWithoutBase) => {}
        parsed => return parsed,
    }
    let (first, rest) = link.split_once('/').unwrap_or((link, ""));
    let names_host = first.contains('.') && !first.starts_with('.') && !rest.is_empty();
    match gateway {
        _ if names_host => Url::parse(&format!("https://{link}")),
        Some(gateway) => gateway.join(link),
        None => Err(url::ParseError::RelativeUrlWithoutBase),
    }
}

/// Whether a link has the gateway's origin, to which the key may be sent.
pub(crate) fn is_own(url: &Url, gateway: Option<&Url>) -> bool {
    gateway.is_some_and(|gateway| gateway.has_host() && gateway.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_resolved_against_the_gateway() {
        let gateway = Url::parse("https://api.example:8443/v1").unwrap();
        for (link, expected) in [
            ("https://a.example/1.png", "https://a.example/1.png"),
            ("/files/1.png?x=1", "https://api.example:8443/files/1.png?x=1"),
            ("files/1.png", "https://api.example:8443/files/1.png"),
            ("//cdn.example/1.png", "https://cdn.example/1.png"),
            ("cdn.example/a/1.png", "https://cdn.example/a/1.png"),
            ("1.png", "https://api.example:8443/1.png"),
            ("https://a.example/夜市 狐狸.png", "https://a.example/%E5%A4%9C%E5%B8%82%20%E7%8B%90%E7%8B%B8.png"),
        ] {
            assert_eq!(resolve(link, Some(&gateway)).unwrap().as_str(), expected, "{link}");
        }
        assert!(resolve("/1.png", None).is_err());
    }

    #[test]
    fn key_is_sent_to_one_origin() {
        let own = |link: &str, gateway: &str| is_own(&Url::parse(link).unwrap(), Url::parse(gateway).ok().as_ref());
        assert!(own("https://api.example/files/1.png", "https://api.example:443/v1"));
        for other in ["http://api.example/1.png", "https://api.example:8443/1.png", "https://cdn.api.example/1.png"] {
            assert!(!own(other, "https://api.example/v1"), "{other}");
        }
        assert!(!own("https://api.example/1.png", "nothing"));
    }
}
