//! Wildcards as other programs keep them: text, JSON and YAML files.

use serde_json::Value;

use crate::prompt::template::is_name;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One wildcard, one option a line.
    Text,
    /// Lists under names under names.
    Json,
    /// The same, as YAML writes it; only what such files use of it.
    Yaml,
}

impl Format {
    /// The format of files with this ending.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }
}

/// A file that holds no wildcards.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWildcards {
    /// It is not written as its name says.
    #[error("line {line} cannot be understood")]
    Line {
        /// From 1.
        line: usize,
    },
    /// It has no lists of texts.
    #[error("there are no lists in it")]
    Empty,
}

/// Reads a file. Gives the texts of wildcard files, each with its name; the name of a text file is passed in.
pub fn import(name: &str, format: Format, text: &str) -> Result<Vec<(String, String)>, NotWildcards> {
    let mut found = Vec::new();
    match format {
        Format::Text => found.push((name.to_owned(), text.to_owned())),
        Format::Json => {
            let value = serde_json::from_str(text).map_err(|error| NotWildcards::Line { line: error.line() })?;
            gather(&value, String::new(), &mut found);
        }
        Format::Yaml => yaml(text, &mut found)?,
    }
    found.retain(|(name, _)| is_name(name) && !name.contains('*'));
    if found.is_empty() { Err(NotWildcards::Empty) } else { Ok(found) }
}

/// Lists at any depth; their names are the way to them. JSON that can be read is not deep.
fn gather(value: &Value, name: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(options) => {
            let lines = options.iter().filter_map(|option| match option {
                Value::String(text) => Some(line(text)),
                Value::Number(number) => Some(line(&number.to_string())),
                _ => None,
            });
            found.push((name, lines.collect()));
        }
        Value::Object(members) => {
            for (key, value) in members {
                gather(value, below(&name, key), found);
            }
        }
        Value::String(text) => found.push((name, line(text))),
        _ => {}
    }
}

fn below(name: &str, key: &str) -> String {
    if name.is_empty() { key.to_owned() } else { format!("{name}/{key}") }
}

/// An option as a line of a wildcard file.
fn line(option: &str) -> String {
    let option = option.split_whitespace().collect::<Vec<_>>().join(" ");
    let escape = if option.starts_with('#') { "\\" } else { "" };
    format!("{escape}{option}\n")
}

/// Maps by their indentation, and lists of scalars below them.
fn yaml(text: &str, found: &mut Vec<(String, String)>) -> Result<(), NotWildcards> {
    // The keys that a line stands below, each with its indentation.
    let mut keys: Vec<(usize, String)> = Vec::new();
    for (index, whole) in text.lines().enumerate() {
        let content = whole.trim();
        if content.is_empty() || content.starts_with('#') || content == "---" {
            continue;
        }
        let indent = whole.len() - whole.trim_start().len();
        let wrong = NotWildcards::Line { line: index + 1 };
        if let Some(item) = content.strip_prefix("- ") {
            // A list may stand as far left as its key.
            keys.retain(|(left, _)| *left <= indent);
            let name = keys.last().map(|(_, name)| name.clone()).ok_or_else(|| wrong.clone())?;
            let option = line(&scalar(item.trim()).ok_or(wrong)?);
            match found.last_mut().filter(|(last, _)| *last == name) {
                Some((_, lines)) => lines.push_str(&option),
                None => found.push((name, option)),
            }
            continue;
        }
        keys.retain(|(left, _)| *left < indent);
        let (key, value) = content.split_once(':').ok_or_else(|| wrong.clone())?;
        let key = scalar(key.trim()).ok_or_else(|| wrong.clone())?;
        let name = below(keys.last().map_or("", |(_, name)| name), &key);
        let value = value.split(" #").next().unwrap_or_default().trim();
        if value.is_empty() {
            keys.push((indent, name));
        } else {
            found.push((name, line(&scalar(value).ok_or(wrong)?)));
        }
    }
    Ok(())
}

/// A text as YAML writes it, in quotes or without; `None` for what is no text.
fn scalar(text: &str) -> Option<String> {
    if let Some(inside) = text.strip_prefix('\'') {
        return Some(inside.split_once('\'').map(|_| inside)?.trim_end_matches('\'').replace("''", "'"));
    }
    if text.starts_with('"') {
        let end = text.rfind('"').filter(|end| *end > 0)?;
        return serde_json::from_str(&text[..=end]).ok();
    }
    if text.starts_with(['[', '{', '&', '*', '!', '>', '|']) {
        // Braces that are not in quotes are a template all the same.
        return text.starts_with('{').then(|| text.to_owned());
    }
    Some(text.split(" #").next().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(found: &[(&str, &str)]) -> Vec<(String, String)> {
        found.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn lists_are_named_after_the_way_to_them() {
        let json = r#"{"clothing": ["jacket", "coat  x"], "colours": {"warm": ["2::red", "{a|b}"], "one": "grey"}}"#;
        let expected =
            pairs(&[("clothing", "jacket\ncoat x\n"), ("colours/one", "grey\n"), ("colours/warm", "2::red\n{a|b}\n")]);
        let mut found = import("x", Format::Json, json).unwrap();
        found.sort();
        assert_eq!(found, expected);
        let yaml = "---\n# all\nclothing:\n- jacket\n- coat  x # warm\ncolours:\n  one: grey\n  warm:\n    - '2::red'\n    - {a|b}\n";
        assert_eq!(import("x", Format::Yaml, yaml).unwrap(), expected);
        assert_eq!(import("x", Format::Text, "fox\n# a\n").unwrap(), pairs(&[("x", "fox\n# a\n")]));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(import("x", Format::Yaml, "a:\n  - b\nnothing"), Err(NotWildcards::Line { line: 3 }));
        assert_eq!(import("x", Format::Yaml, "- b"), Err(NotWildcards::Line { line: 1 }));
        assert_eq!(import("x", Format::Json, "{\n\"a\": "), Err(NotWildcards::Line { line: 2 }));
        assert_eq!(
            import("x", Format::Json, "{\"../a\": [\"b\"]}"),
            Err(NotWildcards::Empty),
            "it stays in its folder"
        );
        assert_eq!(import("x", Format::Json, &"[".repeat(100_000)).ok(), None);
        assert_eq!(Format::of_extension("YML"), Some(Format::Yaml));
        assert_eq!(Format::of_extension("png"), None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_into(text in "[a-b:'\"\\-# {|}\n]{0,60}") {
            for format in [Format::Text, Format::Json, Format::Yaml] {
                import("x", format, &text).ok();
            }
        }
    }
}
