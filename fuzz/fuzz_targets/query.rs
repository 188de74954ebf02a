//! Any text is a query, and a printed query parses to the same one.
#![no_main]

use atelier::studio::{Filter, Query, Term};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (text, value) = input;
    let query = Query::parse(text);
    assert_eq!(Query::parse(&query.to_string()), query);
    if !value.is_empty() {
        let tag = Term::of(Filter::Tag(value.to_owned()));
        let with = query.with(&tag);
        assert!(with.has(&tag));
        assert_eq!(Query::parse(&with.to_string()), with);
        assert!(!with.toggled(&tag).has(&tag));
    }
});
