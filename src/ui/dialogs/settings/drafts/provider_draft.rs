//! A provider while it is edited.

use crate::{
    recipe::{AddressError, BaseUrl, Dialect, KeyHeader, Modalities, OptionStyle, Profile, ProfileId, ReferenceStyle},
    settings::Settings,
};

use super::advanced_draft::AdvancedDraft;

/// The texts of the fields of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderDraft {
    /// The provider; none while a new one is added.
    pub id: Option<ProfileId>,
    /// Its name.
    pub name: String,
    /// Its base URL.
    pub base_url: String,
    /// Its family of endpoints.
    pub dialect: Dialect,
    /// How aspect ratio and size are sent.
    pub options: OptionStyle,
    /// How references are sent.
    pub references: ReferenceStyle,
    /// The requested response types.
    pub modalities: Modalities,
    /// The header of the key.
    pub key_header: KeyHeader,
    /// The advanced settings.
    pub advanced: AdvancedDraft,
}

impl ProviderDraft {
    /// Fills the fields from a provider.
    pub fn of(profile: &Profile) -> Self {
        Self {
            id: Some(profile.id.clone()),
            name: profile.name.clone(),
            base_url: profile.base_url.clone(),
            dialect: profile.dialect,
            options: profile.option_style(),
            references: profile.reference_style(),
            modalities: profile.modalities,
            key_header: profile.key_header,
            advanced: AdvancedDraft::of(profile),
        }
    }

    /// The normalized base URL, or why it is invalid.
    pub fn address(&self) -> Result<BaseUrl, AddressError> {
        BaseUrl::read(&self.base_url)
    }

    /// Whether the base URL is valid.
    fn url_fits(&self) -> bool {
        self.id.as_ref().is_some_and(ProfileId::is_demo) || self.address().is_ok()
    }

    /// Whether it can be saved.
    pub fn fits(&self) -> bool {
        self.url_fits() && !self.name.trim().is_empty() && self.advanced.applied_to(Profile::dgrid()).is_ok()
    }

    /// Applies it to an existing provider. If an advanced field is invalid all of them keep their values.
    pub fn applied_to(&self, profile: &Profile) -> Profile {
        let advanced = self.advanced.applied_to(profile.clone()).unwrap_or_else(|_wrong| profile.clone());
        Profile {
            name: self.name.trim().to_owned(),
            base_url: self.address().map_or_else(|_unread| profile.base_url.clone(), |address| address.to_string()),
            dialect: self.dialect,
            options: self.options,
            references: self.references,
            modalities: self.modalities,
            key_header: self.key_header,
            ..advanced
        }
    }

    /// The new provider, with a unique short name.
    pub fn added_to(&self, settings: &Settings) -> Profile {
        let id = ProfileId::unused(&self.name, &settings.profiles);
        self.applied_to(&Profile { id, ..Profile::dgrid() })
    }
}

/// Whether this provider is built in and cannot be removed.
pub fn is_built_in(id: &ProfileId) -> bool {
    Profile::built_in().iter().any(|profile| profile.id == *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str, base_url: &str) -> ProviderDraft {
        ProviderDraft { name: name.to_owned(), base_url: base_url.to_owned(), ..ProviderDraft::default() }
    }

    #[test]
    fn new_provider_gets_a_unique_id() {
        let mut settings = Settings::default();
        let added = draft("My Server", "https://example.com/v1/").added_to(&settings);
        assert_eq!((added.id.as_str(), added.base_url.as_str()), ("my-server", "https://example.com/v1"));
        settings.profiles.push(added);
        assert_eq!(draft("my server", "https://example.com").added_to(&settings).id.as_str(), "my-server-2");
        assert_eq!(draft("伺服器", "https://example.com").added_to(&settings).id.as_str(), "provider");
        assert_eq!(draft("DGrid", "https://example.com").added_to(&settings).id.as_str(), "dgrid-2");
    }

    #[test]
    fn address_is_stored_normalized() {
        let kept = |pasted: &str| draft("a", pasted).applied_to(&Profile::dgrid()).base_url;
        assert_eq!(kept(" api.example//v1/chat/completions# "), "https://api.example/v1");
        assert_eq!(kept("localhost:8080/v1"), "http://localhost:8080/v1");
        assert_eq!(kept("https://me:pass@example.com/v1"), Profile::dgrid().base_url, "a password is never kept");
    }

    #[test]
    fn only_web_addresses_are_accepted() {
        assert!(draft("a", "http://127.0.0.1:8080/v1").fits());
        for wrong in ["", "ftp://example.com", "https://", "file:///etc", "https://me:pass@example.com/v1"] {
            assert!(!draft("a", wrong).fits(), "{wrong}");
        }
        assert!(!draft(" ", "https://example.com").fits());
    }
}
