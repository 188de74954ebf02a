//! Profiles of known gateways, as their documentation describes them.

use super::{
    dialect::{Dialect, KeyHeader, OptionStyle, ReferenceStyle},
    profile::Profile,
};
use crate::recipe::values::ProfileId;

impl Profile {
    fn preset(id: &str, name: &str, base_url: &str) -> Self {
        Self { id: ProfileId::new(id), name: name.to_owned(), base_url: base_url.to_owned(), ..Self::default() }
    }

    /// DGrid.
    pub fn dgrid() -> Self {
        Self::preset(ProfileId::dgrid().as_str(), "DGrid", "https://api.dgrid.ai/v1")
    }

    /// OpenRouter.
    pub fn openrouter() -> Self {
        Self {
            options: OptionStyle::ImageConfig,
            ..Self::preset("openrouter", "OpenRouter", "https://openrouter.ai/api/v1")
        }
    }

    /// Google, through Gemini's own endpoints.
    pub fn google() -> Self {
        Self {
            dialect: Dialect::Gemini,
            options: OptionStyle::CamelImageConfig,
            references: ReferenceStyle::InlineData,
            key_header: KeyHeader::GoogleApiKey,
            ..Self::preset("google", "Google Gemini", "https://generativelanguage.googleapis.com/v1beta")
        }
    }

    /// Google, through its OpenAI-compatible endpoints, of which only the image endpoints support images.
    pub fn google_openai() -> Self {
        Self {
            dialect: Dialect::Images,
            options: OptionStyle::PixelSize,
            references: ReferenceStyle::Form,
            ..Self::preset(
                "google-openai",
                "Google (OpenAI-compatible)",
                "https://generativelanguage.googleapis.com/v1beta/openai",
            )
        }
    }

    /// OpenAI, through its image endpoints.
    pub fn openai() -> Self {
        Self {
            dialect: Dialect::Images,
            options: OptionStyle::PixelSize,
            references: ReferenceStyle::Form,
            ..Self::preset("openai", "OpenAI", "https://api.openai.com/v1")
        }
    }

    /// A LiteLLM proxy on this machine, at its default port.
    pub fn litellm() -> Self {
        Self {
            options: OptionStyle::CamelImageConfig,
            ..Self::preset("litellm", "LiteLLM", "http://127.0.0.1:4000/v1")
        }
    }

    /// A gateway based on new-api, on this machine, at its default port.
    pub fn new_api() -> Self {
        Self::preset("new-api", "new-api", "http://127.0.0.1:3000/v1")
    }

    /// A server on this machine that generates images itself, such as LocalAI or stable-diffusion.cpp, at LocalAI's
    /// default port.
    pub fn local() -> Self {
        Self {
            dialect: Dialect::Images,
            options: OptionStyle::PixelSize,
            references: ReferenceStyle::Form,
            concurrency: Some(1),
            ..Self::preset("local", "Local server", "http://127.0.0.1:8080/v1")
        }
    }

    /// The built-in gateway, which speaks DGrid's protocol.
    pub fn demo() -> Self {
        Self::preset(ProfileId::demo().as_str(), "Demo", "")
    }

    /// The profiles of a new installation.
    pub fn built_in() -> Vec<Self> {
        vec![Self::dgrid(), Self::openrouter(), Self::google(), Self::openai(), Self::demo()]
    }

    /// Templates for new profiles, in addition to the built-in ones.
    pub fn templates() -> Vec<Self> {
        vec![Self::new_api(), Self::litellm(), Self::google_openai(), Self::local()]
    }
}
