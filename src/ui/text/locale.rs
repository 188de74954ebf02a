//! The languages of the interface, and the one that a system asks for.

use crate::settings::Language;

/// A language that the interface is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// English.
    English,
    /// 繁體中文.
    TraditionalChinese,
    /// 简体中文.
    SimplifiedChinese,
    /// 日本語.
    Japanese,
}

impl Locale {
    /// All languages of the interface.
    pub const ALL: [Self; 4] = [Self::English, Self::TraditionalChinese, Self::SimplifiedChinese, Self::Japanese];

    /// The locale that a setting selects on this system.
    pub fn of(language: Language) -> Self {
        match language {
            Language::English => Self::English,
            Language::TraditionalChinese => Self::TraditionalChinese,
            Language::SimplifiedChinese => Self::SimplifiedChinese,
            Language::Japanese => Self::Japanese,
            Language::System => Self::preferred(sys_locale::get_locales()),
        }
    }

    /// The setting that always selects this locale.
    pub fn language(self) -> Language {
        match self {
            Self::English => Language::English,
            Self::TraditionalChinese => Language::TraditionalChinese,
            Self::SimplifiedChinese => Language::SimplifiedChinese,
            Self::Japanese => Language::Japanese,
        }
    }

    /// The language tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::TraditionalChinese => "zh-Hant",
            Self::SimplifiedChinese => "zh-Hans",
            Self::Japanese => "ja",
        }
    }

    /// The name of the language in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::TraditionalChinese => "繁體中文",
            Self::SimplifiedChinese => "简体中文",
            Self::Japanese => "日本語",
        }
    }

    /// A character that only fonts for this language are sure to have. `None` for English, whose font is bundled.
    pub fn sample_character(self) -> Option<char> {
        match self {
            Self::English => None,
            Self::TraditionalChinese => Some('體'),
            Self::SimplifiedChinese => Some('简'),
            Self::Japanese => Some('語'),
        }
    }

    /// The first of a user's preferred languages that the interface is in, else English.
    pub(super) fn preferred(locales: impl IntoIterator<Item = String>) -> Self {
        locales.into_iter().find_map(|locale| Self::of_locale(&locale)).unwrap_or(Self::English)
    }

    /// The language of a locale such as `zh_TW.UTF-8` or `zh-Hans-SG`.
    fn of_locale(locale: &str) -> Option<Self> {
        let locale = locale.to_ascii_lowercase();
        let mut subtags = locale.split(['-', '_', '.', '@']);
        match subtags.next()? {
            "en" => Some(Self::English),
            "ja" => Some(Self::Japanese),
            "zh" => {
                // The script comes before the region, so that a Traditional Chinese text for Singapore is found too.
                let script_or_region = subtags.find_map(|subtag| match subtag {
                    "hant" | "tw" | "hk" | "mo" => Some(Self::TraditionalChinese),
                    "hans" | "cn" | "sg" | "my" => Some(Self::SimplifiedChinese),
                    _ => None,
                });
                Some(script_or_region.unwrap_or(Self::SimplifiedChinese))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_follows_script_and_region() {
        for (locale, expected) in [
            ("zh_TW.UTF-8", Locale::TraditionalChinese),
            ("zh-HK", Locale::TraditionalChinese),
            ("zh_MO", Locale::TraditionalChinese),
            ("zh-Hant-SG", Locale::TraditionalChinese),
            ("zh_CN.UTF-8", Locale::SimplifiedChinese),
            ("zh_SG", Locale::SimplifiedChinese),
            ("zh-Hans-TW", Locale::SimplifiedChinese),
            ("zh", Locale::SimplifiedChinese),
            ("ja_JP.UTF-8", Locale::Japanese),
            ("en_GB", Locale::English),
            ("C.UTF-8", Locale::English),
            ("fr-FR", Locale::English),
        ] {
            assert_eq!(Locale::preferred([locale.to_owned()]), expected, "{locale}");
        }
    }

    #[test]
    fn first_supported_language_is_used() {
        let preferred = ["fr-FR", "ja-JP", "en-US"].map(str::to_owned);
        assert_eq!(Locale::preferred(preferred), Locale::Japanese);
        assert_eq!(Locale::preferred([]), Locale::English);
    }

    #[test]
    fn each_locale_has_a_setting_that_selects_it() {
        for locale in Locale::ALL {
            assert_eq!(Locale::of(locale.language()), locale);
        }
    }
}
