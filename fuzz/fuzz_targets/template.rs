//! Any text is a template; the count is that of the expanded prompts, and a printed template parses to the same one.
#![no_main]

use atelier::prompt::{Prompts, Sources, Wildcard, escape, fill_placeholders, matching_brace, parse, spans};
use libfuzzer_sys::fuzz_target;

/// The number of prompts that are compared; a short text can expand to more prompts than there are atoms.
const MOST: usize = 100;

fuzz_target!(|input: (&str, &str, u64)| {
    let (text, own, seed) = input;
    let template = parse(text);
    assert_eq!(parse(&template.to_string()), template);

    let sources = Sources {
        wildcards: [("a", Wildcard::parse(own)), ("b/c", Wildcard::parse("x\n__a__"))].into_iter().collect(),
        variables: [("v".to_owned(), own.to_owned())].into(),
    };
    let prompts = Prompts::new(text, &sources);
    assert!(prompts.count() >= 1, "a text stands for itself at least");
    let expanded = prompts.every().take(MOST).count();
    assert_eq!(expanded, usize::try_from(prompts.count()).unwrap_or(usize::MAX).min(MOST));
    assert!(prompts.nth(prompts.count() - 1).is_some());
    assert_eq!(prompts.random(seed, 0), prompts.random(seed, 0));

    let mut end = 0;
    for span in spans(text) {
        assert!(span.range.start >= end && text.get(span.range.clone()).is_some(), "spans follow each other");
        end = span.range.end;
    }
    for place in 0..text.len().min(MOST) {
        if let Some(partner) = matching_brace(text, place) {
            assert_eq!(matching_brace(text, partner), Some(place));
        }
    }
    let literal = Prompts::new(&escape(own), &sources);
    assert_eq!((literal.count(), literal.nth(0).as_deref()), (1, Some(own)));
    fill_placeholders(text, &[("prompt", own)]);
});
