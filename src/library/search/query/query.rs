//! A query: its terms, and how they are parsed from text and printed to it.

use std::{fmt, str::FromStr};

use super::{
    term::{Filter, Term},
    tokens::{keyed, quoted, word},
};

/// A search query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Query {
    terms: Vec<Term>,
}

impl Query {
    /// Parses any text. A part that begins like a term and cannot be parsed, for example because it is still being
    /// typed, becomes [`Filter::Unfinished`]. Every other part without a meaning of its own is a word.
    pub fn parse(text: &str) -> Self {
        let mut terms = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (term, after) = next(rest);
            terms.extend(term);
            rest = after.trim_start();
        }
        Self { terms }
    }

    /// The terms, in the order in which they were written.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether the query has no terms that restrict it.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether the query has this term.
    pub fn has(&self, term: &Term) -> bool {
        self.terms.contains(term)
    }

    /// Adds a term. Removes terms about the same property if both could not match together or would be confusing:
    /// ratings, sizes, dates, flags, labels and the like.
    #[must_use]
    pub fn with(&self, term: &Term) -> Self {
        let stays = |known: &&Term| *known != term && !known.gives_way_to(term);
        let terms = self.terms.iter().filter(stays).cloned().map(Term::closed);
        Self { terms: terms.chain([term.clone()]).collect() }
    }

    /// The query without the terms that `unwanted` selects.
    #[must_use]
    pub fn without(&self, unwanted: impl Fn(&Term) -> bool) -> Self {
        Self { terms: self.terms.iter().filter(|term| !unwanted(term)).cloned().collect() }
    }

    /// Adds the term if the query lacks it, otherwise removes it.
    #[must_use]
    pub fn toggled(&self, term: &Term) -> Self {
        if self.has(term) { self.without(|known| known == term) } else { self.with(term) }
    }
}

impl FromStr for Query {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::parse(text))
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            // Only the last phrase may lack its closing quote.
            if place + 1 < self.terms.len() { term.clone().closed().fmt(f)? } else { term.fmt(f)? }
        }
        Ok(())
    }
}

/// Parses the first term of a text that is not empty and does not begin with a space. Returns it and the remaining
/// text.
fn next(text: &str) -> (Option<Term>, &str) {
    let (negated, text) = match text.strip_prefix('-') {
        Some(rest) if rest.chars().next().is_some_and(|c| !c.is_whitespace()) => (true, rest),
        _ => (false, text),
    };
    let term = |filter| Term { negated, filter };
    if let Some((phrase, open, rest)) = quoted(text) {
        let told = phrase.chars().any(|c| !c.is_whitespace());
        return (told.then(|| term(Filter::Phrase { text: phrase, open })), rest);
    }
    if let Some((key, value)) = keyed(text) {
        let (value, rest) = match quoted(value) {
            Some((value, _, rest)) => (value, rest),
            None => word(value).map_or((String::new(), value), |(value, rest)| (value.to_owned(), rest)),
        };
        if let Some(filter) = Filter::read(key, &value) {
            return (Some(term(filter)), rest);
        }
    }
    let (word, rest) = word(text).unwrap_or((text, ""));
    (Some(term(Filter::Word(word.to_owned()))), rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        library::{Comparison, ImageExtra, ImageState, UsedInput},
        recipe::{Label, Money},
    };

    fn filters(text: &str) -> Vec<Filter> {
        Query::parse(text).terms.into_iter().map(|term| term.filter).collect()
    }

    fn one(text: &str) -> Filter {
        let mut found = filters(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found.remove(0)
    }

    fn says_word(text: &str) -> bool {
        matches!(one(text), Filter::Word(word) if word == text)
    }

    #[test]
    fn every_kind_of_term_is_parsed() {
        assert_eq!(one("fox"), Filter::Word("fox".to_owned()));
        assert_eq!(one("\"wet glass\""), Filter::Phrase { text: "wet glass".to_owned(), open: false });
        assert_eq!(one("\"wet gl"), Filter::Phrase { text: "wet gl".to_owned(), open: true });
        assert_eq!(one("“wet glass”"), Filter::Phrase { text: "wet glass".to_owned(), open: false });
        assert_eq!(one("tag:\"wet glass\""), Filter::Tag("wet glass".to_owned()));
        assert_eq!(one("TAG:夜景"), Filter::Tag("夜景".to_owned()));
        assert_eq!(one("tag：夜景"), Filter::Tag("夜景".to_owned()));
        assert_eq!(one("rating:>=4"), Filter::Rating(Comparison::AtLeast(4)));
        assert_eq!(one("rating:=4"), Filter::Rating(Comparison::Exactly(4)));
        assert_eq!(one("rating:4"), Filter::Rating(Comparison::Exactly(4)));
        assert_eq!(one("rating:<3"), Filter::Rating(Comparison::Below(3)));
        assert_eq!(one("rating:5..2"), Filter::Rating(Comparison::Between(2, 5)));
        assert_eq!(one("size:>2000"), Filter::Size(Comparison::Above(2000)));
        assert_eq!(one("size:>2K"), Filter::Size(Comparison::Above(2048)));
        assert_eq!(one("size:4k"), Filter::Class(crate::recipe::ImageSize::Four));
        assert_eq!(one("size:512"), Filter::Size(Comparison::Exactly(512)));
        assert_eq!(one("cost:>0.05"), Filter::Cost(Comparison::Above(Money::from_micros(50_000))));
        assert_eq!(one("ratio:16:9"), Filter::Ratio("16:9".parse().unwrap()));
        assert_eq!(one("label:red"), Filter::Label(Label::Red));
        assert_eq!(one("is:Picked"), Filter::Is(ImageState::Picked));
        assert_eq!(one("has:reference"), Filter::Has(ImageExtra::Reference));
        assert_eq!(one("color:#Ff8000"), Filter::Color([255, 128, 0]));
        assert_eq!(one("colour:f80"), Filter::Color([255, 136, 0]));
        assert_eq!(Query::parse("colour:#ff8800").to_string(), "color:#ff8800");
        assert_eq!(one("seed:-7"), Filter::Seed(-7));
        assert_eq!(Query::parse("from:2026-11-01 to:2026-12 from:2026").terms().len(), 3);
        assert!(matches!(one("batch:01934c4e-0000-7000-8000-000000000001"), Filter::Batch(_)));
        assert!(matches!(one("like:01934c4e-0000-7000-8000-000000000001"), Filter::Like(_)));
        assert!(matches!(one("parents:01934c4e-0000-7000-8000-000000000001"), Filter::Parents(_)));
        assert!(matches!(one("uses:01934c4e-0000-7000-8000-000000000001"), Filter::Uses(UsedInput::Image(_))));
        assert_eq!(one("uses:01934C4E"), Filter::Uses(UsedInput::Reference("01934c4e".to_owned())));
    }

    #[test]
    fn unknown_terms_are_words() {
        for word in ["foo:bar", "a:b", ":", "12:30", "https://example.com/x", "rating", "-", "5\"x7\"", "c++"] {
            assert!(says_word(word), "{word}");
        }
        assert_eq!(filters("foo:\"a b\"").len(), 2);
        assert!(Query::parse(" \u{3000} \"\" ").is_empty());
    }

    #[test]
    fn unfinished_term_hides_nothing() {
        for text in [
            "rating:",
            "rating:>",
            "rating:9",
            "from:2026-1",
            "is:pi",
            "label:re",
            "tag:",
            "tag:\"",
            "size:big",
            "uses:01934c4",
        ] {
            assert!(matches!(one(text), Filter::Unfinished { .. }), "{text}");
        }
    }

    #[test]
    fn minus_negates_any_term() {
        let query = Query::parse("-fox -\"wet glass\" -tag:draft - --x");
        let negated: Vec<bool> = query.terms().iter().map(|term| term.negated).collect();
        assert_eq!(negated, [true, true, true, false, true]);
        assert_eq!(query.to_string(), "-fox -\"wet glass\" -tag:draft - --x");
    }

    #[test]
    fn menus_change_only_their_own_terms() {
        let query = Query::parse("fox rating:>=2 tag:a is:picked \"wet gl");
        let rated = query.with(&Term::of(Filter::Rating(Comparison::AtLeast(4))));
        assert_eq!(rated.to_string(), "fox tag:a is:picked \"wet gl\" rating:>=4");
        let flagged = rated.with(&Term::of(Filter::Is(ImageState::Rejected)));
        assert_eq!(flagged.to_string(), "fox tag:a \"wet gl\" rating:>=4 is:rejected");
        let both =
            flagged.with(&Term::of(Filter::Is(ImageState::Mismatched))).with(&Term::of(Filter::Tag("b c".to_owned())));
        assert_eq!(both.to_string(), "fox tag:a \"wet gl\" rating:>=4 is:rejected is:mismatched tag:\"b c\"");
        let without = both.without(|term| matches!(term.filter, Filter::Tag(_)));
        assert_eq!(without.to_string(), "fox \"wet gl\" rating:>=4 is:rejected is:mismatched");
        assert_eq!(without.toggled(&Term::of(Filter::Is(ImageState::Mismatched))).terms().len(), 4);
    }

    /// Parts of queries, and texts that only resemble them.
    fn piece() -> impl Strategy<Value = String> {
        let key = prop_oneof![
            Just("tag:"),
            Just("model:"),
            Just("rating:"),
            Just("size:"),
            Just("cost:"),
            Just("ratio:"),
            Just("from:"),
            Just("to:"),
            Just("is:"),
            Just("has:"),
            Just("label:"),
            Just("seed:"),
            Just("color:"),
            Just("colour:"),
            Just("collection:"),
            Just("like:"),
            Just("batch:"),
            Just("uses:"),
            Just("parents:"),
            Just("foo:"),
            Just("-"),
            Just("\""),
            Just("\"\""),
            Just(""),
            Just("：")
        ];
        let value = prop_oneof![
            "[a-z]{0,4}",
            "[0-9]{1,6}",
            ">=?[0-9.]{1,6}",
            "[0-9]\\.\\.[0-9]{0,3}",
            "[0-9]{4}-[0-9]{2}(-[0-9]{2})?",
            "#[0-9a-f]{3,6}",
            "[0-9a-fA-F]{8,12}",
            "\"[a-z \"]{0,6}\"?",
            "[0-9]{1,2}:[0-9]",
            "\\PC{0,5}",
            Just("4K".to_owned()),
            Just("picked".to_owned()),
            Just("雪 山".to_owned()),
            Just("$0.05".to_owned())
        ];
        (key, value, prop_oneof![Just(""), Just(" "), Just("\u{3000}")])
            .prop_map(|(key, value, after)| format!("{key}{value}{after}"))
    }

    proptest! {
        #[test]
        fn printed_queries_parse_to_the_same_query(pieces in prop::collection::vec(piece(), 0..6)) {
            let query = Query::parse(&pieces.concat());
            prop_assert_eq!(Query::parse(&query.to_string()), query);
        }

        #[test]
        fn arbitrary_text_is_parsed(text in "\\PC{0,40}", value in "\\PC{0,12}") {
            let query = Query::parse(&text);
            prop_assert_eq!(&Query::parse(&query.to_string()), &query);
            if !value.is_empty() {
                let tag = Term::of(Filter::Tag(value));
                let query = query.with(&tag);
                prop_assert!(query.has(&tag));
                prop_assert_eq!(Query::parse(&query.to_string()), query);
            }
        }
    }
}
