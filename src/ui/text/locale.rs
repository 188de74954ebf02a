//! The languages of the window, and the one that a system uses.

use crate::settings::Language;

/// A language that the interface is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// English.
    English,
    /// 繁體中文.
    TraditionalChinese,
}

impl Locale {
    /// The locale that a setting selects on this system.
    pub fn of(language: Language) -> Self {
        match language {
            Language::English => Self::English,
            Language::TraditionalChinese => Self::TraditionalChinese,
            Language::System => sys_locale::get_locale().map_or(Self::English, |locale| Self::of_locale(&locale)),
        }
    }

    pub(super) fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Self::TraditionalChinese } else { Self::English }
    }
}
