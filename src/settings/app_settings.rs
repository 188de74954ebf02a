//! Choices that hold until they are changed. Kept in `settings.json`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::recipe::{Caps, Profile, ProfileId};

use super::shortcuts::Shortcuts;

/// Choices that hold until they are changed again. Kept in `settings.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Version of this format.
    pub version: u32,
    /// Language of the interface.
    pub language: Language,
    /// Colors of the interface.
    pub theme: Theme,
    /// The gateways that can be chosen.
    pub profiles: Vec<Profile>,
    /// Where images are kept, if not in the platform's usual place.
    pub library: Option<PathBuf>,
    /// How many requests run at once, 1 to 16.
    pub concurrency: usize,
    /// How much may be spent.
    #[serde(skip_serializing_if = "Caps::is_none")]
    pub caps: Caps,
    /// Whether requests that waited when the program last stopped go on by themselves at the next start.
    pub resume_on_start: bool,
    /// How tall a thumbnail is drawn in the gallery, in points.
    pub thumbnail_height: f32,
    /// Show the images of one request as one.
    pub stacked: bool,
    /// Tell the desktop when everything that was requested is done, if the window is not in front.
    pub notify: bool,
    /// Let the desktop play a sound with that.
    pub notify_sound: bool,
    /// Go on to the next image after each rating, flag or label.
    pub auto_advance: bool,
    /// Avoid motion, whatever the system says.
    pub reduce_motion: bool,
    /// Keys of commands that were changed.
    #[serde(skip_serializing_if = "Shortcuts::is_empty")]
    pub shortcuts: Shortcuts,
    /// Days for which responses are kept that did not become images.
    pub kept_days: u32,
    /// Megabytes that all of them may take together.
    pub kept_megabytes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: 1,
            language: Language::System,
            theme: Theme::System,
            profiles: Profile::built_in(),
            library: None,
            concurrency: 3,
            caps: Caps::default(),
            resume_on_start: false,
            thumbnail_height: 186.0,
            stacked: false,
            notify: true,
            notify_sound: false,
            auto_advance: false,
            reduce_motion: false,
            shortcuts: Shortcuts::default(),
            kept_days: 30,
            kept_megabytes: 1_000,
        }
    }
}

impl Settings {
    /// The same settings with the addresses of all providers as requests go to them.
    #[must_use]
    pub fn with_addresses_read(self) -> Self {
        Self { profiles: self.profiles.into_iter().map(Profile::with_address_read).collect(), ..self }
    }

    /// A profile by its short name.
    pub fn profile(&self, id: &ProfileId) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == *id)
    }
}

/// Language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the system is set: Traditional Chinese for any Chinese locale, else English.
    #[default]
    System,
    /// English.
    English,
    /// 繁體中文.
    TraditionalChinese,
}

/// Colors of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system is set.
    #[default]
    System,
    /// Light text on dark ground.
    Dark,
    /// Dark text on light ground.
    Light,
}
