//! Parses templates.

use super::{
    braces::{GroupKind, Groups},
    escapes::{ESCAPED_CHARS, unescaped},
    names::{MAX_NAME_BYTES, PLACEHOLDERS, is_name},
    spans::{Opening, Span, SpanKind},
    syntax_tree::{Choice, Template, TemplatePart, Weight, WeightedOption},
};

/// Parses a template. There are no errors, because everything that is not syntax is text.
pub fn parse(text: &str) -> Template {
    read(text).0
}

/// The spans of a text that are syntax, in order.
pub fn spans(text: &str) -> Vec<Span> {
    let mut reader = Reader::new(text);
    reader.template(text.len(), false);
    reader.spans
}

/// Whether a text is a JSON object or array as a whole. Such a prompt is text, because its braces belong to JSON.
pub fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<serde_json::Value>(text).is_ok()
}

/// Parses a template, and returns whether some of its braces are nested too deeply.
pub(crate) fn read(text: &str) -> (Template, bool) {
    let mut reader = Reader::new(text);
    let (template, _) = reader.template(text.len(), false);
    (template, reader.groups.too_deep)
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
    groups: Groups,
    spans: Vec<Span>,
    /// The start of the next span between braces.
    covered: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, position: 0, groups: Groups::find(text), spans: Vec::new(), covered: 0, depth: 0 }
    }

    /// Advances to a byte, and adds a span for the text before it.
    fn token(&mut self, end: usize, kind: SpanKind) {
        let start = self.position;
        if self.depth > 0 && self.covered < start {
            self.spans.push(Span { range: self.covered..start, kind: SpanKind::Inside, depth: self.depth });
        }
        self.spans.push(Span { range: start..end, kind, depth: self.depth });
        self.covered = end;
        self.position = end;
    }

    /// Parses up to a byte, or to the next bar of the same braces. Returns whether it was a bar.
    fn template(&mut self, end: usize, bars: bool) -> (Template, bool) {
        let mut parts = PartList::default();
        // Braces inside that are ordinary text; bars between them belong to them.
        let mut ordinary = 0_usize;
        while self.position < end {
            let rest = &self.text[self.position..end];
            let Some(character) = rest.chars().next() else { break };
            match character {
                '\\' => {
                    let next = rest[1..].chars().next();
                    parts.plain.push_str(&unescaped(next));
                    let length = 1 + next.map_or(0, char::len_utf8);
                    if next.is_some_and(|next| ESCAPED_CHARS.contains(&next)) {
                        self.token(self.position + length, SpanKind::Escape);
                    } else {
                        self.position += length;
                    }
                    continue;
                }
                '{' => {
                    if let Some(part) = self.group(self.position) {
                        parts.push(part);
                        continue;
                    }
                    if let Some(length) = placeholder(rest) {
                        parts.plain.push_str(&rest[..length]);
                        self.token(self.position + length, SpanKind::Placeholder);
                        continue;
                    }
                    ordinary += 1;
                }
                '}' => ordinary = ordinary.saturating_sub(1),
                '|' if bars && ordinary == 0 => return (parts.done(), true),
                '$' => {
                    if let Some(part) = self.variable(rest) {
                        parts.push(part);
                        continue;
                    }
                }
                '_' => {
                    if let Some(name) = wildcard(rest) {
                        let length = name.len() + "____".len();
                        self.token(self.position + length, SpanKind::Wildcard(name.to_owned()));
                        parts.push(TemplatePart::Wildcard(name.to_owned()));
                        continue;
                    }
                }
                _ => {}
            }
            parts.plain.push(character);
            self.position += character.len_utf8();
        }
        (parts.done(), false)
    }

    /// Parses the group that opens at a byte, if it is a choice or a range.
    fn group(&mut self, open: usize) -> Option<TemplatePart> {
        let group = self.groups.at(open)?.clone();
        match group.kind {
            GroupKind::Variable(_) => None,
            GroupKind::Range(range) => {
                self.depth += 1;
                self.enter();
                self.token(group.close + 1, SpanKind::Range);
                self.depth -= 1;
                Some(TemplatePart::Range(range))
            }
            GroupKind::Choice(pick, first) => {
                self.depth += 1;
                self.enter();
                self.token(open + 1, SpanKind::Brace(Opening::Open));
                if pick.is_some() {
                    self.token(first, SpanKind::Amount);
                }
                let mut options = Vec::new();
                loop {
                    options.push(self.option(group.close));
                    if self.position == group.close {
                        break;
                    }
                    self.token(self.position + 1, SpanKind::Bar);
                    if self.position == group.close {
                        options.push(self.option(group.close));
                        break;
                    }
                }
                self.token(group.close + 1, SpanKind::Brace(Opening::Close));
                self.depth -= 1;
                Some(TemplatePart::Choice(Choice { pick, options }))
            }
        }
    }

    /// Text before the outermost braces is not a span.
    fn enter(&mut self) {
        if self.depth == 1 {
            self.covered = self.position;
        }
    }

    fn option(&mut self, end: usize) -> WeightedOption {
        let weight = Weight::read(&self.text[self.position..end]);
        if let Some((_, length)) = weight {
            self.token(self.position + length, SpanKind::Weight);
        }
        let (template, _) = self.template(end, true);
        WeightedOption { weight: weight.map(|(weight, _)| weight), template }
    }

    /// Parses a use or a definition of a variable at a dollar sign.
    fn variable(&mut self, rest: &str) -> Option<TemplatePart> {
        let after = &rest[1..];
        if !after.starts_with('{') {
            let name = word(after)?;
            self.token(self.position + 1 + name.len(), SpanKind::Variable(name.to_owned()));
            return Some(TemplatePart::Use { name: name.to_owned(), otherwise: None });
        }
        let open = self.position + 1;
        let group = self.groups.at(open)?;
        let (close, &GroupKind::Variable(name_end)) = (group.close, &group.kind) else { return None };
        let name = self.text[open + 1..name_end].to_owned();
        self.depth += 1;
        if self.depth == 1 {
            self.covered = self.position;
        }
        let part = if name_end == close {
            self.token(close + 1, SpanKind::Variable(name.clone()));
            TemplatePart::Use { name, otherwise: None }
        } else {
            let defines = self.text[name_end..].starts_with('=');
            let once = defines && self.text[name_end + 1..].starts_with('!');
            self.token(name_end + if once { 2 } else { 1 }, SpanKind::Brace(Opening::Open));
            let (value, _) = self.template(close, false);
            self.token(close + 1, SpanKind::Brace(Opening::Close));
            if defines {
                TemplatePart::Definition { name, once, value }
            } else {
                TemplatePart::Use { name, otherwise: Some(value) }
            }
        };
        self.depth -= 1;
        Some(part)
    }
}

/// The parts that were parsed so far.
#[derive(Default)]
struct PartList {
    parts: Vec<TemplatePart>,
    plain: String,
}

impl PartList {
    fn push(&mut self, part: TemplatePart) {
        if !self.plain.is_empty() {
            self.parts.push(TemplatePart::Text(std::mem::take(&mut self.plain)));
        }
        self.parts.push(part);
    }

    fn done(mut self) -> Template {
        if !self.plain.is_empty() {
            self.parts.push(TemplatePart::Text(self.plain));
        }
        Template(self.parts)
    }
}

/// The length of the placeholder at the start of a text.
fn placeholder(text: &str) -> Option<usize> {
    let end = text[1..].find('}')? + 1;
    PLACEHOLDERS.contains(&&text[1..end]).then_some(end + 1)
}

/// The name of a variable without braces at the start of a text.
fn word(text: &str) -> Option<&str> {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    // A wildcard may follow.
    let end = text[..end].find("__").unwrap_or(end);
    let end = text[..end].trim_end_matches('_').len();
    (end <= MAX_NAME_BYTES).then_some(&text[..end])
}

/// The name of the wildcard at the start of a text.
fn wildcard(text: &str) -> Option<&str> {
    let after = text.strip_prefix("__")?;
    let mut end = after.len().min(MAX_NAME_BYTES + 2);
    while !after.is_char_boundary(end) {
        end -= 1;
    }
    let name = &after[..after[..end].find("__")?];
    is_name(name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::template::syntax_tree::Pick;

    fn text(text: &str) -> TemplatePart {
        TemplatePart::Text(text.to_owned())
    }

    fn of(parts: &[TemplatePart]) -> Template {
        Template(parts.to_vec())
    }

    fn plain(words: &str) -> WeightedOption {
        WeightedOption { weight: None, template: of(&[text(words)]) }
    }

    fn choice(words: &[&str]) -> TemplatePart {
        TemplatePart::Choice(Choice { pick: None, options: words.iter().map(|words| plain(words)).collect() })
    }

    #[test]
    fn alternatives_are_parsed_and_other_braces_are_text() {
        assert_eq!(parse("a {b|c} d"), of(&[text("a "), choice(&["b", "c"]), text(" d")]));
        assert_eq!(parse("{雨|雪}"), of(&[choice(&["雨", "雪"])]));
        for words in ["{alone}", "{open|", "a|b}", "} {", "", "{}", "$5", "a_b", "__", "____", "__ x__", "5..6", "a::b"]
        {
            let expected = if words.is_empty() { of(&[]) } else { of(&[text(words)]) };
            assert_eq!(parse(words), expected, "{words}");
        }
        assert_eq!(parse(r"\{a\|b\} \_\_x__ \$y \n"), of(&[text(r"{a|b} __x__ $y \n")]));
        assert_eq!(parse("plain \\"), of(&[text("plain \\")]));
        assert_eq!(parse("{a|}{|b}"), {
            let nothing = WeightedOption { weight: None, template: of(&[]) };
            let first = Choice { pick: None, options: vec![plain("a"), nothing.clone()] };
            of(&[
                TemplatePart::Choice(first),
                TemplatePart::Choice(Choice { pick: None, options: vec![nothing, plain("b")] }),
            ])
        });
    }

    #[test]
    fn weights_counts_and_separators_precede_options() {
        let Template(parts) = parse("{1-2$$ and $$3::a|0.5::b|c}");
        let [TemplatePart::Choice(choice)] = parts.as_slice() else { panic!("{parts:?}") };
        assert_eq!(choice.pick, Some(Pick { least: 1, most: Some(2), joiner: Some(" and ".to_owned()) }));
        let weights: Vec<_> = choice.options.iter().map(|option| option.weight).collect();
        assert_eq!(weights, [Some(Weight(3_000_000)), Some(Weight(500_000)), None]);
        let amount = |text: &str| Pick::read(text).map(|(pick, _)| (pick.least, pick.most));
        assert_eq!(amount("2$$a"), Some((2, Some(2))));
        assert_eq!(amount("2-$$a"), Some((2, None)));
        assert_eq!(amount("-3$$a"), Some((1, Some(3))));
        assert_eq!(amount("3-1$$a"), Some((1, Some(3))));
        for words in ["$$a", "2$a", "99999$$a", "1-2-3$$a", "a$$b", "1.5$$a"] {
            assert_eq!(amount(words), None, "{words}");
        }
        for words in ["::a", "x::a", "1.2.3::a", "1234567::a", "3:a"] {
            assert_eq!(Weight::read(words), None, "{words}");
        }
    }

    #[test]
    fn wildcards_and_variables_are_parsed() {
        let wildcard = |name: &str| TemplatePart::Wildcard(name.to_owned());
        let variable = |name: &str| TemplatePart::Use { name: name.to_owned(), otherwise: None };
        assert_eq!(parse("__animal__ __a/b_c__"), of(&[wildcard("animal"), text(" "), wildcard("a/b_c")]));
        assert_eq!(parse("___a__"), of(&[text("_"), wildcard("a")]));
        assert_eq!(parse("$style, ${式}"), of(&[variable("style"), text(", "), variable("式")]));
        assert_eq!(parse("$style__x__"), of(&[variable("style"), wildcard("x")]));
        let defined = |once| TemplatePart::Definition { name: "s".to_owned(), once, value: of(&[choice(&["a", "b"])]) };
        assert_eq!(parse("${s={a|b}}"), of(&[defined(false)]));
        assert_eq!(parse("${s=!{a|b}}"), of(&[defined(true)]));
        assert_eq!(
            parse("${s:a|b}"),
            of(&[TemplatePart::Use { name: "s".to_owned(), otherwise: Some(of(&[text("a|b")])) }])
        );
        assert_eq!(parse("US${5|10}"), of(&[text("US$"), choice(&["5", "10"])]));
    }

    #[test]
    fn unclosed_brace_does_not_swallow_alternatives() {
        assert_eq!(parse("{ {a|b}"), of(&[text("{ "), choice(&["a", "b"])]));
        assert_eq!(parse("{a {b} c|d}"), of(&[choice(&["a {b} c", "d"])]));
        assert_eq!(parse("} {a|b}"), of(&[text("} "), choice(&["a", "b"])]));
    }

    #[test]
    fn complete_json_is_text() {
        assert!(is_json(r#" {"scene": "a|b", "n": {"x": [1]}} "#));
        assert!(!is_json("{a|b}"));
        assert!(!is_json(r#"{"a": "b"} and {c|d}"#));
        assert!(!is_json(&"[".repeat(100_000)));
    }

    #[test]
    fn spans_are_contiguous() {
        let text = r"sea {2$$3::x|__a__} \{ {1..3} $s {prompt} ${q=k}";
        let found: Vec<(&str, SpanKind)> = spans(text).into_iter().map(|span| (&text[span.range], span.kind)).collect();
        let (open, close) = (SpanKind::Brace(Opening::Open), SpanKind::Brace(Opening::Close));
        assert_eq!(
            found,
            [
                ("{", open.clone()),
                ("2$$", SpanKind::Amount),
                ("3::", SpanKind::Weight),
                ("x", SpanKind::Inside),
                ("|", SpanKind::Bar),
                ("__a__", SpanKind::Wildcard("a".to_owned())),
                ("}", close.clone()),
                (r"\{", SpanKind::Escape),
                ("{1..3}", SpanKind::Range),
                ("$s", SpanKind::Variable("s".to_owned())),
                ("{prompt}", SpanKind::Placeholder),
                ("${q=", open),
                ("k", SpanKind::Inside),
                ("}", close),
            ]
        );
    }
}
