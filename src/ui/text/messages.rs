//! The texts of the window, looked up by key in the translation files.

use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::{recipe::replace_invisible, settings::Language};

use super::{locale::Locale, number};

/// The message file of a language, with the messages of the benchmark where it is built in.
macro_rules! message_file {
    ($tag:literal) => {{
        #[cfg(not(feature = "bench"))]
        const MESSAGES: &str = include_str!(concat!("../../../assets/text/", $tag, ".ftl"));
        #[cfg(feature = "bench")]
        const MESSAGES: &str = concat!(
            include_str!(concat!("../../../assets/text/", $tag, ".ftl")),
            include_str!(concat!("../../../assets/text/bench.", $tag, ".ftl"))
        );
        MESSAGES
    }};
}

/// The messages of a language, in Fluent's syntax.
pub(super) fn source(locale: Locale) -> &'static str {
    match locale {
        Locale::English => message_file!("en"),
        Locale::TraditionalChinese => message_file!("zh-Hant"),
        Locale::SimplifiedChinese => message_file!("zh-Hans"),
        Locale::Japanese => message_file!("ja"),
    }
}

/// The messages of one language.
pub struct Text {
    pub(super) locale: Locale,
    pub(super) bundle: FluentBundle<FluentResource>,
}

impl Text {
    /// Loads the messages of the language of a setting.
    pub fn new(language: Language) -> Self {
        let locale = Locale::of(language);
        Self { locale, bundle: bundle(locale.tag().parse().unwrap_or_default(), source(locale)) }
    }

    /// The current language.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// A message without variables.
    pub fn get(&self, key: &str) -> String {
        self.with(key, [])
    }

    /// A message with its variables: `text.with("status-images", [("count", 3.into()), ("bytes", size.into())])`.
    pub fn with<'a, const N: usize>(&self, key: &str, variables: [(&'a str, FluentValue<'a>); N]) -> String {
        self.format(key, None, variables)
    }

    /// Joins sentences in the way of the language.
    pub fn join(&self, sentences: &[&str]) -> String {
        sentences.join(match self.locale {
            Locale::English => " ",
            Locale::TraditionalChinese | Locale::SimplifiedChinese | Locale::Japanese => "",
        })
    }

    /// An attribute of a message, such as `.next` of a failure.
    pub(super) fn attribute(&self, key: &str, attribute: &str) -> String {
        self.format(key, Some(attribute), [])
    }

    pub(super) fn format<'a, const N: usize>(
        &self,
        key: &str,
        attribute: Option<&str>,
        variables: [(&'a str, FluentValue<'a>); N],
    ) -> String {
        let pattern = self.bundle.get_message(key).and_then(|message| match attribute {
            None => message.value(),
            Some(name) => message.get_attribute(name).map(|attribute| attribute.value()),
        });
        // A test proves that every used key exists; if one is missing nevertheless, its name is better than a crash.
        let Some(pattern) = pattern else { return key.to_owned() };
        let mut args = FluentArgs::with_capacity(N);
        for (name, value) in variables {
            args.set(name, shown(value));
        }
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

/// Sanitizes a variable: names and texts of others can contain characters that reverse the text direction.
fn shown(value: FluentValue<'_>) -> FluentValue<'_> {
    match value {
        FluentValue::String(text) if matches!(replace_invisible(&text), Cow::Owned(_)) => {
            replace_invisible(&text).into_owned().into()
        }
        other => other,
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text").field("locale", &self.locale).finish_non_exhaustive()
    }
}

fn bundle(locale: LanguageIdentifier, source: &str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new(vec![locale]);
    // Isolation marks separate text directions, but fonts have no glyphs for them.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(number::number(number.value, number.options.minimum_fraction_digits)),
        _ => None,
    }));
    // Tests prove that all files parse; of a broken file the valid messages are kept.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_plurals_and_separators() {
        let text = Text::new(Language::English);
        let images = |count: usize| text.with("status-images", [("count", count.into()), ("bytes", "1 MB".into())]);
        assert_eq!(images(1), "1 image · 1 MB");
        assert_eq!(images(12_408), "12,408 images · 1 MB");
    }

    #[test]
    fn single_exported_image_is_not_counted() {
        for (language, one, two) in [
            (Language::English, "Export", "Export 2"),
            (Language::TraditionalChinese, "匯出", "匯出 2 張"),
            (Language::SimplifiedChinese, "导出", "导出 2 张"),
            (Language::Japanese, "書き出し", "2枚を書き出し"),
        ] {
            let export = |count: usize| Text::new(language).with("export-do", [("count", count.into())]);
            assert_eq!((export(1).as_str(), export(2).as_str()), (one, two));
        }
    }
}
