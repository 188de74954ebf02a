//! Certificates of gateways: fingerprints, flaws, and the certificate that the user trusts.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The SHA-256 fingerprint of a certificate, for comparison with the one that the server's owner publishes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

/// A text is not a SHA-256 fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 fingerprint has 64 hexadecimal digits")]
pub struct InvalidFingerprint;

impl Fingerprint {
    /// Wraps the digest of a certificate.
    pub fn new(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }
}

impl fmt::Display for Fingerprint {
    /// Formats the digest in pairs with colons, like browsers and `openssl`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02X}", if at == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    /// Parses the output of `openssl x509 -fingerprint -sha256`, or the digits with or without colons and blanks.
    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        let digits = text.rsplit('=').next().unwrap_or_default().trim();
        let digits =
            digits.get(..7).filter(|label| label.eq_ignore_ascii_case("sha256:")).map_or(digits, |_| &digits[7..]);
        let mut nibbles = digits.chars().filter(|c| !c.is_whitespace() && *c != ':').map(|c| c.to_digit(16));
        let mut next = || nibbles.next().flatten().ok_or(InvalidFingerprint);
        let mut sha256 = [0; 32];
        for byte in &mut sha256 {
            let (high, low) = (next()?, next()?);
            *byte = (high * 16 + low) as u8;
        }
        if nibbles.next().is_some() { Err(InvalidFingerprint) } else { Ok(Self(sha256)) }
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A certificate that the user trusts at one host, despite its flaw.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TrustedCertificate {
    /// The host, with its port unless that is the default.
    pub host: String,
    /// The certificate's fingerprint.
    pub sha256: Fingerprint,
}

/// A certificate that was rejected while connecting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedCertificate {
    /// The host that presented it, with its port unless that is the default.
    pub host: String,
    /// The certificate's fingerprint.
    pub sha256: Fingerprint,
    /// The reason for the rejection.
    pub flaw: CertificateFlaw,
}

/// Why a certificate was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateFlaw {
    /// The certificate is self-signed or its issuer is unknown to this computer.
    UnknownIssuer,
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet, or this computer's clock is wrong.
    NotYetValid,
    /// The certificate is for another host.
    WrongHost,
    /// The issuer has revoked the certificate.
    Revoked,
    /// The certificate cannot be parsed, or is not for servers.
    Unusable,
}

impl RefusedCertificate {
    /// The certificate as a trusted one; `None` if trusting it would not help or is not allowed.
    pub fn as_trusted(&self) -> Option<TrustedCertificate> {
        match self.flaw {
            CertificateFlaw::UnknownIssuer
            | CertificateFlaw::Expired
            | CertificateFlaw::NotYetValid
            | CertificateFlaw::WrongHost => Some(TrustedCertificate { host: self.host.clone(), sha256: self.sha256 }),
            CertificateFlaw::Revoked | CertificateFlaw::Unusable => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_parsed_in_every_usual_notation() {
        let written = "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89";
        let fingerprint: Fingerprint = written.parse().unwrap();
        assert_eq!(fingerprint.to_string(), written);
        let bare = written.replace(':', "").to_lowercase();
        for other in [
            bare.clone(),
            format!(" {bare}\n"),
            format!("sha256:{bare}"),
            format!("sha256 Fingerprint={written}"),
            written.replace(':', " "),
        ] {
            assert_eq!(other.parse(), Ok(fingerprint), "{other}");
        }
        for wrong in ["", "abcd", &bare[1..], &format!("{bare}00"), &written.replace('A', "G")] {
            assert_eq!(wrong.parse::<Fingerprint>(), Err(InvalidFingerprint), "{wrong}");
        }
        let json = serde_json::to_string(&fingerprint).unwrap();
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), fingerprint);
    }

    #[test]
    fn a_revoked_certificate_cannot_be_trusted() {
        let of = |flaw| RefusedCertificate { host: "a".to_owned(), sha256: Fingerprint::new([7; 32]), flaw };
        assert!(of(CertificateFlaw::UnknownIssuer).as_trusted().is_some());
        assert!(of(CertificateFlaw::Expired).as_trusted().is_some());
        assert!(of(CertificateFlaw::Revoked).as_trusted().is_none());
        assert!(of(CertificateFlaw::Unusable).as_trusted().is_none());
    }
}
