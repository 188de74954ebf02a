//! The settings. Stored in `settings.json`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::recipe::{Caps, Profile, ProfileId};

use super::shortcuts::Shortcuts;

/// The settings of the application. Stored in `settings.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Version of the file format.
    pub version: u32,
    /// Language of the interface.
    pub language: Language,
    /// Colors of the interface.
    pub theme: Theme,
    /// Profiles of the gateways.
    pub profiles: Vec<Profile>,
    /// Folder of the library, if not the platform's default.
    pub library: Option<PathBuf>,
    /// Maximum number of concurrent requests, 1 to 16.
    pub concurrency: usize,
    /// Caps on spending.
    #[serde(skip_serializing_if = "Caps::is_none")]
    pub caps: Caps,
    /// Whether queued requests resume automatically at the next start.
    pub resume_on_start: bool,
    /// Height of thumbnails in the gallery, in points.
    pub thumbnail_height: f32,
    /// Whether images of one request are stacked.
    pub stacked: bool,
    /// Whether to show a notification when the queue finishes while the window is in the background.
    pub notify: bool,
    /// Whether the notification plays a sound.
    pub notify_sound: bool,
    /// Go on to the next image after each rating, flag or label.
    pub auto_advance: bool,
    /// Whether to avoid motion, regardless of the system's setting.
    pub reduce_motion: bool,
    /// Keys of commands that were changed.
    #[serde(skip_serializing_if = "Shortcuts::is_empty")]
    pub shortcuts: Shortcuts,
    /// Days for which responses without stored images are kept.
    pub kept_days: u32,
    /// Maximum total size of kept responses in megabytes.
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
    /// Normalizes the base URLs of all profiles.
    #[must_use]
    pub fn with_addresses_read(self) -> Self {
        Self { profiles: self.profiles.into_iter().map(Profile::with_address_read).collect(), ..self }
    }

    /// Finds a profile by its ID.
    pub fn profile(&self, id: &ProfileId) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == *id)
    }
}

/// Language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// The system's language: Traditional Chinese for any Chinese locale, else English.
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
    /// The system's theme.
    #[default]
    System,
    /// Light text on a dark background.
    Dark,
    /// Dark text on a light background.
    Light,
}
