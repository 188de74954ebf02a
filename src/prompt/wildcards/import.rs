//! Imports wildcards from files of other programs: text, JSON and YAML.

use serde_json::Value;

use super::{
    option_list::{WildcardImportError, joined_name, option_line},
    yaml,
};
use crate::prompt::template::is_name;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WildcardFormat {
    /// One wildcard, one option per line.
    Text,
    /// Lists in nested objects.
    Json,
    /// The same in YAML.
    Yaml,
}

impl WildcardFormat {
    /// The format of files with this extension.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }
}

/// Reads a file. Returns the texts of wildcard files, each with its name; the name of a text file is passed in.
pub fn import(name: &str, format: WildcardFormat, text: &str) -> Result<Vec<(String, String)>, WildcardImportError> {
    let mut found = Vec::new();
    match format {
        WildcardFormat::Text => found.push((name.to_owned(), text.to_owned())),
        WildcardFormat::Json => {
            let value = serde_json::from_str(text).map_err(|error| WildcardImportError::Line { line: error.line() })?;
            gather(&value, String::new(), &mut found);
        }
        WildcardFormat::Yaml => yaml::read(text, &mut found)?,
    }
    found.retain(|(name, _)| is_name(name) && !name.contains('*'));
    if found.is_empty() { Err(WildcardImportError::Empty) } else { Ok(found) }
}

/// Collects lists at any depth; the names are the paths to them. The JSON parser limits the depth.
fn gather(value: &Value, name: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(options) => {
            let lines = options.iter().filter_map(|option| match option {
                Value::String(text) => Some(option_line(text)),
                Value::Number(number) => Some(option_line(&number.to_string())),
                _ => None,
            });
            found.push((name, lines.collect()));
        }
        Value::Object(members) => {
            for (key, value) in members {
                gather(value, joined_name(&name, key), found);
            }
        }
        Value::String(text) => found.push((name, option_line(text))),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(found: &[(&str, &str)]) -> Vec<(String, String)> {
        found.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn lists_are_named_after_their_paths() {
        let json = r#"{"clothing": ["jacket", "coat  x"], "colours": {"warm": ["2::red", "{a|b}"], "one": "grey"}}"#;
        let expected =
            pairs(&[("clothing", "jacket\ncoat x\n"), ("colours/one", "grey\n"), ("colours/warm", "2::red\n{a|b}\n")]);
        let mut found = import("x", WildcardFormat::Json, json).unwrap();
        found.sort();
        assert_eq!(found, expected);
        let yaml = "---\n# all\nclothing:\n- jacket\n- coat  x # warm\ncolours:\n  one: grey\n  warm:\n    - '2::red'\n    - {a|b}\n";
        assert_eq!(import("x", WildcardFormat::Yaml, yaml).unwrap(), expected);
        assert_eq!(import("x", WildcardFormat::Text, "fox\n# a\n").unwrap(), pairs(&[("x", "fox\n# a\n")]));
    }

    #[test]
    fn unsupported_entries_are_reported() {
        assert_eq!(import("x", WildcardFormat::Yaml, "a:\n  - b\nnothing"), Err(WildcardImportError::Line { line: 3 }));
        assert_eq!(import("x", WildcardFormat::Yaml, "- b"), Err(WildcardImportError::Line { line: 1 }));
        assert_eq!(import("x", WildcardFormat::Json, "{\n\"a\": "), Err(WildcardImportError::Line { line: 2 }));
        assert_eq!(
            import("x", WildcardFormat::Json, "{\"../a\": [\"b\"]}"),
            Err(WildcardImportError::Empty),
            "it stays in its folder"
        );
        assert_eq!(import("x", WildcardFormat::Json, &"[".repeat(100_000)).ok(), None);
        assert_eq!(WildcardFormat::of_extension("YML"), Some(WildcardFormat::Yaml));
        assert_eq!(WildcardFormat::of_extension("png"), None);
    }

    fn yaml(text: &str) -> Result<Vec<(String, String)>, WildcardImportError> {
        import("x", WildcardFormat::Yaml, text)
    }

    #[test]
    fn yaml_flow_lists_and_block_lists_are_read() {
        let flow = "colors: [red, \"dark blue\", {a|b}]\nmore:\n  [\n    one,\n    two\n  ]\n";
        assert_eq!(yaml(flow).unwrap(), pairs(&[("colors", "red\ndark blue\n{a|b}\n"), ("more", "one\ntwo\n")]));
        let nested = "animal:\n  - [cat, dog]\n  - fox\n";
        assert_eq!(yaml(nested).unwrap(), pairs(&[("animal", "fox\ncat\ndog\n")]));
    }

    #[test]
    fn multi_line_yaml_scalars_are_read() {
        let scalars = "a:\n  - >\n    wide {red|blue}\n    dress: long\n  - |-\n    first\n    second\n  - plain\n    goes on\nb: 'one\n  two'\n";
        let expected =
            pairs(&[("a", "wide {red|blue} dress: long\nfirst second\nplain goes on\n"), ("b", "one two\n")]);
        assert_eq!(yaml(scalars).unwrap(), expected);
    }

    #[test]
    fn yaml_aliases_are_resolved() {
        let anchors = "warm: &warm\n  - red\n  - orange\nbase: &base\n  one: &first fox\nall: *warm\nmore:\n  <<: *base\n  two: [*first, *warm]\n";
        let expected = pairs(&[
            ("warm", "red\norange\n"),
            ("base/one", "fox\n"),
            ("all", "red\norange\n"),
            ("more/one", "fox\n"),
            ("more/two", "fox\nred\norange\n"),
        ]);
        assert_eq!(yaml(anchors).unwrap(), expected);
        assert_eq!(yaml("a: &a [x, *a]").unwrap(), pairs(&[("a", "x\n")]), "an anchor within itself is nothing");
    }

    #[test]
    fn nested_yaml_aliases_are_limited() {
        let mut bomb = format!("a0: &a0 [{}]\n", "x".repeat(1000));
        let mut chain = "b0: &b0 [x]\n".to_owned();
        for level in 1..100 {
            let before = level - 1;
            let aliases = vec![format!("*a{before}"); 10].join(", ");
            bomb.extend([format!("a{level}: &a{level} [{aliases}]\n")]);
            chain.extend([format!("b{level}: &b{level} [*b{before}]\n")]);
        }
        assert_eq!(yaml(&bomb), Err(WildcardImportError::Line { line: 6 }));
        assert!(matches!(yaml(&chain), Err(WildcardImportError::Line { .. })));
        for deep in ["[".repeat(100_000), "- ".repeat(100_000), "a: [".repeat(10_000)] {
            assert!(yaml(&deep).is_err());
        }
    }

    #[test]
    fn templates_need_no_quotes_in_yaml() {
        let templates = "a:\n  - {red|blue} dress\n  - portrait: close up\n  - __b__, $c\n  - \"2::{x|y}\" # quoted\n  - {2$$x|y}\nb: it's {a, b|c}: *d\nc: {x: [1, 2], y: three}\n";
        let expected = pairs(&[
            ("a", "{red|blue} dress\nportrait: close up\n__b__, $c\n2::{x|y}\n{2$$x|y}\n"),
            ("b", "it's {a, b|c}: *d\n"),
            ("c/x", "1\n2\n"),
            ("c/y", "three\n"),
        ]);
        assert_eq!(yaml(templates).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(text in "[a-b:'\"\\-# {|}\\[\\],&*!?>%@`~<.\n\t]{0,80}") {
            for format in [WildcardFormat::Text, WildcardFormat::Json, WildcardFormat::Yaml] {
                import("x", format, &text).ok();
            }
        }
    }
}
