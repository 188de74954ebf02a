//! Any bytes are a table or are rejected; a written table is read back unchanged; no row causes a panic.
#![no_main]

use atelier::prompt::sheet::{Headings, SheetDefaults, Table};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 3] = ["a.csv", "a.jsonl", "a"];

// One name a run: a run is three times faster, and the fuzzer finds out which name a seed is about.
fuzz_target!(|input: (u8, &[u8], &str)| {
    let (choice, bytes, template) = input;
    let wanted = SheetDefaults { template: template.to_owned(), ..SheetDefaults::default() };
    if let Ok(table) = Table::read(bytes, NAMES[usize::from(choice) % NAMES.len()]) {
        assert!(table.rows().iter().all(|row| row.len() == table.columns().len()));
        assert_eq!(Table::read(table.to_csv().as_bytes(), "b.csv").as_ref(), Ok(&table));
        let headings = Headings::read(table.columns());
        for row in table.rows() {
            if let Ok(job) = headings.job(row, &wanted, |template, _| Ok(template.to_owned())) {
                assert!(!job.prompts.is_empty());
            }
        }
    }
    if let Ok(text) = str::from_utf8(bytes) {
        Table::pasted(text).ok();
    }
});
