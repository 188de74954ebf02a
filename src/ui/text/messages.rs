//! The texts of the window, looked up by key in the translation files.

use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::{recipe::replace_invisible, settings::Language};

use super::{locale::Locale, number};

#[cfg(not(feature = "bench"))]
const ENGLISH: &str = include_str!("../../../assets/text/en.ftl");
#[cfg(feature = "bench")]
const ENGLISH: &str =
    concat!(include_str!("../../../assets/text/en.ftl"), include_str!("../../../assets/text/bench.en.ftl"));

#[cfg(not(feature = "bench"))]
const TRADITIONAL_CHINESE: &str = include_str!("../../../assets/text/zh-Hant.ftl");
#[cfg(feature = "bench")]
const TRADITIONAL_CHINESE: &str =
    concat!(include_str!("../../../assets/text/zh-Hant.ftl"), include_str!("../../../assets/text/bench.zh-Hant.ftl"));

/// The messages of one language.
pub struct Text {
    pub(super) tongue: Locale,
    pub(super) bundle: FluentBundle<FluentResource>,
}

impl Text {
    /// Loads the messages of the language of a setting.
    pub fn new(language: Language) -> Self {
        let tongue = Locale::of(language);
        let (locale, source) = match tongue {
            Locale::English => ("en", ENGLISH),
            Locale::TraditionalChinese => ("zh-Hant", TRADITIONAL_CHINESE),
        };
        Self { tongue, bundle: bundle(locale.parse().unwrap_or_default(), source) }
    }

    /// The current language.
    pub fn tongue(&self) -> Locale {
        self.tongue
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
        sentences.join(match self.tongue {
            Locale::English => " ",
            Locale::TraditionalChinese => "",
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
        f.debug_struct("Text").field("tongue", &self.tongue).finish_non_exhaustive()
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
    // Tests prove that both files parse; of a broken file the valid messages are kept.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        path::Path,
    };

    use super::*;

    /// The keys of a file, each with its variables.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut all = BTreeMap::new();
        let mut key = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =")
                && !line.starts_with(' ')
            {
                name.clone_into(&mut key);
                assert!(all.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is there twice");
            }
            for piece in line.split('$').skip(1) {
                let variable: String = piece.chars().take_while(char::is_ascii_alphanumeric).collect();
                all.get_mut(&key).unwrap().insert(variable);
            }
            if let Some(attribute) = line.trim().strip_prefix('.') {
                let name = attribute.split(' ').next().unwrap();
                all.get_mut(&key).unwrap().insert(format!(".{name}"));
            }
        }
        all
    }

    #[test]
    fn both_languages_say_the_same_things() {
        for source in [ENGLISH, TRADITIONAL_CHINESE] {
            assert!(FluentResource::try_new(source.to_owned()).is_ok());
        }
        assert_eq!(messages(ENGLISH), messages(TRADITIONAL_CHINESE));
    }

    #[test]
    fn every_message_is_used_and_every_used_message_is_there() {
        let keys: BTreeSet<String> = messages(ENGLISH).into_keys().collect();
        let mut literals = BTreeSet::new();
        collect_literals(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut literals);
        let unused: Vec<_> = keys.difference(&literals).collect();
        assert!(unused.is_empty(), "nobody uses {unused:?}");
        let mut used = BTreeSet::new();
        collect_used(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut used);
        let missing: Vec<_> = used.difference(&keys).collect();
        assert!(missing.is_empty(), "no file has {missing:?}");
    }

    fn sources(folder: &Path, take: &mut dyn FnMut(String)) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, take);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                take(std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// Every string literal.
    fn collect_literals(folder: &Path, literals: &mut BTreeSet<String>) {
        sources(folder, &mut |source| literals.extend(source.split('"').map(str::to_owned)));
    }

    /// The first argument of every `text.get("…")` and `text.with("…", …)`.
    fn collect_used(folder: &Path, used: &mut BTreeSet<String>) {
        sources(folder, &mut |source| {
            for call in ["text.get(", "text.with(", "self.get(", "self.with("] {
                for rest in source.split(call).skip(1) {
                    if let Some(literal) = rest.trim_start().strip_prefix('"')
                        && let Some((key, _)) = literal.split_once('"')
                        && key.starts_with(|first: char| first.is_ascii_lowercase())
                    {
                        used.insert(key.to_owned());
                    }
                }
            }
        });
    }

    #[test]
    fn any_chinese_locale_means_traditional_chinese() {
        assert_eq!(Locale::of_locale("zh-TW"), Locale::TraditionalChinese);
        assert_eq!(Locale::of_locale("zh_CN.UTF-8"), Locale::TraditionalChinese);
        assert_eq!(Locale::of_locale("fr-FR"), Locale::English);
    }

    #[test]
    fn counts_have_their_plural_and_their_separators() {
        let text = Text::new(Language::English);
        let images = |count: usize| text.with("status-images", [("count", count.into()), ("bytes", "1 MB".into())]);
        assert_eq!(images(1), "1 image · 1 MB");
        assert_eq!(images(12_408), "12,408 images · 1 MB");
    }
}
