//! The rows of the settings, for the dialog, its search and the palette.

use crate::ui::text::{Locale, Text};

use super::payload::SettingsSection;

/// A row of the settings. Shortcuts are not listed here: each of their rows is a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsRow {
    /// The folder of the library.
    LibraryFolder,
    /// How long and how many responses without images are kept.
    KeptResponses,
    /// The language of the window.
    Language,
    /// The colors of the window.
    Theme,
    /// The size of texts and controls.
    TextSize,
    /// Whether anything moves.
    Motion,
    /// What a screen reader says by itself.
    Announcements,
    /// The name of a provider.
    ProviderName,
    /// The key of a provider.
    ApiKey,
    /// The address of a provider.
    BaseUrl,
    /// The tests of a provider.
    Connection,
    /// Import and export of all providers.
    ProviderFiles,
    /// The path that requests are sent to.
    Endpoint,
    /// The fields in which aspect ratio and size are sent.
    ParameterFormat,
    /// The fields in which reference images are sent.
    ReferenceFormat,
    /// What a provider is asked to return.
    ResponseModalities,
    /// The header that carries the key.
    AuthHeader,
    /// Headers that are sent too.
    ExtraHeaders,
    /// Fields of the body that are sent too.
    ExtraBody,
    /// The time limits of a request.
    Timeouts,
    /// Concurrent requests to one provider.
    ProviderConcurrency,
    /// Requests per minute to one provider.
    RequestsPerMinute,
    /// The proxy of a provider.
    Network,
    /// Whether links may lead to other ports.
    LinkPorts,
    /// Prices that a provider does not report.
    Prices,
    /// Concurrent requests to all providers.
    Concurrency,
    /// What happens to unfinished requests at the start.
    Resume,
    /// The spending caps.
    Caps,
    /// The notification at the end of a run.
    Notification,
    /// The version of the program.
    Version,
    /// The licenses of the program and its fonts.
    Licenses,
    /// The folders of the program.
    Folders,
}

impl SettingsRow {
    /// Every row, in the order of the sections.
    pub const ALL: [Self; 32] = [
        Self::LibraryFolder,
        Self::KeptResponses,
        Self::Language,
        Self::Theme,
        Self::TextSize,
        Self::Motion,
        Self::Announcements,
        Self::ProviderName,
        Self::ApiKey,
        Self::BaseUrl,
        Self::Connection,
        Self::ProviderFiles,
        Self::Endpoint,
        Self::ParameterFormat,
        Self::ReferenceFormat,
        Self::ResponseModalities,
        Self::AuthHeader,
        Self::ExtraHeaders,
        Self::ExtraBody,
        Self::Timeouts,
        Self::ProviderConcurrency,
        Self::RequestsPerMinute,
        Self::Network,
        Self::LinkPorts,
        Self::Prices,
        Self::Concurrency,
        Self::Resume,
        Self::Caps,
        Self::Notification,
        Self::Version,
        Self::Licenses,
        Self::Folders,
    ];

    /// The section that has this row.
    pub fn section(self) -> SettingsSection {
        match self {
            Self::LibraryFolder | Self::KeptResponses => SettingsSection::Library,
            Self::Language | Self::Theme | Self::TextSize | Self::Motion | Self::Announcements => {
                SettingsSection::Appearance
            }
            Self::ProviderName
            | Self::ApiKey
            | Self::BaseUrl
            | Self::Connection
            | Self::ProviderFiles
            | Self::Endpoint
            | Self::ParameterFormat
            | Self::ReferenceFormat
            | Self::ResponseModalities
            | Self::AuthHeader
            | Self::ExtraHeaders
            | Self::ExtraBody
            | Self::Timeouts
            | Self::ProviderConcurrency
            | Self::RequestsPerMinute
            | Self::Network
            | Self::LinkPorts
            | Self::Prices => SettingsSection::Providers,
            Self::Concurrency | Self::Resume | Self::Caps | Self::Notification => SettingsSection::Queue,
            Self::Version | Self::Licenses | Self::Folders => SettingsSection::About,
        }
    }

    /// Whether only a person who knows the protocol of a provider needs it, so that it is hidden at first.
    pub fn is_advanced(self) -> bool {
        matches!(
            self,
            Self::Endpoint
                | Self::ParameterFormat
                | Self::ReferenceFormat
                | Self::ResponseModalities
                | Self::AuthHeader
                | Self::ExtraHeaders
                | Self::ExtraBody
                | Self::Timeouts
                | Self::ProviderConcurrency
                | Self::RequestsPerMinute
                | Self::Network
                | Self::LinkPorts
                | Self::Prices
        )
    }

    /// The key of its name. It stays the same in every language.
    pub fn key(self) -> &'static str {
        self.keys()[0]
    }

    pub fn name(self, text: &Text) -> String {
        text.get(self.key())
    }

    /// Whether its section, its name or one of its choices has each word of a query.
    pub fn matches(self, query: &str, text: &Text) -> bool {
        let mut words = vec![text.get(self.section().key())];
        words.extend(self.keys().iter().map(|key| text.get(key)));
        if self == Self::Language {
            words.extend(Locale::ALL.map(|locale| locale.name().to_owned()));
        }
        let words = words.join("\n").to_lowercase();
        query.to_lowercase().split_whitespace().all(|word| words.contains(word))
    }

    /// The keys of its name and of the words that find it.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::LibraryFolder => &["settings-library"],
            Self::KeptResponses => &["settings-kept", "settings-kept-size"],
            Self::Language => &["settings-language", "settings-system"],
            Self::Theme => &["settings-theme", "settings-dark", "settings-light", "settings-high-contrast"],
            Self::TextSize => &["settings-text-size"],
            Self::Motion => &["settings-motion", "settings-motion-reduced"],
            Self::Announcements => &["settings-announcements"],
            Self::ProviderName => &["settings-name"],
            Self::ApiKey => &["settings-key"],
            Self::BaseUrl => &["settings-base-url"],
            Self::Connection => &["settings-connection", "settings-test", "doctor-check"],
            Self::ProviderFiles => &["settings-sharing", "settings-import", "settings-export-all"],
            Self::Endpoint => &["settings-dialect"],
            Self::ParameterFormat => &["settings-options"],
            Self::ReferenceFormat => &["settings-references"],
            Self::ResponseModalities => &["settings-modalities"],
            Self::AuthHeader => &["settings-key-header"],
            Self::ExtraHeaders => &["settings-headers"],
            Self::ExtraBody => &["settings-extra-body"],
            Self::Timeouts => &[
                "settings-timeouts",
                "settings-connect",
                "settings-first-byte",
                "settings-between-bytes",
                "settings-whole",
            ],
            Self::ProviderConcurrency => &["settings-at-once-here"],
            Self::RequestsPerMinute => &["settings-per-minute"],
            Self::Network => &["settings-way", "settings-proxy"],
            Self::LinkPorts => &["settings-link-ports"],
            Self::Prices => &["settings-prices"],
            Self::Concurrency => &["settings-at-once"],
            Self::Resume => &["settings-resume"],
            Self::Caps => &["settings-caps", "settings-cap-day", "settings-cap-month", "settings-cap-batch"],
            Self::Notification => &["settings-notify", "settings-notify-on", "settings-sound"],
            Self::Version => &["about-version"],
            Self::Licenses => &["about-licenses"],
            Self::Folders => &["about-folders", "about-config", "about-logs"],
        }
    }
}
