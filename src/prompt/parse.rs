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
    Reader::new(text).template(false).0
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
    /// Where the braces stand that open alternatives, in order, and where those close.
    choices: Vec<(usize, usize)>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, position: 0, choices: choices(text) }
    }

    /// Whether alternatives open at a byte.
    fn opens(&self, start: usize) -> bool {
        self.choices.binary_search_by_key(&start, |choice| choice.0).is_ok()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.text[self.position..].chars().next()?;
        self.position += next.len_utf8();
        Some(next)
    }

    /// Reads up to the end, or inside alternatives up to their next `|` or `}`, which is returned.
    fn template(&mut self, inside: bool) -> (Template, Option<char>) {
        let mut parts = Vec::new();
        let mut plain = String::new();
        // Braces inside that choose nothing; what is between them belongs to them.
        let mut ordinary = 0_usize;
        let end = loop {
            let start = self.position;
            match self.next() {
                None => break None,
                Some('\\') => match self.next() {
                    Some(escaped @ ('{' | '|' | '}' | '\\')) => plain.push(escaped),
                    Some(other) => plain.extend(['\\', other]),
                    None => plain.push('\\'),
                },
                Some('{') if self.opens(start) => {
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(self.choice());
                }
                Some(end @ ('|' | '}')) if inside && ordinary == 0 => break Some(end),
                Some(other) => {
                    match other {
                        '{' => ordinary += 1,
                        '}' => ordinary = ordinary.saturating_sub(1),
                        _ => {}
                    }
                    plain.push(other);
                }
            }
        };
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        (Template(parts), end)
    }

    /// Reads what follows the opening brace of alternatives.
    fn choice(&mut self) -> Part {
        let mut alternatives = Vec::new();
        loop {
            let (template, end) = self.template(true);
            alternatives.push(template);
            if end != Some('|') {
                break Part::Choice(alternatives);
            }
        }
    }
}

/// Where alternatives open and close: braces that match, with a `|` of their own between them. Found in one pass,
/// so that no text takes longer than its length, whatever its braces.
fn choices(text: &str) -> Vec<(usize, usize)> {
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut choices = Vec::new();
    let mut escaped = false;
    for (place, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => open.push((place, false)),
            '|' => {
                if let Some((_, chooses)) = open.last_mut() {
                    *chooses = true;
                }
            }
            '}' => {
                if let Some((start, true)) = open.pop() {
                    choices.push((start, place));
                }
            }
            _ => {}
        }
    }
    choices.sort_unstable();
    let mut around: Vec<usize> = Vec::new();
    choices.retain(|(start, end)| {
        around.retain(|outer| outer > start);
        let kept = around.len() < DEEPEST;
        if kept {
            around.push(*end);
        }
        kept
    });
    choices
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
    let mut end = 0;
    let mut spans = Vec::new();
    for (open, close) in choices(text) {
        if open >= end {
            end = close + 1;
            spans.push(Span { range: open..end });
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

    #[test]
    fn a_brace_left_open_does_not_take_alternatives_along() {
        assert_eq!(parse("{ {a|b}").to_string(), r"\{ {a|b}");
        assert_eq!(parse("{a {b} c|d}").to_string(), r"{a \{b\} c|d}");
        assert_eq!(parse("} {a|b}").to_string(), r"\} {a|b}");
    }

    #[test]
    fn thousands_of_braces_are_read_at_once() {
        for (open, middle, close) in [("{", "x", "}"), ("{", "a|b", "}"), ("{a|", "b", "}"), ("{", "x", "")] {
            let text = [&open.repeat(20_000), middle, &close.repeat(20_000)].concat();
            let template = parse(&text);
            assert_eq!(parse(&template.to_string()), template);
            assert!(spans(&text).len() <= 1);
        }
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
