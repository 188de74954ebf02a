//! A gateway as a person configures it. The key is not part of it: that lives in the keychain.

use serde::{Deserialize, Serialize};

use super::ProfileId;

/// How to reach one gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its short name; also the name of its entry in the keychain.
    pub id: ProfileId,
    /// Its name on screen.
    pub name: String,
    /// Where its API starts, for example `https://api.dgrid.ai/v1`. Empty for the demo gateway, whose
    /// address is known only once it runs.
    pub base_url: String,
    /// Which family of endpoints it is asked through.
    #[serde(default)]
    pub dialect: Dialect,
    /// Where aspect ratio and size go in a chat request.
    #[serde(default)]
    pub options: OptionStyle,
}

/// The families of endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// `POST {base}/chat/completions`.
    #[default]
    Chat,
}

/// Where the options that OpenAI's chat format does not know go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionStyle {
    /// `extra_body.google.image_config`, as new-api and gateways made from it read it.
    #[default]
    GoogleExtraBody,
    /// `image_config` and `modalities` beside `messages`, as OpenRouter reads them.
    ImageConfig,
}

impl Profile {
    /// DGrid, as its documentation gives it.
    pub fn dgrid() -> Self {
        Self {
            id: ProfileId::dgrid(),
            name: "DGrid".to_owned(),
            base_url: "https://api.dgrid.ai/v1".to_owned(),
            dialect: Dialect::Chat,
            options: OptionStyle::GoogleExtraBody,
        }
    }

    /// OpenRouter, as its documentation gives it.
    pub fn openrouter() -> Self {
        Self {
            id: ProfileId::new("openrouter"),
            name: "OpenRouter".to_owned(),
            base_url: "https://openrouter.ai/api/v1".to_owned(),
            dialect: Dialect::Chat,
            options: OptionStyle::ImageConfig,
        }
    }

    /// The built-in gateway, which speaks DGrid's protocol.
    pub fn demo() -> Self {
        Self {
            id: ProfileId::demo(),
            name: "Demo".to_owned(),
            base_url: String::new(),
            dialect: Dialect::Chat,
            options: OptionStyle::GoogleExtraBody,
        }
    }

    /// The profiles that every installation starts with.
    pub fn built_in() -> Vec<Self> {
        vec![Self::dgrid(), Self::openrouter(), Self::demo()]
    }

    /// The environment variable that holds this gateway's key where no keychain does:
    /// `DGRID_API_KEY` for `dgrid`.
    pub fn key_variable(&self) -> String {
        let name: String = self
            .id
            .as_str()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        format!("{name}_API_KEY")
    }

    /// Whether requests need a key. The demo gateway does not, nor do servers on this machine.
    pub fn needs_key(&self) -> bool {
        !self.id.is_demo()
            && url::Url::parse(&self.base_url).ok().is_none_or(|url| match url.host() {
                Some(url::Host::Domain(name)) => name != "localhost",
                Some(url::Host::Ipv4(address)) => !address.is_loopback(),
                Some(url::Host::Ipv6(address)) => !address.is_loopback(),
                None => true,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gateway_has_its_own_variable_for_the_key() {
        assert_eq!(Profile::dgrid().key_variable(), "DGRID_API_KEY");
        assert_eq!(Profile { id: ProfileId::new("my-server"), ..Profile::dgrid() }.key_variable(), "MY_SERVER_API_KEY");
    }

    #[test]
    fn a_server_on_this_machine_needs_no_key() {
        let local = Profile { base_url: "http://127.0.0.1:8080/v1".to_owned(), ..Profile::dgrid() };
        assert!(!local.needs_key());
        assert!(Profile::dgrid().needs_key());
        assert!(!Profile::demo().needs_key());
    }
}
