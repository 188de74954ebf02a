//! To which hosts a profile's key may be sent: those that the person has confirmed.
//!
//! Profiles that were in the settings before, or that a person writes by hand, count as confirmed. One that came from a
//! file does not, and neither does one whose address was changed to another origin.

use crate::{recipe::Profile, settings::Settings, studio::protocol::ProviderCommand};

/// Marks those of the new profiles that lead to another origin than before, and forgets certificates that were trusted at
/// the former one.
pub(in crate::studio) fn mark_unconfirmed(before: &[Profile], after: &mut [Profile]) {
    for profile in after {
        if profile.trusted_certificate().is_none() {
            profile.certificate = None;
        }
        if let Some(known) = before.iter().find(|known| known.id == profile.id) {
            profile.unconfirmed = profile.unconfirmed || (is_new_host(known, profile) && !is_built_in(profile));
            if is_built_in(profile) {
                profile.unconfirmed = false;
            }
        }
    }
}

/// The settings after the person has confirmed a profile's host, or changed which certificate it may show; `None` if the
/// command changes nothing in them.
pub(in crate::studio) fn settings_after(command: &ProviderCommand, settings: &Settings) -> Option<Settings> {
    let mut settings = settings.clone();
    match command {
        ProviderCommand::ConfirmHost(id) | ProviderCommand::StoreKey(id, _) => {
            settings.profiles.iter_mut().find(|profile| profile.id == *id && profile.unconfirmed)?.unconfirmed = false;
        }
        ProviderCommand::TrustCertificate(id, certificate) => {
            settings.profiles.iter_mut().find(|profile| profile.id == *id)?.certificate = Some(certificate.clone());
        }
        ProviderCommand::DistrustCertificate(id) => {
            settings.profiles.iter_mut().find(|profile| profile.id == *id)?.certificate = None;
        }
        ProviderCommand::LookUpKey(_)
        | ProviderCommand::ForgetKey(_)
        | ProviderCommand::TestConnection(_)
        | ProviderCommand::Diagnose { .. }
        | ProviderCommand::GenerateTestImage { .. }
        | ProviderCommand::RefreshModels(_) => return None,
    }
    Some(settings)
}

/// A server on this machine needs no confirmation.
fn is_new_host(before: &Profile, after: &Profile) -> bool {
    after.needs_key() && !after.has_origin_of(before)
}

/// Whether this is a built-in provider at its own address.
fn is_built_in(profile: &Profile) -> bool {
    Profile::built_in().iter().any(|usual| usual.id == profile.id && usual.has_origin_of(profile))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Fingerprint, TrustedCertificate};

    #[test]
    fn a_certificate_is_trusted_only_at_its_host() {
        let before = Profile { base_url: "https://nas.example:8443/v1".to_owned(), ..Profile::local() };
        let certificate = TrustedCertificate { host: before.host(), sha256: Fingerprint::new([7; 32]) };
        let before = Profile { certificate: Some(certificate), ..before };
        let after = |base_url: &str| {
            let mut profiles = [Profile { base_url: base_url.to_owned(), ..before.clone() }];
            mark_unconfirmed(std::slice::from_ref(&before), &mut profiles);
            profiles[0].certificate.is_some()
        };
        assert!(after("https://nas.example:8443/other"));
        for other in ["https://nas.example/v1", "https://nas.example:9443/v1", "https://other.example:8443/v1"] {
            assert!(!after(other), "{other}");
        }
    }

    #[test]
    fn a_new_host_needs_confirmation() {
        let at = |url: &str| Profile { base_url: url.to_owned(), ..Profile::openai() };
        let after = |before: &Profile, after: &Profile| {
            let mut profiles = [after.clone()];
            mark_unconfirmed(std::slice::from_ref(before), &mut profiles);
            profiles[0].unconfirmed
        };
        let usual = Profile::openai();
        assert!(after(&usual, &at("https://elsewhere.example/v1")));
        assert!(after(&usual, &at("https://api.openai.com:8443/v1")), "another port is another server");
        assert!(!after(&usual, &at("https://api.openai.com/v2")));
        assert!(!after(&usual, &at("http://127.0.0.1:8080/v1")), "this machine");
        let elsewhere = Profile { unconfirmed: true, ..at("https://elsewhere.example/v1") };
        assert!(after(&elsewhere, &elsewhere), "it stays to be confirmed");
        assert!(!after(&elsewhere, &Profile { unconfirmed: false, ..elsewhere.clone() }), "confirmed");
        assert!(!after(&elsewhere, &usual), "back to the usual address");
    }
}
