//! Parses the scheme of an address, corrects misspellings, and chooses a default.

use std::net::{IpAddr, Ipv4Addr};

/// Schemes that no gateway uses.
const UNSUPPORTED_SCHEMES: [&str; 16] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "ftp",
    "ftps",
    "git",
    "javascript",
    "mailto",
    "sftp",
    "smb",
    "ssh",
    "tel",
    "ws",
    "wss",
];

/// Domain endings that exist only in private networks.
const LOCAL_ENDINGS: [&str; 6] = [".local", ".localhost", ".lan", ".home", ".internal", ".home.arpa"];

/// The part of an address in front of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ParsedScheme<'a> {
    /// A supported scheme, and the text after it.
    Scheme {
        scheme: &'static str,
        rest: &'a str,
        /// Whether the scheme was misspelled.
        corrected: bool,
    },
    /// No scheme.
    Nothing { rest: &'a str },
    /// An unsupported scheme.
    Other(String),
}

/// Parses the scheme of an address, even if it is misspelled or its colon or slashes are missing.
pub(crate) fn parse_scheme(address: &str) -> ParsedScheme<'_> {
    let end = address.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))).unwrap_or(0);
    let (word, tail) = address.split_at(end);
    let lower = word.to_ascii_lowercase();
    let after_colon = tail.strip_prefix(':');
    let rest = after_colon.unwrap_or(tail);
    let slashes = rest.len() - rest.trim_start_matches('/').len();
    let rest = rest.trim_start_matches('/');
    if word.is_empty() {
        return ParsedScheme::Nothing { rest: tail.trim_start_matches([':', '/']) };
    }
    if after_colon.is_some() && UNSUPPORTED_SCHEMES.contains(&lower.as_str()) {
        return ParsedScheme::Other(lower);
    }
    // `http:8080` and `https/v1` have no scheme, `https:host` and `https//host` have one.
    let is_mark = if after_colon.is_some() { slashes > 0 || !starts_with_port(rest) } else { slashes > 1 };
    if let Some(scheme) = correct_scheme(&lower, slashes > 0).filter(|_| is_mark) {
        let corrected = lower != scheme || after_colon.is_none() || slashes != 2;
        return match parse_scheme(rest) {
            // `https://https://host`: the inner one was pasted.
            ParsedScheme::Scheme { scheme, rest, .. } => ParsedScheme::Scheme { scheme, rest, corrected: true },
            ParsedScheme::Nothing { .. } | ParsedScheme::Other(_) => ParsedScheme::Scheme { scheme, rest, corrected },
        };
    }
    let is_foreign = after_colon.is_some() && slashes > 1 && !word.contains('.') && lower != "localhost";
    if is_foreign { ParsedScheme::Other(lower) } else { ParsedScheme::Nothing { rest: address } }
}

fn starts_with_port(rest: &str) -> bool {
    rest.starts_with(|first: char| first.is_ascii_digit()) && !rest.contains('.')
}

/// The scheme that a word means, misspelled by one letter at most.
fn correct_scheme(word: &str, may_be_misspelt: bool) -> Option<&'static str> {
    match word {
        "http" => Some("http"),
        "https" => Some("https"),
        _ if !may_be_misspelt || UNSUPPORTED_SCHEMES.contains(&word) || word.contains('.') => None,
        _ => ["https", "http"].into_iter().find(|scheme| strsim::damerau_levenshtein(word, scheme) <= 1),
    }
}

/// The scheme for a host without one: HTTPS, except for this machine and private networks, because servers there rarely
/// have a certificate.
pub(crate) fn default_scheme(rest: &str) -> &'static str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    match port {
        Some("443" | "8443") => "https",
        Some("80") => "http",
        _ if is_local(host) => "http",
        _ => "https",
    }
}

fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => is_local_v4(address),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.to_ipv4_mapped().is_some_and(is_local_v4)
        }
        Err(_) => !host.contains('.') || LOCAL_ENDINGS.iter().any(|ending| host.ends_with(ending)),
    }
}

fn is_local_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let is_carrier = a == 100 && (64..128).contains(&b);
    address.is_loopback() || address.is_private() || address.is_link_local() || address.is_unspecified() || is_carrier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_schemes_are_corrected() {
        for (address, scheme) in [
            ("https:/host/v1", "https"),
            ("https:///host/v1", "https"),
            ("https:host/v1", "https"),
            ("htps://host/v1", "https"),
            ("htp://host/v1", "http"),
            ("hhtps://host/v1", "https"),
            ("httpss://host/v1", "https"),
            ("ttps://host/v1", "https"),
            ("http//host/v1", "http"),
            ("https//host/v1", "https"),
            ("http://https://host/v1", "https"),
            ("https://http//host/v1", "http"),
        ] {
            assert_eq!(
                parse_scheme(address),
                ParsedScheme::Scheme { scheme, rest: "host/v1", corrected: true },
                "{address}"
            );
        }
        let upper = parse_scheme("HTTPS://Host/v1");
        assert_eq!(upper, ParsedScheme::Scheme { scheme: "https", rest: "Host/v1", corrected: false });
    }

    #[test]
    fn hosts_without_a_scheme_are_recognized() {
        for (address, rest) in [
            ("//host/v1", "host/v1"),
            ("://host/v1", "host/v1"),
            ("localhost:8080/v1", "localhost:8080/v1"),
            ("localhost//v1", "localhost//v1"),
            ("api.example//v1", "api.example//v1"),
            ("api.example:8443/v1", "api.example:8443/v1"),
            ("nas:5000", "nas:5000"),
            ("[::1]:8080/v1", "[::1]:8080/v1"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
        ] {
            assert_eq!(parse_scheme(address), ParsedScheme::Nothing { rest }, "{address}");
        }
        for (address, scheme) in
            [("ftp://host", "ftp"), ("file:///etc", "file"), ("wss://host/v1", "wss"), ("gopher://host", "gopher")]
        {
            assert_eq!(parse_scheme(address), ParsedScheme::Other(scheme.to_owned()), "{address}");
        }
    }

    #[test]
    fn plain_http_is_the_default_only_for_local_hosts() {
        for plain in [
            "localhost:8080/v1",
            "LOCALHOST",
            "127.0.0.2/v1",
            "10.1.2.3:80",
            "192.168.1.9:3000",
            "172.20.0.2",
            "100.100.1.1:1",
            "0.0.0.0:11434",
            "[::1]:8080",
            "[fd00::1]",
            "nas:5000/v1",
            "studio.local",
            "box.lan:8080",
            "api.example:80",
        ] {
            assert_eq!(default_scheme(plain), "http", "{plain}");
        }
        for encrypted in
            ["api.example/v1", "api.example:8080", "172.32.0.1", "8.8.8.8", "[2606:4700::1]", "localhost:8443"]
        {
            assert_eq!(default_scheme(encrypted), "https", "{encrypted}");
        }
    }
}
