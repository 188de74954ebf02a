//! Reading templates.

use std::fmt;

/// A template that has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(pub Vec<Part>);

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Characters that stand for themselves.
    Text(String),
    /// One of several templates; at least two.
    Choice(Vec<Template>),
}

/// Deepest nesting that is read; deeper braces are ordinary characters.
const DEEPEST: usize = 16;

/// Reads a template. There are no errors: what is not syntax is text.
pub fn parse(text: &str) -> Template {
    Reader { text, position: 0 }.template(0, false).0
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.text[self.position..].chars().next()?;
        self.position += next.len_utf8();
        Some(next)
    }

    /// Reads up to the end, or inside braces up to `|` or `}`, which is returned.
    fn template(&mut self, depth: usize, inside: bool) -> (Template, Option<char>) {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let end = loop {
            match self.next() {
                None => break None,
                Some('\\') => match self.next() {
                    Some(escaped @ ('{' | '|' | '}' | '\\')) => plain.push(escaped),
                    Some(other) => plain.extend(['\\', other]),
                    None => plain.push('\\'),
                },
                Some('{') => {
                    let start = self.position;
                    if let Some(choice) = self.choice(depth + 1) {
                        if !plain.is_empty() {
                            parts.push(Part::Text(std::mem::take(&mut plain)));
                        }
                        parts.push(choice);
                    } else {
                        self.position = start;
                        plain.push('{');
                    }
                }
                Some(end @ ('|' | '}')) if inside => break Some(end),
                Some(other) => plain.push(other),
            }
        };
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        (Template(parts), end)
    }

    /// What follows an opening brace, if it is alternatives.
    fn choice(&mut self, depth: usize) -> Option<Part> {
        if depth > DEEPEST || !closes(&self.text[self.position..]) {
            return None;
        }
        let mut alternatives = Vec::new();
        loop {
            let (template, end) = self.template(depth, true);
            alternatives.push(template);
            match end {
                Some('|') => {}
                Some(_) => break,
                None => return None,
            }
        }
        (alternatives.len() > 1).then_some(Part::Choice(alternatives))
    }
}

/// Whether the brace that was opened just before this text is closed in it. Keeps a text of a thousand open braces
/// from being read a thousand times over.
fn closes(text: &str) -> bool {
    let mut depth = 1_usize;
    let mut escaped = false;
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

impl fmt::Display for Template {
    /// The template as text that reads as the same template.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Text(text) => {
                    for character in text.chars() {
                        if matches!(character, '{' | '|' | '}' | '\\') {
                            f.write_str("\\")?;
                        }
                        write!(f, "{character}")?;
                    }
                }
                Part::Choice(alternatives) => {
                    for (index, alternative) in alternatives.iter().enumerate() {
                        write!(f, "{}{alternative}", if index == 0 { '{' } else { '|' })?;
                    }
                    f.write_str("}")?;
                }
            }
        }
        Ok(())
    }
}

/// A stretch of a template's text, for colouring it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it is, in bytes.
    pub range: std::ops::Range<usize>,
}

/// The outermost alternatives of a text, braces included.
pub fn spans(text: &str) -> Vec<Span> {
    let mut reader = Reader { text, position: 0 };
    let mut spans = Vec::new();
    while let Some(character) = reader.next() {
        match character {
            '\\' => {
                reader.next();
            }
            '{' => {
                let start = reader.position;
                if reader.choice(1).is_some() {
                    spans.push(Span { range: start - 1..reader.position });
                } else {
                    reader.position = start;
                }
            }
            _ => {}
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn alternatives_are_read_and_other_braces_are_text() {
        let text = |text: &str| Part::Text(text.to_owned());
        let choice = |texts: &[&str]| Part::Choice(texts.iter().map(|one| Template(vec![text(one)])).collect());
        assert_eq!(parse("a {b|c} d").0, [text("a "), choice(&["b", "c"]), text(" d")]);
        assert_eq!(parse("{雨|雪}").0, [choice(&["雨", "雪"])]);
        for plain in ["{alone}", "{open|", "a|b}", "} {", ""] {
            assert_eq!(parse(plain), parse(&parse(plain).to_string()));
            assert!(!matches!(parse(plain).0.as_slice(), [Part::Choice(_)]), "{plain}");
        }
        assert_eq!(parse(r"\{b\|c\}").0, [text("{b|c}")]);
    }

    #[test]
    fn alternatives_are_found_in_the_text() {
        let text = r"sea \{x|y\} {a|{b|c}} 海{雨|雪}";
        let found: Vec<&str> = spans(text).into_iter().map(|span| &text[span.range]).collect();
        assert_eq!(found, ["{a|{b|c}}", "{雨|雪}"]);
    }

    fn any_template() -> impl Strategy<Value = Template> {
        let text = "[a-z{|}\\\\ 雨]{1,6}".prop_map(|text| Template(vec![Part::Text(text)]));
        text.prop_recursive(3, 12, 3, |inner| {
            (prop::collection::vec(inner, 2..4), "[a-z ]{1,4}")
                .prop_map(|(alternatives, tail)| Template(vec![Part::Choice(alternatives), Part::Text(tail)]))
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_the_same(template in any_template()) {
            prop_assert_eq!(parse(&template.to_string()), template);
        }

        #[test]
        fn any_text_is_a_template(text in "[a-c{|}\\\\]{0,60}") {
            let template = parse(&text);
            prop_assert_eq!(parse(&template.to_string()), template);
        }
    }
}
