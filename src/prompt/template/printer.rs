//! Prints templates as text.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use super::{
    parser::parse,
    syntax_tree::{Choice, Pick, Template, TemplatePart, Weight, WeightedOption},
};

impl fmt::Display for Template {
    /// Prints the template as text that parses to the same template.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| write!(f, "{part}"))
    }
}

impl fmt::Display for TemplatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&literal(text)),
            Self::Choice(choice) => write!(f, "{choice}"),
            Self::Range(range) => write!(f, "{range}"),
            Self::Wildcard(name) => write!(f, "__{name}__"),
            Self::Use { name, otherwise: None } => write!(f, "${{{name}}}"),
            Self::Use { name, otherwise: Some(otherwise) } => write!(f, "${{{name}:{otherwise}}}"),
            Self::Definition { name, once, value } => {
                write!(f, "${{{name}{}{value}}}", if *once { "=!" } else { "=" })
            }
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('{')?;
        if let Some(pick) = &self.pick {
            write!(f, "{pick}")?;
        }
        for (index, option) in self.options.iter().enumerate() {
            if index > 0 {
                f.write_char('|')?;
            }
            write!(f, "{option}")?;
        }
        f.write_char('}')
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.most {
            Some(most) if most == self.least => write!(f, "{most}$$")?,
            Some(most) => write!(f, "{}-{most}$$", self.least)?,
            None => write!(f, "{}-$$", self.least)?,
        }
        if let Some(joiner) = &self.joiner {
            for character in joiner.chars() {
                if matches!(character, '{' | '|' | '}' | '\\' | '$') {
                    f.write_char('\\')?;
                }
                f.write_char(character)?;
            }
            f.write_str("$$")?;
        }
        Ok(())
    }
}

impl fmt::Display for WeightedOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(weight) = self.weight {
            write!(f, "{weight}::")?;
        }
        write!(f, "{}", self.template)
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / Self::ONE.0, self.0 % Self::ONE.0);
        if part == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{part:06}").trim_end_matches('0'))
    }
}

/// Escapes a text so that it is literal anywhere in a template.
pub(crate) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        let escaped = match character {
            '{' | '|' | '}' | '\\' => true,
            '$' => next.is_none_or(|next| next == '$' || next == '{' || next.is_ascii_alphabetic()),
            '_' => before.is_none() || next.is_none_or(|next| next == '_') || before == Some('_'),
            ':' | '.' => next == Some(character),
            '!' => before.is_none(),
            _ => false,
        };
        if escaped {
            literal.push('\\');
        }
        literal.push(character);
        before = Some(character);
    }
    literal
}

/// Escapes a text so that it is a literal template. Most texts need no change.
pub fn escape(text: &str) -> Cow<'_, str> {
    match parse(text).0.as_slice() {
        [] => Cow::Borrowed(text),
        [TemplatePart::Text(plain)] if plain == text => Cow::Borrowed(text),
        _ => Cow::Owned(literal(text)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::prompt::{
        expansion::{Prompts, Sources},
        template::{range::Range, syntax_tree::MAX_PICKED_OPTIONS},
    };

    #[test]
    fn templates_round_trip() {
        for text in [
            "a {b|c} d",
            "{3::a|0.5::b|c}",
            "{2$$a|b|c}",
            "{1-2$$ and $$a|b}",
            "{2-$$a|b}",
            "{1..5} {10..0..2} {01..10} {0.50..1.50..0.25} {a..e}",
            "__animal__ __a/b__",
            "${s=!{a|b}} ${s} ${t:a}",
            r"\{a\|b\}",
        ] {
            assert_eq!(parse(text).to_string(), text);
        }
        assert_eq!(parse("{ {a|b} $s").to_string(), r"\{ {a|b} ${s}");
    }

    #[test]
    fn plain_text_is_unchanged() {
        for text in ["a city... at night", "price: $5", "{alone}", "{\"a\": 1}", "snake_case"] {
            assert_eq!(escape(text), text);
        }
        assert_eq!(escape("a {b|c}"), r"a \{b\|c\}");
    }

    fn joined(parts: Vec<TemplatePart>) -> Template {
        // Adjacent texts are one text.
        let mut template = Template::default();
        for part in parts {
            match (template.0.last_mut(), part) {
                (Some(TemplatePart::Text(before)), TemplatePart::Text(text)) => before.push_str(&text),
                (_, part) => template.0.push(part),
            }
        }
        template
    }

    pub(crate) fn any_template() -> impl Strategy<Value = Template> {
        let range = prop::sample::select(vec!["1..5", "07..3", "a..c", "1..2..0.5", "-3..3"]);
        let leaf = prop_oneof![
            4 => "[a-z0-9{|}\\\\$_:.!= #雨-]{1,8}".prop_map(TemplatePart::Text),
            1 => range.prop_map(|inside| TemplatePart::Range(Range::read(inside).unwrap())),
            1 => "[a-z]{1,2}(_[a-z])?(/[a-z]{1,2})?".prop_map(TemplatePart::Wildcard),
            1 => "[a-z雨]{1,3}".prop_map(|name| TemplatePart::Use { name, otherwise: None }),
        ];
        let leaf = prop::collection::vec(leaf, 0..3).prop_map(joined);
        leaf.prop_recursive(3, 24, 4, |inner| {
            let weight = prop::option::of((0..5_000_000_u64).prop_map(Weight));
            let option = (weight, inner.clone()).prop_map(|(weight, template)| WeightedOption { weight, template });
            let joiner = prop::option::of("[a-z$|, ]{0,3}");
            let pick = prop::option::of(
                (0..4_usize, prop::option::of(0..3_usize), joiner).prop_map(|(least, more, joiner)| Pick {
                    least,
                    most: more.map(|more| least + more),
                    joiner,
                }),
            );
            let choice = (pick, prop::collection::vec(option, 2..4))
                .prop_map(|(pick, options)| TemplatePart::Choice(Choice { pick, options }));
            let name = "[a-z]{1,2}";
            let part = prop_oneof![
                3 => choice,
                1 => (name, inner.clone()).prop_map(|(name, value)| TemplatePart::Use { name, otherwise: Some(value) }),
                1 => (name, any::<bool>(), inner.clone())
                    .prop_map(|(name, once, value)| TemplatePart::Definition { name, once, value }),
            ];
            (inner.clone(), part, inner)
                .prop_map(|(before, part, after)| joined([before.0, vec![part], after.0].concat()))
        })
    }

    proptest! {
        #[test]
        fn printed_templates_parse_to_the_same_template(template in any_template()) {
            prop_assert_eq!(parse(&template.to_string()), template);
        }

        #[test]
        fn arbitrary_text_is_a_template(text in "[a-c0-3{|}\\\\$_:.!=-]{0,60}") {
            let template = parse(&text);
            prop_assert_eq!(parse(&template.to_string()), template);
        }

        #[test]
        fn escaped_text_expands_to_itself(text in "[a-c0-3{|}\\\\$_:.!=-]{0,40}") {
            let prompts = Prompts::new(&escape(&text), &Sources::default());
            prop_assert_eq!(prompts.count(), 1);
            prop_assert_eq!(prompts.nth(0), Some(text));
        }
    }

    #[test]
    fn every_valid_count_can_be_written() {
        let pick = Pick { least: MAX_PICKED_OPTIONS, most: Some(MAX_PICKED_OPTIONS), joiner: None };
        assert_eq!(Pick::read(&pick.to_string()).unwrap().0, pick);
    }
}
