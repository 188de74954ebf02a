//! Any text is a wildcard file; files of other programs are read or rejected.
#![no_main]

use std::path::{Component, Path};

use atelier::prompt::{Wildcard, WildcardFormat, import, is_name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let wildcard = Wildcard::parse(text);
    assert!(wildcard.options().len() <= text.lines().count());
    let again = Wildcard::parse(&wildcard.to_string());
    assert!(again.options().iter().all(|option| wildcard.options().contains(option)));
    for format in [WildcardFormat::Text, WildcardFormat::Json, WildcardFormat::Yaml] {
        for (name, text) in import("file", format, text).unwrap_or_default() {
            let mut steps = Path::new(&name).components();
            assert!(is_name(&name) && steps.all(|step| matches!(step, Component::Normal(_))), "{name} leaves its folder");
            Wildcard::parse(&text);
        }
    }
});
