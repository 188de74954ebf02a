//! Confirming that a profile's key may be sent to its host.

use crate::recipe::{Profile, ProfileId};

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

    /// A profile that may be one that is being edited, with a new host marked as such.
    pub(super) fn with_host_checked(&self, mut profile: Profile) -> Profile {
        if let Some(known) = self.profile(&profile.id) {
            check(&[known], std::slice::from_mut(&mut profile));
        }
        profile
    }
}
