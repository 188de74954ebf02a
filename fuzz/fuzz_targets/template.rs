//! Any text is a template; what is counted is what is expanded.
#![no_main]

use atelier::studio::template::{count, expand, fill, spans};
use libfuzzer_sys::fuzz_target;

/// So many prompts are compared; a short text can stand for more than there are atoms.
const MOST: usize = 500;

fuzz_target!(|input: (&str, &str)| {
    let (text, own) = input;
    let counted = count(text);
    assert!(counted >= 1, "a text stands for itself at least");
    let expanded = expand(text).take(MOST).count();
    assert_eq!(expanded, usize::try_from(counted).unwrap_or(usize::MAX).min(MOST));
    for span in spans(text) {
        assert!(text.get(span.range).is_some(), "spans lie between characters");
    }
    fill(text, own);
});
