//! Texts about addresses, keys and certificates.

use crate::recipe::{
    AddressError, AddressNote, BaseUrl, CertificateFlaw, Dialect, Failure, FailureDetail, KeyFlaw, RefusedCertificate,
    character_name,
};

use super::messages::Text;

impl Text {
    /// Notes on how an address was corrected; empty if it was not. `dialect` is the dialect of the requests.
    pub fn address_notes(&self, address: &BaseUrl, dialect: Dialect) -> String {
        if address.notes().is_empty() {
            return String::new();
        }
        let url = self.with("address-used", [("url", address.to_string().into())]);
        let mut notes: Vec<String> = address.notes().iter().map(|note| self.address_note(note)).collect();
        notes.extend(named_dialect(address).filter(|named| *named != dialect).map(|named| {
            let (path, option) = endpoint_names(named);
            let (used, _) = endpoint_names(dialect);
            self.with(
                "address-other-endpoint",
                [("used", used.into()), ("named", path.into()), ("option", option.into())],
            )
        }));
        let sentences: Vec<&str> = std::iter::once(&url).chain(&notes).map(String::as_str).collect();
        self.join(&sentences)
    }

    fn address_note(&self, note: &AddressNote) -> String {
        match note {
            AddressNote::SchemeAssumed("http") => self.get("address-plain-assumed"),
            AddressNote::SchemeAssumed(_) => self.get("address-encryption-assumed"),
            AddressNote::SchemeCorrected(scheme) => {
                self.with("address-scheme-corrected", [("scheme", (*scheme).into())])
            }
            AddressNote::EndpointLeftOut(path) => {
                self.with("address-endpoint-left-out", [("path", path.as_str().into())])
            }
            AddressNote::FragmentLeftOut => self.get("address-fragment-left-out"),
        }
    }

    /// Why an address is not usable, and what to do next.
    pub fn address_error(&self, error: &AddressError) -> (String, String) {
        let key = match error {
            AddressError::Empty => "address-empty",
            AddressError::WrongScheme(_) => "address-wrong-scheme",
            AddressError::NoHost => "address-no-host",
            AddressError::WrongHost => "address-wrong-host",
            AddressError::WrongPort => "address-wrong-port",
            AddressError::HasCredentials => "address-credentials",
        };
        let what = match error {
            AddressError::WrongScheme(scheme) => self.with(key, [("scheme", scheme.as_str().into())]),
            _ => self.get(key),
        };
        let next = if *error == AddressError::HasCredentials { "address-credentials-next" } else { "address-next" };
        (what, self.get(next))
    }

    /// Why a text cannot be a key.
    pub fn key_flaw(&self, flaw: KeyFlaw) -> String {
        match flaw {
            KeyFlaw::Empty => self.get("key-flaw-empty"),
            KeyFlaw::Shortened => self.get("key-flaw-shortened"),
            KeyFlaw::LineBreak => self.get("key-flaw-line-break"),
            KeyFlaw::Blank => self.get("key-flaw-blank"),
            KeyFlaw::Address => self.get("key-flaw-address"),
            KeyFlaw::Character(character) => {
                self.with("key-flaw-character", [("character", character_name(character).into())])
            }
        }
    }

    /// What is wrong with a certificate, and what to do next.
    pub fn refused_certificate(&self, refused: &RefusedCertificate) -> (String, String) {
        let key = match refused.flaw {
            CertificateFlaw::UnknownIssuer => "certificate-unknown-issuer",
            CertificateFlaw::Expired => "certificate-expired",
            CertificateFlaw::NotYetValid => "certificate-not-yet-valid",
            CertificateFlaw::WrongHost => "certificate-wrong-host",
            CertificateFlaw::Revoked => "certificate-revoked",
            CertificateFlaw::Unusable => "certificate-unusable",
        };
        let what = self.with(key, [("host", refused.host.as_str().into())]);
        (what, self.attribute(key, "next"))
    }

    /// The fingerprint of the certificate that a failure is about; empty if it is about none.
    pub fn refused_fingerprint(&self, failure: &Failure) -> String {
        failure.refused_certificate().map_or_else(String::new, |refused| {
            self.with("certificate-fingerprint", [("fingerprint", refused.sha256.to_string().into())])
        })
    }

    /// The detail of a failure, and what to do next.
    pub(super) fn failure_detail(&self, detail: &FailureDetail) -> (String, String) {
        match detail {
            FailureDetail::Address(error) => self.address_error(error),
            FailureDetail::Key(flaw) => (self.key_flaw(*flaw), self.get("key-flaw-next")),
            FailureDetail::Certificate(refused) => self.refused_certificate(refused),
            FailureDetail::WebPage => (self.get("address-web-page"), self.get("address-web-page-next")),
            FailureDetail::NoTrustedCertificates { variables } if variables.is_empty() => {
                (self.get("certificates-none"), self.get("certificates-none-next"))
            }
            FailureDetail::NoTrustedCertificates { variables } => {
                let names = || [("variables", variables.join(", ").into())];
                (self.with("certificates-none-named", names()), self.with("certificates-none-named-next", names()))
            }
        }
    }
}

/// The dialect whose endpoint an address names.
fn named_dialect(address: &BaseUrl) -> Option<Dialect> {
    let endpoint = address.notes().iter().find_map(|note| match note {
        AddressNote::EndpointLeftOut(path) => Some(path.to_ascii_lowercase()),
        _ => None,
    })?;
    match endpoint.as_str() {
        "chat/completions" => Some(Dialect::Chat),
        "images/generations" | "images/edits" => Some(Dialect::Images),
        path if path.contains("generatecontent") => Some(Dialect::Gemini),
        _ => None,
    }
}

/// The endpoint of a dialect as the settings show it, and its name on the command line.
fn endpoint_names(dialect: Dialect) -> (&'static str, &'static str) {
    match dialect {
        Dialect::Chat => ("/chat/completions", "chat"),
        Dialect::Images => ("/images/generations", "images"),
        Dialect::Gemini => (":generateContent", "gemini"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        recipe::{FailureKind, Fingerprint},
        settings::Language,
    };

    #[test]
    fn address_assumptions_are_described_in_both_languages() {
        let notes =
            |language, pasted: &str| Text::new(language).address_notes(&BaseUrl::read(pasted).unwrap(), Dialect::Chat);
        let english = notes(Language::English, "api.example/v1/responses");
        assert!(english.starts_with("Requests go to https://api.example/v1."), "{english}");
        assert!(english.contains("https is used") && english.contains("“/responses”"), "{english}");
        let chinese = notes(Language::TraditionalChinese, "localhost:8080");
        assert!(chinese.contains("http://localhost:8080") && chinese.contains("未輸入"), "{chinese}");
        assert_eq!(notes(Language::English, "https://api.example/v1/"), "");
        assert!(!notes(Language::English, "https://api.example/v1/chat/completions").contains("--dialect"));
        let images = notes(Language::English, "https://api.example/v1/images/generations");
        assert!(images.contains("--dialect images"), "{images}");
    }

    #[test]
    fn rejected_certificate_is_described_with_host_and_fingerprint() {
        for language in [Language::English, Language::TraditionalChinese] {
            let text = Text::new(language);
            for flaw in [
                CertificateFlaw::UnknownIssuer,
                CertificateFlaw::Expired,
                CertificateFlaw::NotYetValid,
                CertificateFlaw::WrongHost,
                CertificateFlaw::Revoked,
                CertificateFlaw::Unusable,
            ] {
                let refused = RefusedCertificate {
                    host: "nas.local:8443".to_owned(),
                    sha256: Fingerprint::new([0xAB; 32]),
                    flaw,
                };
                let failure = Failure::new(FailureKind::CertificateRefused);
                let failure = failure.detail(FailureDetail::Certificate(refused));
                assert!(text.refused_fingerprint(&failure).contains("AB:AB"), "{flaw:?}");
                let words = text.failure(&failure);
                assert!(words.sentence.contains("nas.local:8443") && !words.next.is_empty(), "{words:?}");
            }
        }
    }

    #[test]
    fn invalid_key_message_names_the_character() {
        for language in [Language::English, Language::TraditionalChinese] {
            let words = Text::new(language).key_flaw(KeyFlaw::Character('ｓ'));
            assert!(words.contains("ｓ (U+FF53)"), "{words}");
        }
    }
}
