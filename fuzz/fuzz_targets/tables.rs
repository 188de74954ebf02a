//! Any bytes in any encoding are a table or are rejected; a detected encoding can be chosen and gives the same result;
//! a list of prompts stays one column; no spreadsheet error becomes a job.
#![no_main]

use atelier::prompt::sheet::{Headings, SheetDefaults, Table, TableReading, TextEncoding};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], u8)| {
    let (bytes, choice) = input;
    let chosen = TextEncoding::OFFERED[usize::from(choice) % TextEncoding::OFFERED.len()];
    for name in ["a.csv", "a.txt", "a.json", "a.xlsx"] {
        TableReading::read(bytes, name, Some(chosen)).ok();
        let Ok(reading) = TableReading::read(bytes, name, None) else { continue };
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
