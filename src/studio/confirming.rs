//! What a person confirms about a profile's host: that the key may be sent there, and which certificate it may show.

use crate::recipe::{Profile, ProfileId, TrustedCertificate};

use super::{core::Core, hosts::check};

impl Core {
    /// The person says that the key of a profile may be sent to its host.
    pub(super) fn confirm_host(&mut self, id: &ProfileId) {
        let mut settings = self.settings.clone();
        let Some(profile) = settings.profiles.iter_mut().find(|profile| profile.id == *id && profile.unconfirmed)
        else {
            return;
        };
        profile.unconfirmed = false;
        self.change_settings(settings);
    }

    /// The person says which certificate a profile's host may show, or that it may show none that is not trusted anyway.
    pub(super) fn trust_certificate(&mut self, id: &ProfileId, certificate: Option<TrustedCertificate>) {
        let mut settings = self.settings.clone();
        let Some(profile) = settings.profiles.iter_mut().find(|profile| profile.id == *id) else { return };
        profile.certificate = certificate;
        self.change_settings(settings);
    }

    /// A profile that may be one that is being edited, with a new host marked as such.
    pub(super) fn with_host_checked(&self, profile: Profile) -> Profile {
        let mut profile = profile.with_address_read();
        if let Some(known) = self.profile(&profile.id) {
            check(&[known], std::slice::from_mut(&mut profile));
        }
        profile
    }
}
