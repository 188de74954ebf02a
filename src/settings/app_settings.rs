//! The settings. Stored in `settings.json`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::recipe::{Caps, Profile, ProfileId};

use super::shortcuts::Shortcuts;

/// The sizes of text that can be chosen, in percent.
pub const TEXT_PERCENTS: [u32; 7] = [80, 90, 100, 115, 130, 150, 200];

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
    /// Size of text and controls in percent of the usual size.
    pub text_percent: u32,
    /// How much a screen reader says by itself.
    pub announcements: Announcements,
    /// Whether to avoid motion, regardless of the system's setting.
    pub reduce_motion: bool,
    /// Whether the introduction on the welcome page was dismissed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub intro_dismissed: bool,
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
            text_percent: 100,
            announcements: Announcements::All,
            reduce_motion: false,
            intro_dismissed: false,
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

    /// The size of text and controls as a factor, within what can be operated.
    pub fn text_scale(&self) -> f32 {
        self.text_percent.clamp(TEXT_PERCENTS[0], TEXT_PERCENTS[TEXT_PERCENTS.len() - 1]) as f32 / 100.0
    }

    /// The next larger or smaller size of text in percent; the same one at the end of the range.
    pub fn next_text_percent(&self, larger: bool) -> u32 {
        let next = if larger {
            TEXT_PERCENTS.into_iter().find(|percent| *percent > self.text_percent)
        } else {
            TEXT_PERCENTS.into_iter().rev().find(|percent| *percent < self.text_percent)
        };
        next.unwrap_or(self.text_percent)
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
    /// The first of the system's preferred languages that the interface is in, else English.
    #[default]
    System,
    /// English.
    English,
    /// 繁體中文.
    TraditionalChinese,
    /// 简体中文.
    SimplifiedChinese,
    /// 日本語.
    Japanese,
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
    /// White text on black ground, with white edges.
    HighContrast,
}

/// How much a screen reader says by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Announcements {
    /// Progress, ends and failures.
    #[default]
    All,
    /// Ends and failures.
    Important,
    /// Nothing.
    Off,
}
