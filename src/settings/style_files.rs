//! Reads and writes style files, including those of other programs.
//!
//! Atelier's own files are JSON: `{"atelier": "styles", "version": 1, "styles": [{"name", "prefix", "suffix",
//! "negative", "parameters"}]}`, all but the name may be left out. Read are also lists of such objects alone, lists of
//! `{"name", "prompt", "negative_prompt"}`, and `styles.csv` of A1111, in both of which `{prompt}` stands for the
//! prompt itself.

use serde::Serialize;
use serde_json::Value;

use crate::error_chain::Cause;

use super::prompt_library::Style;

/// Placeholder of the prompt in styles of other programs.
const PROMPT_PLACEHOLDER: &str = "{prompt}";

/// Why a file cannot be read as styles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StyleFileError {
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(#[source] Cause),
    /// The file was written by a newer version.
    #[error("a newer version has written it")]
    Later,
    /// The file contains no styles.
    #[error("there are no styles in it")]
    None,
}

#[derive(Serialize)]
struct StyleFile<'a> {
    atelier: &'static str,
    version: u32,
    styles: &'a [Style],
}

/// Serializes styles as a file.
pub fn write_styles(styles: &[Style]) -> String {
    let file = StyleFile { atelier: "styles", version: 1, styles };
    // Plain data always serializes.
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

/// Parses the styles of a file. Other content is ignored.
pub fn read_styles(text: &str) -> Result<Vec<Style>, StyleFileError> {
    let text = text.trim_start_matches('\u{FEFF}');
    let styles = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(file)) => {
            if file.get("version").and_then(Value::as_u64).is_some_and(|version| version > 1) {
                return Err(StyleFileError::Later);
            }
            file.get("styles").and_then(Value::as_array).map_or_else(Vec::new, |list| styles_from_list(list))
        }
        Ok(Value::Array(list)) => styles_from_list(&list),
        Ok(_) | Err(_) => styles_from_csv(text),
    };
    if styles.is_empty() { Err(StyleFileError::None) } else { Ok(styles) }
}

fn styles_from_list(list: &[Value]) -> Vec<Style> {
    list.iter().filter_map(style_from_value).collect()
}

fn style_from_value(value: &Value) -> Option<Style> {
    let words = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = words("name").trim();
    if name.is_empty() {
        return None;
    }
    let style = match value.get("prompt").and_then(Value::as_str) {
        Some(prompt) => style_from_prompt(name, prompt, words("negative_prompt")),
        None => Style {
            name: name.to_owned(),
            prefix: words("prefix").to_owned(),
            suffix: words("suffix").to_owned(),
            negative: words("negative").to_owned(),
            parameters: value
                .get("parameters")
                .and_then(|set| serde_json::from_value(set.clone()).ok())
                .unwrap_or_default(),
        },
    };
    Some(style)
}

/// Parses the rows of a `styles.csv`.
fn styles_from_csv(text: &str) -> Vec<Style> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let Ok(heads) = reader.headers().cloned() else { return Vec::new() };
    let column = |names: &[&str]| heads.iter().position(|head| names.contains(&head.trim()));
    let Some((name, prompt)) = column(&["name"]).zip(column(&["prompt", "text"])) else { return Vec::new() };
    let negative = column(&["negative_prompt"]);
    let rows = reader.records().filter_map(Result::ok);
    let style = |row: csv::StringRecord| {
        let cell = |column: usize| row.get(column).unwrap_or_default();
        let name = cell(name).trim();
        (!name.is_empty()).then(|| style_from_prompt(name, cell(prompt), negative.map_or("", cell)))
    };
    rows.filter_map(style).collect()
}

/// Converts a style of another program: its prompt is split at the placeholder.
fn style_from_prompt(name: &str, prompt: &str, negative: &str) -> Style {
    let (prefix, suffix) = prompt.split_once(PROMPT_PLACEHOLDER).unwrap_or(("", prompt));
    let negative = negative.replace(PROMPT_PLACEHOLDER, "");
    Style {
        name: name.to_owned(),
        prefix: prefix.to_owned(),
        suffix: suffix.trim_end().to_owned(),
        negative: negative.trim().trim_matches(',').trim().to_owned(),
        ..Style::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Parameters;

    #[test]
    fn styles_round_trip() {
        let styles = vec![
            Style {
                name: "電影".to_owned(),
                prefix: "film still of ".to_owned(),
                suffix: "grain".to_owned(),
                negative: "text".to_owned(),
                parameters: Parameters { aspect: "21:9".parse().ok(), ..Parameters::default() },
            },
            Style { name: "Ink".to_owned(), ..Style::default() },
        ];
        assert_eq!(read_styles(&write_styles(&styles)), Ok(styles));
    }

    #[test]
    fn other_content_is_ignored() {
        let file = r#"{"styles": [{"name": "A", "suffix": "x", "new": 1, "parameters": {"size": "9K"}}, {"suffix": "no name"}, 7]}"#;
        let a = Style { name: "A".to_owned(), suffix: "x".to_owned(), ..Style::default() };
        assert_eq!(read_styles(file), Ok(vec![a]));
        assert_eq!(read_styles(r#"{"version": 2, "styles": []}"#), Err(StyleFileError::Later));
        for none in ["", "{}", "[]", "7", "name\nx", "a,b\n1,2", "{\"styles\": "] {
            assert_eq!(read_styles(none), Err(StyleFileError::None), "{none}");
        }
    }

    #[test]
    fn styles_of_other_programs_are_split_at_the_placeholder() {
        let csv = "\u{FEFF}name,prompt,negative_prompt\nFilm,\"film still of {prompt}, 35 mm\",\"blurry, text\"\nGrain,\"grainy, old\",\n,x,y\nshort\n";
        let style = |name: &str, prefix: &str, suffix: &str, negative: &str| Style {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            negative: negative.to_owned(),
            ..Style::default()
        };
        let expected = vec![
            style("Film", "film still of ", ", 35 mm", "blurry, text"),
            style("Grain", "", "grainy, old", ""),
            style("short", "", "", ""),
        ];
        assert_eq!(read_styles(csv), Ok(expected));
        let list =
            r#"[{"name": "Film", "prompt": "film still of {prompt}, 35 mm", "negative_prompt": "blurry, text"}]"#;
        assert_eq!(read_styles(list), Ok(vec![style("Film", "film still of ", ", 35 mm", "blurry, text")]));
    }
}
