//! Wildcards: lists from which a prompt takes one line.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::prompt::template::{Weight, WeightedOption, parse};

/// The lines of a wildcard file.
///
/// Each line is an option and a template of its own, with a weight if it starts like `3::`. Empty lines and lines that
/// start with `#` are ignored; `\#` starts an option with that character. A repeated line counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wildcard {
    options: Vec<WeightedOption>,
}

impl Wildcard {
    /// Parses the text of a file. Any text is valid.
    pub fn parse(text: &str) -> Self {
        let mut seen = std::collections::BTreeSet::new();
        let options = text
            .lines()
            // Concatenated files have a byte order mark in the middle.
            .map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'))
            .filter(|line| !line.is_empty() && !line.starts_with('#') && seen.insert(*line))
            .map(|line| {
                let weight = Weight::read(line);
                let template = weight.map_or(line, |(_, length)| line[length..].trim_start());
                WeightedOption { weight: weight.map(|(weight, _)| weight), template: parse(template) }
            })
            .collect();
        Self { options }
    }

    /// The options.
    pub fn options(&self) -> &[WeightedOption] {
        &self.options
    }
}

impl fmt::Display for Wildcard {
    /// Prints the wildcard as the text of a file, without its comments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for option in &self.options {
            let line = option.to_string();
            let escape = if line.starts_with('#') { "\\" } else { "" };
            writeln!(f, "{escape}{line}")?;
        }
        Ok(())
    }
}

/// Wildcards by name: `animal`, `folder/animal`. Cheap to clone, because each row of a sheet has sources of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wildcards(Arc<BTreeMap<String, Wildcard>>);

impl Wildcards {
    /// Adds a wildcard, in place of another with that name.
    pub fn insert(&mut self, name: impl Into<String>, wildcard: Wildcard) {
        Arc::make_mut(&mut self.0).insert(name.into(), wildcard);
    }

    /// The names of all wildcards, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The wildcard with a name.
    pub fn get(&self, name: &str) -> Option<&Wildcard> {
        self.0.get(name)
    }

    /// The wildcards that a name in a template matches, in order: one, or all that match its stars.
    pub fn meant<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a Wildcard)> {
        let stars = name.contains('*');
        let fits = move |key: &str| if stars { fits(name, key) } else { name == key };
        self.0.iter().filter(move |(key, _)| fits(key)).map(|(key, wildcard)| (key.as_str(), wildcard))
    }
}

impl<N: Into<String>> FromIterator<(N, Wildcard)> for Wildcards {
    fn from_iter<I: IntoIterator<Item = (N, Wildcard)>>(wildcards: I) -> Self {
        Self(Arc::new(wildcards.into_iter().map(|(name, wildcard)| (name.into(), wildcard)).collect()))
    }
}

/// Whether a name matches a pattern. One star matches any characters except `/`, two also match that.
fn fits(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    // The prefixes of the name that the pattern so far matches.
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let stars = rest.len() - rest.trim_start_matches('*').len();
        let mut next = vec![false; name.len() + 1];
        if stars > 0 {
            rest = &rest[stars..];
            for end in 0..=name.len() {
                let goes_on = end > 0 && next[end - 1] && (stars > 1 || name[end - 1] != '/');
                next[end] = reached[end] || goes_on;
            }
        } else {
            rest = &rest[c.len_utf8()..];
            for end in 1..=name.len() {
                next[end] = reached[end - 1] && name[end - 1] == c;
            }
        }
        reached = next;
    }
    reached[name.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::prompt::template::is_name;

    #[test]
    fn each_line_is_an_option() {
        let wildcard =
            Wildcard::parse("\u{feff}# animals\nfox\r\n\n  3:: red panda  \nfox\n\\#1 dog\n{big|small} cat\n貓");
        let lines: Vec<String> = wildcard.options().iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["fox", "3::red panda", "#1 dog", "{big|small} cat", "貓"]);
        assert_eq!(Wildcard::parse(&wildcard.to_string()), wildcard);
        assert_eq!(Wildcard::parse("# nothing\n\n"), Wildcard::default());
    }

    #[test]
    fn byte_order_marks_are_removed_from_options() {
        let wildcard = Wildcard::parse("\u{feff}fox\n \u{feff}\n\u{feff}owl");
        assert_eq!(wildcard, Wildcard::parse("fox\nowl"));
        assert_eq!(Wildcard::parse(&wildcard.to_string()), wildcard);
    }

    #[test]
    fn wildcard_names_never_leave_the_folder() {
        for name in ["animal", "folder/animal", "hair_colour", "動物", "a b", "v1.5", "*", "a/**"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "/a", "a/", "..", "../a", "a/../b", "_a", "a_", "a__b", "a\\b", "c:d", " a", ".hidden", "a\nb"]
        {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn asterisks_match_any_characters() {
        let wildcards: Wildcards =
            ["colour/warm", "colour/cold/ice", "colour"].map(|name| (name, Wildcard::default())).into_iter().collect();
        let meant = |name: &'static str| wildcards.meant(name).map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(meant("colour"), ["colour"]);
        assert_eq!(meant("colour/*"), ["colour/warm"]);
        assert_eq!(meant("colour/**"), ["colour/cold/ice", "colour/warm"]);
        assert_eq!(meant("*ol*"), ["colour"]);
        assert_eq!(meant("colours"), [""; 0]);
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_a_wildcard_and_round_trips(text in "[a-b0-2 #:{|}$_\\\\.\n]{0,60}") {
            let wildcard = Wildcard::parse(&text);
            prop_assert!(wildcard.options().len() <= text.lines().count());
            let again = Wildcard::parse(&wildcard.to_string());
            prop_assert!(again.options().iter().all(|option| wildcard.options().contains(option)));
        }
    }
}
