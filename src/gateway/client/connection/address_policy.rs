//! Decides which addresses belong to this machine or to a private network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether the host of a URL is this machine, by name or address.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
        }
        // Connecting to the unspecified address connects to this machine.
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => {
            let mapped = address.to_ipv4_mapped();
            let is_here = |address: Ipv4Addr| address.is_loopback() || address.is_unspecified();
            address.is_loopback() || address.is_unspecified() || mapped.is_some_and(is_here)
        }
        None => false,
    }
}

/// Whether two URLs have the same host by name. All names of this machine are equal.
pub(crate) fn is_same_host(one: &Url, other: &Url) -> bool {
    let name = |url: &Url| {
        let mapped = match url.host()? {
            Host::Ipv6(address) => address.to_ipv4_mapped(),
            Host::Ipv4(address) => Some(address),
            Host::Domain(_) => None,
        };
        let name = mapped.map_or_else(|| url.host_str().unwrap_or_default().to_owned(), |address| address.to_string());
        Some(name.trim_end_matches('.').to_ascii_lowercase())
    };
    (is_this_machine(one) && is_this_machine(other)) || name(one).is_some_and(|one| name(other) == Some(one))
}

/// Whether two URLs have the same scheme, host and port.
pub(crate) fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.port_or_known_default() == other.port_or_known_default()
        && is_same_host(one, other)
}

/// Whether an address belongs to the public internet, so that links of an untrusted response may lead there.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        // Carrier-grade NAT, protocol assignments, benchmarks, and everything from multicast up.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 224;
    !reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, ..] = address.segments();
    let octets = address.octets();
    let v4 = |at: usize| Ipv4Addr::new(octets[at], octets[at + 1], octets[at + 2], octets[at + 3]);
    if address.to_ipv4_mapped().is_some() || (a == 0x64 && b == 0xff9b && c == 0 && d == 0) {
        return is_public_v4(v4(12));
    }
    if a == 0x2002 {
        return is_public_v4(v4(2));
    }
    // Only 2000::/3 is allocated; within it, Teredo and documentation addresses serve no images.
    (0x2000..0x4000).contains(&a) && !(a == 0x2001 && (b == 0 || b == 0x0db8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_public_addresses_are_distinguished() {
        for public in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn all_names_of_this_machine_are_recognized() {
        for url in [
            "http://localhost:1/",
            "http://127.1.2.3/",
            "http://2130706433/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0/",
            "http://LOCALHOST./",
            "http://a.localhost/",
        ] {
            assert!(is_this_machine(&Url::parse(url).unwrap()), "{url}");
        }
        assert!(!is_this_machine(&Url::parse("http://localhost.example/").unwrap()));
    }

    #[test]
    fn origin_is_scheme_host_and_port() {
        let same = |one: &str, other: &str| is_same_origin(&Url::parse(one).unwrap(), &Url::parse(other).unwrap());
        assert!(same("http://localhost:8080/v1", "http://127.0.0.1:8080/1.png"));
        assert!(same("http://[::1]:8080/", "http://[::ffff:127.0.0.1]:8080/"));
        assert!(same("http://192.168.1.5/", "http://[::ffff:192.168.1.5]:80/"));
        assert!(same("https://NAS.example./", "https://nas.example:443/"));
        for other in ["http://localhost:8081/", "https://localhost:8080/", "http://192.168.1.5:8080/"] {
            assert!(!same("http://localhost:8080/", other), "{other}");
        }
        assert!(!same("http://nas.example/", "http://sub.nas.example/"));
    }
}
