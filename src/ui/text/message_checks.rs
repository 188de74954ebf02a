//! Tests of the message files: complete, used, in the words of the glossary, with the plurals that a language has.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use fluent_bundle::FluentResource;

use super::{locale::Locale, messages::source};

const GLOSSARY: &str = include_str!("../../../docs/glossary.md");

/// The lines of each message of a file, by key.
fn messages(source: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut key = "";
    for line in source.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =")
            && !line.starts_with(' ')
        {
            key = name;
            assert!(all.insert(key, Vec::new()).is_none(), "{key} is there twice");
        }
        all.get_mut(key).unwrap().push(line);
    }
    all
}

/// The variables and attributes of a message.
fn parts(lines: &[&str]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for line in lines {
        for piece in line.split('$').skip(1) {
            let variable: String = piece.chars().take_while(char::is_ascii_alphanumeric).collect();
            if !variable.is_empty() {
                all.insert(variable);
            }
        }
        if let Some(attribute) = line.trim().strip_prefix('.') {
            all.insert(format!(".{}", attribute.split(' ').next().unwrap()));
        }
    }
    all
}

/// What a line says, without its key, its attribute, its variant and its placeables.
fn words(line: &str) -> String {
    let line = match line.split_once('=') {
        Some((head, rest)) if !head.trim().contains(' ') => rest,
        _ => line,
    };
    let line = line.trim();
    let line = match line.strip_prefix('*').unwrap_or(line).split_once("] ") {
        Some((variant, rest)) if variant.starts_with('[') => rest,
        _ => line,
    };
    let mut said = String::new();
    let mut depth = 0_usize;
    for character in line.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => said.push(character),
            _ => {}
        }
    }
    said
}

/// The rows below a heading of the glossary, each with its cells.
fn glossary(heading: &str) -> Vec<Vec<String>> {
    let section = GLOSSARY.split("\n## ").find(|section| section.starts_with(heading)).expect("the heading is there");
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// Whether a text has a word; a word of letters A to Z has to begin and end where the word does.
fn has_word(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    let word = word.to_lowercase();
    if !word.is_ascii() {
        return text.contains(&word);
    }
    text.match_indices(&word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        [before, after].into_iter().flatten().all(|beside| !beside.is_ascii_alphanumeric())
    })
}

#[test]
fn each_language_has_the_same_messages() {
    let english = messages(source(Locale::English));
    for locale in Locale::ALL {
        assert!(FluentResource::try_new(source(locale).to_owned()).is_ok(), "{}", locale.tag());
        let translated = messages(source(locale));
        let missing: Vec<_> = english.keys().filter(|key| !translated.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", locale.tag());
        for (key, lines) in &translated {
            let expected = english.get(key).unwrap_or_else(|| panic!("{}: {key} is not in en", locale.tag()));
            assert_eq!(parts(lines), parts(expected), "{}: {key}", locale.tag());
        }
    }
}

#[test]
fn messages_are_in_the_order_of_the_english_ones() {
    let keys = |locale: Locale| -> Vec<&str> {
        let lines = source(locale).lines().filter(|line| !line.starts_with([' ', '#', '}']));
        lines.filter_map(|line| line.split_once(" =")).map(|(key, _)| key).collect()
    };
    let english = keys(Locale::English);
    for locale in Locale::ALL {
        let moved = keys(locale).into_iter().zip(&english).find(|(key, expected)| key != *expected);
        assert_eq!(moved, None, "{}: the first message out of order, and the one expected", locale.tag());
    }
}

#[test]
fn every_message_is_translated() {
    let same: BTreeSet<String> =
        glossary("Messages that are the same in every language").into_iter().map(|mut row| row.remove(0)).collect();
    let english = messages(source(Locale::English));
    let mut unneeded = same.clone();
    for locale in Locale::ALL.into_iter().filter(|locale| *locale != Locale::English) {
        for (key, lines) in messages(source(locale)) {
            let said: Vec<String> = lines.iter().map(|line| words(line)).collect();
            let original: Vec<String> = english[key].iter().map(|line| words(line)).collect();
            let is_same = said == original && said.concat().chars().any(char::is_alphabetic);
            assert!(!is_same || same.contains(key), "{}: {key} is not translated: {said:?}", locale.tag());
            if is_same {
                unneeded.remove(key);
            }
        }
    }
    assert!(unneeded.is_empty(), "the glossary lists messages that are translated: {unneeded:?}");
}

#[test]
fn no_message_uses_a_word_that_the_glossary_excludes() {
    for row in glossary("Words that are not used") {
        let [tags, ruled_out, instead, allowed] = row.as_slice() else { panic!("four cells: {row:?}") };
        for locale in Locale::ALL.into_iter().filter(|locale| tags.split(", ").any(|tag| tag == locale.tag())) {
            for (key, lines) in messages(source(locale)) {
                if allowed.split(", ").any(|other| other == key) {
                    continue;
                }
                for line in lines {
                    // The right word can contain the wrong one.
                    let said = words(line).replace(instead.as_str(), "");
                    for word in ruled_out.split(", ") {
                        assert!(
                            !has_word(&said, word),
                            "{}: {key} says “{word}”; the glossary says “{instead}”: {}",
                            locale.tag(),
                            line.trim()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn glossary_has_each_term_in_each_language() {
    let terms = glossary("Terms");
    assert!(terms.len() > 30, "{}", terms.len());
    for row in terms {
        assert_eq!(row.len(), 1 + Locale::ALL.len(), "{row:?}");
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
}

#[test]
fn each_language_has_its_plural_forms_and_no_others() {
    for locale in Locale::ALL {
        let needed: &[&str] = match locale {
            Locale::English => &["one", "other"],
            Locale::TraditionalChinese | Locale::SimplifiedChinese | Locale::Japanese => &["other"],
        };
        for (key, lines) in messages(source(locale)) {
            let mut variants: Option<BTreeSet<&str>> = None;
            for line in lines {
                let line = line.trim();
                if line.ends_with("->") {
                    variants = Some(BTreeSet::new());
                } else if let Some(variants) = &mut variants
                    && let Some((variant, _)) =
                        line.trim_start_matches('*').strip_prefix('[').and_then(|l| l.split_once(']'))
                {
                    variants.insert(variant);
                } else if line.starts_with('}')
                    && let Some(variants) = variants.take()
                {
                    let words: BTreeSet<&str> =
                        variants.into_iter().filter(|variant| variant.parse::<u64>().is_err()).collect();
                    let needed: BTreeSet<&str> = needed.iter().copied().collect();
                    assert_eq!(words, needed, "{}: plural forms of {key}", locale.tag());
                }
            }
            assert!(variants.is_none(), "{}: {key} does not end", locale.tag());
        }
    }
}

#[test]
fn every_message_is_used_and_every_used_message_exists() {
    let keys: BTreeSet<String> = messages(source(Locale::English)).into_keys().map(str::to_owned).collect();
    let mut literals = BTreeSet::new();
    let mut used = BTreeSet::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut |source| {
        literals.extend(source.split('"').map(str::to_owned));
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
    let unused: Vec<_> = keys.difference(&literals).collect();
    assert!(unused.is_empty(), "no code uses {unused:?}");
    let missing: Vec<_> = used.difference(&keys).collect();
    assert!(missing.is_empty(), "no file has {missing:?}");
}

fn sources(folder: &Path, take: &mut dyn FnMut(&str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, take);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            take(&std::fs::read_to_string(path).unwrap());
        }
    }
}
