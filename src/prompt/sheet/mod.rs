//! Prompt sheets: tables whose rows are jobs and whose columns are the prompt, parameters, or variables of a prompt
//! template. Pure: bytes come in, tables, jobs and errors go out.
//!
//! [`Table::read`] takes CSV and its relatives, workbooks and JSON lines; [`Table::pasted`] takes what spreadsheets put
//! on the clipboard. The first row names the columns, and a column's name says what it is for, see [`Column`]. So a
//! table is the same sheet wherever it was written. [`Headings`] reads the names once, then each row becomes a [`Job`].
//!
//! No file can take unbounded memory: see [`LARGEST_FILE`] and the limits beside it.

mod column;
mod formula;
mod job;
mod lines;
mod text;
mod workbook;

pub use column::{Column, Field};
pub use formula::guarded;
pub use job::{CellError, Fault, Headings, Job, MOST_PROMPTS, Wanted};

/// Larger files are not read, in bytes; neither are workbooks that unpack to more than twice this.
pub const LARGEST_FILE: usize = 32 << 20;
/// A table has at most so many rows.
pub const MOST_ROWS: usize = 20_000;
/// A table has at most so many columns.
pub const MOST_COLUMNS: usize = 200;
/// A cell's text has at most so many bytes: more than any model reads.
pub const LONGEST_CELL: usize = 64 << 10;
/// The texts of a table have at most so many bytes together.
pub const MOST_TEXT: usize = 64 << 20;

/// Named columns and rows of text. Every row has a cell for each column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// How a table is written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// Values with a comma, a semicolon, a tab or a bar between them; which one is seen in the text.
    Separated,
    /// An Office Open XML workbook, whose first sheet with anything in it counts.
    Workbook,
    /// A JSON object on each line, or an array of objects.
    Json,
}

impl TableFormat {
    /// What the bytes of a file look like, with the help of its name.
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

/// Why bytes are no table. Lines and rows count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotATable {
    /// There is nothing in it.
    #[error("there is nothing in it")]
    Empty,
    /// It is neither UTF-8 nor UTF-16.
    #[error("it is not text in UTF-8 or UTF-16; save it as “CSV UTF-8”")]
    NotText,
    /// It is larger than [`LARGEST_FILE`], or unpacks to more than may be.
    #[error("it is too large")]
    TooLarge,
    /// It has more than [`MOST_ROWS`].
    #[error("it has more than {MOST_ROWS} rows")]
    TooManyRows,
    /// It has more than [`MOST_COLUMNS`].
    #[error("it has more than {MOST_COLUMNS} columns")]
    TooManyColumns,
    /// A cell is longer than [`LONGEST_CELL`].
    #[error("the cell in row {row}, column {column}, is too long")]
    CellTooLong {
        /// The row, the names' row counted.
        row: usize,
        /// The column.
        column: usize,
    },
    /// A quotation mark that opens a value has no other that closes it.
    #[error("the quotation mark on line {line} is never closed")]
    OpenQuote {
        /// Where it stands.
        line: usize,
    },
    /// A line is no JSON object.
    #[error("line {line} is no JSON object: {reason}")]
    NotJson {
        /// Which.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// It is no workbook that can be read.
    #[error("the workbook cannot be read: {reason}")]
    BadWorkbook {
        /// What is wrong with it.
        reason: String,
    },
}

impl Table {
    /// A table of these columns and rows. Short rows are filled up; cells beyond the last column get columns without
    /// names. Rows and nameless columns at the end that have nothing in them are left away.
    pub fn new(mut columns: Vec<String>, mut rows: Vec<Vec<String>>) -> Self {
        let is_blank = |row: &Vec<String>| row.iter().all(|cell| cell.trim().is_empty());
        while rows.last().is_some_and(is_blank) {
            rows.pop();
        }
        let used = |row: &Vec<String>| row.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        let width = rows.iter().map(used).chain([used(&columns)]).max().unwrap_or(0);
        for row in rows.iter_mut().chain([&mut columns]) {
            row.resize(width, String::new());
        }
        for name in &mut columns {
            *name = name.trim().to_owned();
        }
        // A table whose columns all lack names could not be told from one that begins with a blank row.
        if columns.iter().all(String::is_empty) {
            columns = (0..width).map(|index| format!("${}", letters(index))).collect();
        }
        // No format can hold these.
        for cell in rows.iter_mut().flatten().chain(&mut columns).filter(|cell| cell.contains('\0')) {
            *cell = cell.replace('\0', "");
        }
        Self { columns, rows }
    }

    /// Reads a file; its name helps to tell what it is.
    ///
    /// # Errors
    /// If it is none of the known formats, or too large.
    pub fn read(bytes: &[u8], name: &str) -> Result<Self, NotATable> {
        if bytes.len() > LARGEST_FILE {
            return Err(NotATable::TooLarge);
        }
        let table = match TableFormat::sniff(bytes, name) {
            TableFormat::Workbook => Self::titled(workbook::read(bytes)?),
            TableFormat::Json => lines::read(&text::decode(bytes)?)?,
            TableFormat::Separated => Self::titled(text::read(&text::decode(bytes)?)?),
        };
        if table.columns.is_empty() { Err(NotATable::Empty) } else { Ok(table) }
    }

    /// Reads what was copied from a spreadsheet or from a list. A first row that does not look like names of columns
    /// is a row like the others: of prompts if it is alone in its row, else of variables `$a`, `$b`, ….
    ///
    /// # Errors
    /// If there is nothing, or too much.
    pub fn pasted(text: &str) -> Result<Self, NotATable> {
        let mut records = text::cells(text)?;
        let Some(first) = records.first() else { return Err(NotATable::Empty) };
        if !column::are_names(first) {
            let width = records.iter().map(Vec::len).max().unwrap_or(0);
            let names = match width {
                1 => vec!["prompt".to_owned()],
                _ => (0..width).map(|index| format!("${}", letters(index))).collect(),
            };
            records.insert(0, names);
        }
        Ok(Self::titled(records))
    }

    /// The cells of what was copied, to be put into a table that is there.
    ///
    /// # Errors
    /// If there is too much.
    pub fn cells(text: &str) -> Result<Vec<Vec<String>>, NotATable> {
        text::cells(text)
    }

    /// Cells as spreadsheets put them on the clipboard: [`Self::cells`] reads them as they were.
    pub fn copied<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> String {
        text::copied(rows)
    }

    fn titled(records: Vec<Vec<String>>) -> Self {
        let mut records = records.into_iter().skip_while(|row| row.iter().all(|cell| cell.trim().is_empty()));
        let columns = records.next().unwrap_or_default();
        Self::new(columns, records.collect())
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

    /// The table as CSV in UTF-8, with a mark at its beginning by which spreadsheets know that it is.
    pub fn to_csv(&self) -> String {
        text::write(self)
    }

    /// The table as JSON lines. Of columns of the same name the last one counts.
    pub fn to_json_lines(&self) -> String {
        lines::write(self)
    }
}

/// The letters by which spreadsheets count columns, from 0: a, b, … z, aa, ab.
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

/// Watches that what is read stays within the limits.
#[derive(Default)]
struct Budget {
    text: usize,
}

impl Budget {
    /// Takes a cell, by its row and column from 0.
    fn cell(&mut self, row: usize, column: usize, length: usize) -> Result<(), NotATable> {
        if row > MOST_ROWS {
            return Err(NotATable::TooManyRows);
        }
        if column >= MOST_COLUMNS {
            return Err(NotATable::TooManyColumns);
        }
        if length > LONGEST_CELL {
            return Err(NotATable::CellTooLong { row: row + 1, column: column + 1 });
        }
        self.text += length;
        if self.text > MOST_TEXT { Err(NotATable::TooLarge) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(columns: &[&str], rows: &[&[&str]]) -> Table {
        let owned = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect();
        Table::new(owned(columns), rows.iter().map(|row| owned(row)).collect())
    }

    #[test]
    fn formats_are_told_by_content_and_name() {
        assert_eq!(TableFormat::sniff(b"PK\x03\x04", "x.csv"), TableFormat::Workbook);
        assert_eq!(TableFormat::sniff(b"{\"a\":1}", "x"), TableFormat::Json);
        assert_eq!(TableFormat::sniff(b"[{\"a\":1}]", "x.JSON"), TableFormat::Json);
        assert_eq!(TableFormat::sniff(b"{red|blue} car\n", "x.csv"), TableFormat::Separated);
        assert_eq!(TableFormat::sniff(b"prompt\nfox", "x"), TableFormat::Separated);
    }

    #[test]
    fn ragged_and_blank_rows_are_put_in_order() {
        let read = Table::read(b"prompt,seed,,\n\nfox\n,,\nowl,7,x\n,,,\n", "a.csv").unwrap();
        assert_eq!(read, table(&["prompt", "seed", ""], &[&["fox", "", ""], &["", "", ""], &["owl", "7", "x"]]));
        assert_eq!(Table::read(b"", "a.csv"), Err(NotATable::Empty));
        assert_eq!(Table::read(b" \n,,\n", "a.csv"), Err(NotATable::Empty));
    }

    #[test]
    fn what_is_pasted_has_names_only_if_they_look_like_names() {
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
    fn columns_are_counted_as_spreadsheets_do() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["a", "z", "aa", "zz", "aaa"]);
    }

    #[test]
    fn no_table_grows_without_bounds() {
        let rows = format!("prompt\n{}", "x\n".repeat(MOST_ROWS + 1));
        assert_eq!(Table::read(rows.as_bytes(), "a.csv"), Err(NotATable::TooManyRows));
        let columns = format!("{}x", ",".repeat(MOST_COLUMNS));
        assert_eq!(Table::read(columns.as_bytes(), "a.csv"), Err(NotATable::TooManyColumns));
        let cell = format!("prompt\n{}", "x".repeat(LONGEST_CELL + 1));
        assert_eq!(Table::read(cell.as_bytes(), "a.csv"), Err(NotATable::CellTooLong { row: 2, column: 1 }));
        let most = format!("prompt\n{}", "x\n".repeat(MOST_ROWS));
        assert_eq!(Table::read(most.as_bytes(), "a.csv").unwrap().rows().len(), MOST_ROWS);
        assert_eq!(Table::read(&vec![b'x'; LARGEST_FILE + 1], "a.csv"), Err(NotATable::TooLarge));
    }

    /// Everything that breaks readers of CSV, ten thousand times.
    #[test]
    fn a_table_of_ten_thousand_nasty_rows_comes_back() {
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
        (1_usize..5, prop::collection::vec(prop::collection::vec(cell, 0..6), 0..8))
            .prop_map(|(width, rows)| Table::new((0..width).map(|index| format!("n{index}, \"")).collect(), rows))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(table in any_table()) {
            prop_assert_eq!(Table::read(table.to_csv().as_bytes(), "a.csv"), Ok(table.clone()));
            prop_assume!(!table.rows.is_empty());
            let named: Vec<String> = (0..table.columns.len()).map(|index| format!("n{index}")).collect();
            let table = Table::new(named, table.rows);
            prop_assert_eq!(Table::read(table.to_json_lines().as_bytes(), "a.jsonl"), Ok(table));
        }

        #[test]
        fn what_is_copied_is_pasted(rows in prop::collection::vec(prop::collection::vec("[ab ,;\t\n\"'海🦊]{0,5}", 2), 1..5)) {
            prop_assert_eq!(Table::cells(&Table::copied(&rows)), Ok(rows));
        }

        #[test]
        fn no_bytes_break_the_readers(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[a\",;\t\n\r{}:\\[\\]海]{0,60}") {
            for name in ["a.csv", "a.jsonl", "a.xlsx", "a"] {
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
