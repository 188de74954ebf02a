//! Creates file names from a template such as `{date}_{prompt:24}_{n:03}`.

use jiff::{Timestamp, tz::TimeZone};

use crate::studio::exchange::export::TemplateError;

/// Maximum length of a file name in bytes, without extension and number, so that every file system accepts it.
const MAX_NAME_BYTES: usize = 200;

/// Maximum width of a field; a wider one would exceed the file name.
const MAX_FIELD_WIDTH: usize = 200;

/// Values of the fields of a template.
#[derive(Clone, Debug)]
pub(in crate::studio) struct NameFields<'a> {
    pub(in crate::studio) prompt: &'a str,
    pub(in crate::studio) model: &'a str,
    pub(in crate::studio) provider: &'a str,
    pub(in crate::studio) seed: Option<i64>,
    pub(in crate::studio) id: String,
    pub(in crate::studio) created: Timestamp,
    pub(in crate::studio) width: u32,
    pub(in crate::studio) height: u32,
    /// Number within the export, from 1.
    pub(in crate::studio) number: usize,
    /// Additional fields and their values.
    pub(in crate::studio) values: &'a [(&'a str, &'a str)],
}

/// The fields of a template.
pub const FIELDS: [&str; 10] = ["date", "time", "prompt", "model", "provider", "seed", "id", "n", "width", "height"];

#[derive(Clone, Debug, PartialEq, Eq)]
enum NameTemplatePart {
    Text(String),
    Field { name: String, width: Option<FieldWidth> },
}

/// Width of a field: minimum digits of a number, maximum characters of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FieldWidth(usize);

impl FieldWidth {
    /// Parses the text after a field's colon.
    fn parse(text: &str, inside: &str) -> Result<Self, TemplateError> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TemplateError::UnknownField(inside.to_owned()));
        }
        match text.parse() {
            Ok(width) if width <= MAX_FIELD_WIDTH => Ok(Self(width)),
            // A number that does not fit is too wide, too.
            Ok(_) | Err(_) => Err(TemplateError::FieldTooWide(inside.to_owned())),
        }
    }
}

/// A parsed template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::studio) struct NameTemplate(Vec<NameTemplatePart>);

impl NameTemplate {
    /// Parses a template with additional fields. `{{` and `}}` are literal braces.
    pub(in crate::studio) fn parse(text: &str, further: &[String]) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '{' if characters.next_if_eq(&'{').is_some() => plain.push('{'),
                '}' => {
                    characters.next_if_eq(&'}');
                    plain.push('}');
                }
                '{' => {
                    let mut inside = String::new();
                    loop {
                        match characters.next() {
                            Some('}') => break,
                            Some(character) => inside.push(character),
                            None => return Err(TemplateError::UnclosedBrace),
                        }
                    }
                    let (name, width) = match inside.split_once(':') {
                        Some((name, width)) => (name.trim(), Some(width.trim())),
                        None => (inside.trim(), None),
                    };
                    let known = FIELDS.contains(&name) || further.iter().any(|field| field == name);
                    if !known {
                        return Err(TemplateError::UnknownField(inside));
                    }
                    let width = width.map(|width| FieldWidth::parse(width, &inside)).transpose()?;
                    if !plain.is_empty() {
                        pieces.push(NameTemplatePart::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(NameTemplatePart::Field { name: name.to_owned(), width });
                }
                character => plain.push(character),
            }
        }
        if !plain.is_empty() {
            pieces.push(NameTemplatePart::Text(plain));
        }
        let visible = pieces.iter().any(|piece| match piece {
            NameTemplatePart::Text(text) => !replace_reserved_chars(text).is_empty(),
            NameTemplatePart::Field { .. } => true,
        });
        if visible { Ok(Self(pieces)) } else { Err(TemplateError::EmptyName) }
    }

    /// A file name without extension, valid on every platform. Never empty.
    pub(in crate::studio) fn name(&self, facts: &NameFields<'_>, zone: &TimeZone) -> String {
        let mut name = String::new();
        for piece in &self.0 {
            match piece {
                NameTemplatePart::Text(text) => name.push_str(text),
                NameTemplatePart::Field { name: field, width } => {
                    name.push_str(&field_value(field, *width, facts, zone));
                }
            }
        }
        let name = replace_reserved_chars(&name);
        let name = cut_to_bytes(&name, MAX_NAME_BYTES).trim_end_matches(['.', ' ', '_', '-']).to_owned();
        if name.is_empty() { facts.id.clone() } else { avoid_device_names(name) }
    }
}

fn field_value(field: &str, width: Option<FieldWidth>, facts: &NameFields<'_>, zone: &TimeZone) -> String {
    let local = facts.created.to_zoned(zone.clone());
    let text = match field {
        "date" => local.strftime("%Y-%m-%d").to_string(),
        "time" => local.strftime("%H%M%S").to_string(),
        "prompt" => slug(facts.prompt),
        "model" => slug(facts.model.rsplit('/').next().unwrap_or(facts.model)),
        "provider" => slug(facts.provider),
        "seed" => facts.seed.map_or_else(|| "random".to_owned(), |seed| seed.to_string()),
        "id" => facts.id.clone(),
        "width" => facts.width.to_string(),
        "height" => facts.height.to_string(),
        "n" => facts.number.to_string(),
        further => {
            let value = facts.values.iter().find(|(name, _)| *name == further);
            slug(value.map_or("", |(_, value)| value))
        }
    };
    let Some(FieldWidth(count)) = width else {
        return if field == "prompt" { cut_to_chars(&text, 48) } else { text };
    };
    let number = || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if matches!(field, "n" | "seed" | "width" | "height") || (!FIELDS.contains(&field) && number()) {
        let zeros = count.saturating_sub(text.chars().count());
        format!("{}{text}", "0".repeat(zeros))
    } else {
        cut_to_chars(&text, count)
    }
}

/// Joins words by hyphens. Letters and digits of any script are kept.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() || character == '.' || character == '_' {
            slug.push(character);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Cuts a text to `count` characters, at the end of a word if one is near.
fn cut_to_chars(text: &str, count: usize) -> String {
    if text.chars().count() <= count {
        return text.to_owned();
    }
    let cut: String = text.chars().take(count).collect();
    match cut.rfind('-') {
        Some(end) if end * 2 > cut.len() => cut[..end].to_owned(),
        _ => cut.trim_end_matches('-').to_owned(),
    }
}

fn cut_to_bytes(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Replaces characters that a file system rejects (Windows rejects most).
fn replace_reserved_chars(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            character if character.is_control() => '-',
            character => character,
        })
        .collect::<String>()
        .trim_matches(|character: char| character.is_whitespace() || character == '.')
        .to_owned()
}

/// Appends an underscore to names that Windows reserves for devices.
fn avoid_device_names(name: String) -> String {
    let stem = name.split('.').next().unwrap_or(&name).to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    if device { format!("{name}_") } else { name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts(prompt: &str) -> NameFields<'_> {
        NameFields {
            prompt,
            model: "google/gemini-2.5-flash-image",
            provider: "DGrid",
            seed: Some(42),
            id: "01934c4e-0000-7000-8000-000000000000".to_owned(),
            created: "2026-11-23T09:05:07Z".parse().unwrap(),
            width: 2048,
            height: 1024,
            number: 7,
            values: &[("row", "4"), ("動物", "red fox, 狐狸"), ("empty", "")],
        }
    }

    fn name(template: &str, prompt: &str) -> String {
        NameTemplate::parse(template, &["row", "動物", "empty"].map(str::to_owned))
            .unwrap()
            .name(&facts(prompt), &TimeZone::UTC)
    }

    #[test]
    fn fields_are_replaced_by_their_values() {
        assert_eq!(
            name("{date}_{prompt:24}_{n:03}", "A lighthouse at dusk, wide angle"),
            "2026-11-23_A-lighthouse-at-dusk_007"
        );
        assert_eq!(name("{time}-{model}-{seed}", ""), "090507-gemini-2.5-flash-image-42");
        assert_eq!(name("{width}x{height} {{{provider}}}", ""), "2048x1024 {DGrid}");
        assert_eq!(name("{prompt}", "細節豐富，電影感光線"), "細節豐富-電影感光線");
        assert_eq!(name("{prompt}", "!!!"), facts("").id);
        assert_eq!(name("{row:03}-{動物:7}-{empty}x", ""), "004-red-fox-x", "further fields");
    }

    #[test]
    fn errors_of_templates_are_reported() {
        assert_eq!(NameTemplate::parse("{colour}", &[]), Err(TemplateError::UnknownField("colour".to_owned())));
        assert_eq!(NameTemplate::parse("{n:x}", &[]), Err(TemplateError::UnknownField("n:x".to_owned())));
        for wide in ["n:70000", "n:065536", "prompt:201", "seed:99999999999999999999999", "id:18446744073709551616"] {
            let refused = NameTemplate::parse(&format!("x{{{wide}}}"), &[]);
            assert_eq!(refused, Err(TemplateError::FieldTooWide(wide.to_owned())));
        }
        for strange in ["n:+3", "n:", "n:3:4", "date:%Y", "date:-1", "n: 0x3"] {
            let refused = NameTemplate::parse(&format!("{{{strange}}}"), &[]);
            assert_eq!(refused, Err(TemplateError::UnknownField(strange.to_owned())));
        }
        assert_eq!(NameTemplate::parse("{date", &[]), Err(TemplateError::UnclosedBrace));
        assert_eq!(NameTemplate::parse(" . ", &[]), Err(TemplateError::EmptyName));
    }

    #[test]
    fn names_never_leave_the_folder() {
        assert_eq!(name("../{n}", ""), "-7");
        assert_eq!(name("a/b\\c:{n}", ""), "a-b-c-7");
        assert_eq!(name("con", ""), "con_");
    }

    /// Templates of fields with any width, between pieces of any text.
    fn templates() -> impl Strategy<Value = String> {
        let field = prop::sample::select(&FIELDS[..]).prop_map(str::to_owned);
        let field = prop_oneof![9 => field, 1 => "\\PC{0,8}"];
        let width = prop_oneof![
            Just(String::new()),
            (0..250_usize).prop_map(|width| format!(":{width}")),
            any::<u64>().prop_map(|width| format!(":{width}")),
            "\\PC{0,6}".prop_map(|width| format!(":{width}")),
        ];
        let text = "[^{}]{0,60}";
        prop::collection::vec((text, field, width), 0..6).prop_map(|pieces| {
            let pieces: Vec<_> =
                pieces.iter().map(|(text, field, width)| format!("{text}{{{field}{width}}}")).collect();
            pieces.concat()
        })
    }

    proptest! {
        #[test]
        fn arbitrary_templates_yield_names_of_limited_length(template in templates(), prompt in "[\\PC狐狸🦊é]{0,300}") {
            if let Ok(template) = NameTemplate::parse(&template, &[]) {
                let name = template.name(&facts(&prompt), &TimeZone::UTC);
                // What is added to it: an extension, and the longest number beside a file of the same name.
                prop_assert!(name.len() + ".webp".len() + " (4294967295)".len() < 255, "{} bytes", name.len());
                prop_assert!(!name.is_empty() && !name.contains(['/', '\\', ':', '\0']));
            }
        }

        #[test]
        fn every_prompt_yields_a_valid_file_name(prompt in "\\PC{0,400}", template in "[a-z {}:.0-9/]{0,30}") {
            if let Ok(template) = NameTemplate::parse(&template, &[]) {
                let name = template.name(&facts(&prompt), &TimeZone::UTC);
                prop_assert!(!name.is_empty() && name.len() <= MAX_NAME_BYTES + 1);
                prop_assert!(!name.contains(['/', '\\', ':', '\0']));
                prop_assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']));
            }
        }
    }
}
