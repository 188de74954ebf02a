//! Tables: named columns and rows of text, read from bytes in any of the supported formats.

use super::{
    cells::{is_blank, visible},
    columns::{column, header_row},
    formats::{DetectedEncoding, Records, delimited_text, encoding_detection, json_lines, workbook},
    limits::{InvalidTable, MAX_FILE_BYTES},
    text_encoding::TextEncoding,
};

/// Characters that no format can represent.
const UNREPRESENTABLE_CHARS: [char; 2] = ['\0', '\u{FEFF}'];

/// The signature of workbooks of Excel 97 to 2003.
const XLS_SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Named columns and rows of text. Every row has a cell for each column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The format of a table in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// Values separated by a comma, a semicolon, a tab or a bar; which one is detected.
    Separated,
    /// An Office Open XML workbook, of which the first sheet that is not empty is read.
    Workbook,
    /// A JSON object per line, or an array of objects.
    Json,
}

impl TableFormat {
    /// Detects the format from the bytes and the name of a file.
    pub fn sniff(bytes: &[u8], name: &str) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        if bytes.starts_with(b"PK\x03\x04") {
            return Self::Workbook;
        }
        match ending.as_deref() {
            Some("jsonl" | "ndjson" | "json") => Self::Json,
            Some("csv" | "tsv" | "tab" | "txt") => Self::Separated,
            _ if bytes.trim_ascii_start().starts_with(b"{") => Self::Json,
            _ => Self::Separated,
        }
    }
}

/// A table that was read from a file, and how it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableReading {
    /// The table.
    pub table: Table,
    /// The encoding of a text; `None` for workbooks.
    pub recognition: Option<DetectedEncoding>,
    /// Lines above the names or below the rows that are not part of the table.
    pub left_out: Vec<String>,
    /// Sheets of a workbook that are not empty and were not read.
    pub other_sheets: Vec<String>,
}

impl Table {
    /// A table of these columns and rows. Short rows are padded; cells beyond the last column get columns without
    /// names. Empty rows and empty nameless columns at the end are dropped.
    pub fn new(mut columns: Vec<String>, mut rows: Vec<Vec<String>>) -> Self {
        let is_empty = |row: &Vec<String>| row.iter().all(|cell| is_blank(cell));
        while rows.last().is_some_and(is_empty) {
            rows.pop();
        }
        let used = |row: &Vec<String>| row.iter().rposition(|cell| !is_blank(cell)).map_or(0, |last| last + 1);
        let width = rows.iter().map(used).chain([used(&columns)]).max().unwrap_or(0);
        for row in rows.iter_mut().chain([&mut columns]) {
            row.resize(width, String::new());
        }
        for name in &mut columns {
            *name = visible(name).into_owned();
        }
        // A table without any column name would be indistinguishable from one that starts with a blank row.
        if columns.iter().all(String::is_empty) {
            columns = (0..width).map(|index| format!("${}", letters(index))).collect();
        }
        for cell in rows.iter_mut().flatten().chain(&mut columns).filter(|cell| cell.contains(UNREPRESENTABLE_CHARS)) {
            *cell = cell.replace(UNREPRESENTABLE_CHARS, "");
        }
        Self { columns, rows }
    }

    /// Reads a file, with its name as a hint for the format.
    ///
    /// # Errors
    /// It has none of the supported formats, or is too large.
    pub fn read(bytes: &[u8], name: &str) -> Result<Self, InvalidTable> {
        TableReading::read(bytes, name, None).map(|reading| reading.table)
    }

    /// Reads text that was copied from a spreadsheet or from a list. A first row that does not look like column names
    /// is an ordinary row: of prompts if it has one cell, otherwise of variables `$a`, `$b`, ….
    ///
    /// # Errors
    /// It is empty or too large.
    pub fn pasted(text: &str) -> Result<Self, InvalidTable> {
        TableReading::pasted(text).map(|reading| reading.table)
    }

    /// The cells of copied text, to be pasted into an existing table.
    ///
    /// # Errors
    /// It is too large.
    pub fn cells(text: &str) -> Result<Vec<Vec<String>>, InvalidTable> {
        delimited_text::cells(text)
    }

    /// Cells in the clipboard format of spreadsheets, which [`Self::cells`] reads back unchanged.
    pub fn copied<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> String {
        delimited_text::copied(rows)
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The names and the rows.
    pub fn into_parts(self) -> (Vec<String>, Vec<Vec<String>>) {
        (self.columns, self.rows)
    }

    /// The table as CSV in UTF-8, with a byte order mark by which spreadsheets recognize the encoding.
    pub fn to_csv(&self) -> String {
        delimited_text::write(std::iter::once(&self.columns).chain(&self.rows).map(Vec::as_slice))
    }

    /// The table as JSON lines. Of columns with the same name the last one wins.
    pub fn to_json_lines(&self) -> String {
        json_lines::write(&self.columns, &self.rows)
    }
}

impl TableReading {
    /// Reads a file, with its name as a hint for the format. Text is decoded in the given encoding, or the detected
    /// one.
    ///
    /// # Errors
    /// It has none of the supported formats, is not text in that encoding, or is too large.
    pub fn read(bytes: &[u8], name: &str, encoding: Option<TextEncoding>) -> Result<Self, InvalidTable> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(InvalidTable::TooLarge);
        }
        if bytes.starts_with(XLS_SIGNATURE) {
            return Err(InvalidTable::OtherWorkbook);
        }
        let format = TableFormat::sniff(bytes, name);
        let mut reading = Self::default();
        let records = if format == TableFormat::Workbook {
            let read = workbook::read(bytes)?;
            reading.other_sheets = read.others;
            Some(Records { rows: read.rows, ..Records::default() })
        } else {
            let (text, recognition) = encoding_detection::decode(bytes, encoding)?;
            reading.recognition = Some(recognition);
            if format == TableFormat::Json {
                let (columns, rows) = json_lines::read(&text)?;
                reading.table = Table::new(columns, rows);
                None
            } else if is_list(name) && !delimited_text::has_names(&text) {
                Some(Records { rows: listed(&text)?, ..Records::default() })
            } else {
                Some(delimited_text::read(&text)?)
            }
        };
        if let Some(records) = records {
            reading.divide(records);
        }
        if reading.table.columns.is_empty() { Err(InvalidTable::Empty) } else { Ok(reading) }
    }

    /// Reads text that was copied from a spreadsheet or from a list, see [`Table::pasted`].
    ///
    /// # Errors
    /// It is empty or too large.
    pub fn pasted(text: &str) -> Result<Self, InvalidTable> {
        let mut reading = Self::default();
        reading.divide(Records { rows: listed(text)?, ..Records::default() });
        if reading.table.columns.is_empty() { Err(InvalidTable::Empty) } else { Ok(reading) }
    }

    fn divide(&mut self, records: Records) {
        let parts = header_row::divide(records.rows, &records.set_apart);
        self.table = Table::new(parts.names, parts.rows);
        self.left_out = parts.left_out;
    }
}

/// Whether files with such a name contain a list without column names: a prompt per line.
fn is_list(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("txt"))
}

/// The records of a list or of copied text, with names added if the first record has none.
fn listed(text: &str) -> Result<Vec<Vec<String>>, InvalidTable> {
    let mut records = delimited_text::cells(text)?;
    let Some(first) = records.first() else { return Ok(records) };
    if !column::are_names(first) && header_row::known_names(&records).is_none() {
        let width = records.iter().map(Vec::len).max().unwrap_or(0);
        let names = match width {
            1 => vec!["prompt".to_owned()],
            _ => (0..width).map(|index| format!("${}", letters(index))).collect(),
        };
        records.insert(0, names);
    }
    Ok(records)
}

/// The letters of spreadsheet columns, from 0: a, b, … z, aa, ab.
fn letters(mut index: usize) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'a' + (index % 26) as u8));
        if index < 26 {
            return letters;
        }
        index = index / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::prompt::sheet::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_ROWS};

    fn table(columns: &[&str], rows: &[&[&str]]) -> Table {
        let owned = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect();
        Table::new(owned(columns), rows.iter().map(|row| owned(row)).collect())
    }

    #[test]
    fn formats_are_recognized_by_content_and_name() {
        assert_eq!(TableFormat::sniff(b"PK\x03\x04", "x.csv"), TableFormat::Workbook);
        assert_eq!(TableFormat::sniff(b"{\"a\":1}", "x"), TableFormat::Json);
        assert_eq!(TableFormat::sniff(b"[{\"a\":1}]", "x.JSON"), TableFormat::Json);
        assert_eq!(TableFormat::sniff(b"{red|blue} car\n", "x.csv"), TableFormat::Separated);
        assert_eq!(TableFormat::sniff(b"prompt\nfox", "x"), TableFormat::Separated);
    }

    #[test]
    fn ragged_and_blank_rows_are_normalized() {
        let read = Table::read(b"prompt,seed,,\n\nfox\n,,\nowl,7,x\n,,,\n", "a.csv").unwrap();
        assert_eq!(read, table(&["prompt", "seed", ""], &[&["fox", "", ""], &["", "", ""], &["owl", "7", "x"]]));
        assert_eq!(Table::read(b"", "a.csv"), Err(InvalidTable::Empty));
        assert_eq!(Table::read(b" \n,,\n", "a.csv"), Err(InvalidTable::Empty));
    }

    #[test]
    fn pasted_cells_have_a_header_only_if_it_looks_like_one() {
        let pasted = |text| Table::pasted(text).unwrap();
        assert_eq!(pasted("a fox, in snow\nan owl\n"), table(&["prompt"], &[&["a fox, in snow"], &["an owl"]]));
        assert_eq!(pasted("animal\tseed\nfox\t1"), table(&["animal", "seed"], &[&["fox", "1"]]));
        assert_eq!(
            pasted("red fox!\t1\n\"two\nlines\"\t2"),
            table(&["$a", "$b"], &[&["red fox!", "1"], &["two\nlines", "2"]])
        );
        assert_eq!(pasted("提示詞\n狐狸"), table(&["提示詞"], &[&["狐狸"]]));
    }

    #[test]
    fn unsupported_and_damaged_workbooks_are_distinguished() {
        let old = [XLS_SIGNATURE, &[0; 512]].concat();
        assert_eq!(Table::read(&old, "jobs.xls"), Err(InvalidTable::OtherWorkbook));
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file("content.xml", stored).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        assert_eq!(Table::read(&bytes, "jobs.ods"), Err(InvalidTable::OtherWorkbook));
    }

    #[test]
    fn column_letters_match_spreadsheets() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["a", "z", "aa", "zz", "aaa"]);
    }

    #[test]
    fn table_size_is_bounded() {
        let rows = format!("prompt\n{}", "x\n".repeat(MAX_ROWS + 1));
        assert_eq!(Table::read(rows.as_bytes(), "a.csv"), Err(InvalidTable::TooManyRows));
        let columns = format!("{}x", ",".repeat(MAX_COLUMNS));
        assert_eq!(Table::read(columns.as_bytes(), "a.csv"), Err(InvalidTable::TooManyColumns));
        let cell = format!("prompt\n{}", "x".repeat(MAX_CELL_BYTES + 1));
        assert_eq!(Table::read(cell.as_bytes(), "a.csv"), Err(InvalidTable::CellTooLong { row: 2, column: 1 }));
        let most = format!("prompt\n{}", "x\n".repeat(MAX_ROWS));
        assert_eq!(Table::read(most.as_bytes(), "a.csv").unwrap().rows().len(), MAX_ROWS);
        assert_eq!(Table::read(&vec![b'x'; MAX_FILE_BYTES + 1], "a.csv"), Err(InvalidTable::TooLarge));
    }

    /// Everything that breaks CSV parsers, ten thousand times.
    #[test]
    fn table_of_ten_thousand_difficult_rows_round_trips() {
        let nasty = [
            "plain",
            "a, b; c\td | e",
            "say \"hi\"",
            "\"",
            "two\nlines",
            "\r\n",
            "海上的日落，「引號」",
            "🦊é",
            "",
            " room ",
            "'=1+1",
            "=1+1",
            "\t@x",
            " -1",
            "\"+1",
            "{a|b} $x",
            "\\n",
        ];
        let rows: Vec<Vec<String>> = (0..10_000_usize)
            .map(|row| {
                let cell = |column: usize| nasty[(row * 7 + column * (row % 11 + 1)) % nasty.len()].to_owned();
                vec![row.to_string(), cell(0), cell(1), cell(2), cell(3)]
            })
            .collect();
        let columns = ["$row", "prompt", "負面", "note, \"quoted\"", "two\nlines"].map(str::to_owned).to_vec();
        let table = Table::new(columns, rows);
        assert_eq!(Table::read(table.to_csv().as_bytes(), "a.csv").as_ref(), Ok(&table));
        assert!(!table.to_csv().contains("\"=1") && table.to_csv().contains("\"'=1+1\""), "no formula is live");
        assert_eq!(Table::read(table.to_json_lines().as_bytes(), "a.jsonl").as_ref(), Ok(&table));
        let wide = |bytes: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
            mark.into_iter()
                .chain(table.to_csv().trim_start_matches('\u{feff}').encode_utf16().flat_map(bytes))
                .collect()
        };
        assert_eq!(Table::read(&wide(u16::to_le_bytes, [0xff, 0xfe]), "a.csv").as_ref(), Ok(&table));
        assert_eq!(Table::read(&wide(u16::to_be_bytes, [0xfe, 0xff]), "a.csv").as_ref(), Ok(&table));
    }

    fn any_table() -> impl Strategy<Value = Table> {
        let cell = "[a-c0-2 ,;|\t\"'\n\r海🦊{}\\\\]{0,6}";
        (1_usize..5, prop::collection::vec(prop::collection::vec(cell, 0..6), 0..8)).prop_map(|(width, mut rows)| {
            // A first line whose last cells are empty may be a title.
            for row in &mut rows {
                row.truncate(width);
            }
            Table::new((0..width).map(|index| format!("n{index}, \"")).collect(), rows)
        })
    }

    proptest! {
        #[test]
        fn written_tables_are_read_back(table in any_table()) {
            prop_assert_eq!(Table::read(table.to_csv().as_bytes(), "a.csv"), Ok(table.clone()));
            prop_assume!(!table.rows.is_empty());
            let named: Vec<String> = (0..table.columns.len()).map(|index| format!("n{index}")).collect();
            let table = Table::new(named, table.rows);
            prop_assert_eq!(Table::read(table.to_json_lines().as_bytes(), "a.jsonl"), Ok(table));
        }

        #[test]
        fn copied_cells_are_pasted_unchanged(rows in prop::collection::vec(prop::collection::vec("[ab ,;\t\n\"'海🦊]{0,5}", 2), 1..5)) {
            prop_assert_eq!(Table::cells(&Table::copied(&rows)), Ok(rows));
        }

        #[test]
        fn single_column_stays_single(lines in prop::collection::vec("[a-c] ?[a-c0-9 ,;|\"海🦊{}]{0,12}", 1..8)) {
            let text = format!("Prompt\n{}\n", lines.join("\n"));
            let table = Table::read(text.as_bytes(), "a.csv").unwrap();
            prop_assert_eq!(table.columns(), ["Prompt"]);
            prop_assert_eq!(table.rows().concat(), lines.clone());
            let list = Table::read(lines.join("\r\n").as_bytes(), "a.txt").unwrap();
            prop_assert_eq!(list.columns(), ["prompt"]);
            prop_assert_eq!(list.rows().concat(), lines);
        }

        #[test]
        fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[a\",;\t\n\r{}:\\[\\]海]{0,60}") {
            for name in ["a.csv", "a.jsonl", "a.xlsx", "a.txt", "a"] {
                for bytes in [&bytes[..], text.as_bytes()] {
                    if let Ok(table) = Table::read(bytes, name) {
                        prop_assert!(table.rows().iter().all(|row| row.len() == table.columns().len()));
                        prop_assert_eq!(Table::read(table.to_csv().as_bytes(), "b.csv"), Ok(table));
                    }
                }
            }
            if let Ok(pasted) = Table::pasted(&text) {
                prop_assert!(pasted.rows().iter().all(|row| row.len() == pasted.columns().len()));
            }
        }
    }
}
