//! Any bytes in any encoding are a table or are rejected; a detected encoding can be chosen and gives the same result;
//! a list of prompts stays one column; no spreadsheet error becomes a job.
#![no_main]

use atelier::prompt::sheet::{Headings, SheetDefaults, Table, TableReading, TextEncoding};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 4] = ["a.csv", "a.txt", "a.json", "a.xlsx"];

// One name a run: a run is four times faster, and the fuzzer finds out which name a seed is about.
fuzz_target!(|input: (&[u8], u8)| {
    let (bytes, choice) = input;
    let (encoding, name) = (usize::from(choice) / NAMES.len(), NAMES[usize::from(choice) % NAMES.len()]);
    let chosen = TextEncoding::OFFERED[encoding % TextEncoding::OFFERED.len()];
    TableReading::read(bytes, name, Some(chosen)).ok();
    if let Ok(reading) = TableReading::read(bytes, name, None) {
        if let Some(recognition) = reading.recognition {
            let again = TableReading::read(bytes, name, Some(recognition.encoding)).expect("it was read");
            assert_eq!((&again.table, &again.left_out), (&reading.table, &reading.left_out));
        }
        let headings = Headings::read(reading.table.columns());
        let wanted = SheetDefaults { template: "x".to_owned(), ..SheetDefaults::default() };
        for row in reading.table.rows() {
            let job = headings.job(row, &wanted, |template, _| Ok(template.to_owned()));
            assert!(headings.unusable(row).is_empty() || job.is_err());
        }
    }
    if let Ok(text) = str::from_utf8(bytes) {
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(char::is_alphanumeric)).collect();
        if let Ok(table) = Table::read(format!("prompt\n{}", lines.join("\n")).as_bytes(), "a.csv") {
            assert_eq!(table.columns().len(), 1);
        }
    }
});
