//! Delimited text: CSV and its relatives, and the clipboard format of spreadsheets.

use std::{borrow::Cow, cmp::Reverse};

use crate::prompt::sheet::{
    cells::{guarded, unguarded},
    columns::header_row,
    limits::{InvalidTable, MAX_COLUMNS, MAX_ROWS, TableBudget},
};

/// The possible separators of values, in order of preference.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// The size of the sample in which the separator is searched, in bytes.
const SAMPLE_BYTES: usize = 64 << 10;

/// A byte that does not occur in any text: with it as the separator, each line is one value.
const NO_SEPARATOR: u8 = 0xFF;

/// The number of rows that are searched for column names.
const HEAD_ROWS: usize = 24;

/// The records of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Records {
    pub(crate) rows: Vec<Vec<String>>,
    /// The rows that follow a blank line, which is not a row.
    pub(crate) set_apart: Vec<usize>,
}

/// Reads separated values. A text whose names are a single one is one column, whatever commas its lines contain.
pub(crate) fn read(text: &str) -> Result<Records, InvalidTable> {
    // Spreadsheets write, and read, a first line that declares the separator.
    let (separator, text) = match declared_separator(text) {
        Some((separator, rest)) => (Some(separator), rest),
        None => (sniff(text), text),
    };
    let separator = separator.unwrap_or(NO_SEPARATOR);
    let text = literal(text, separator);
    Ok(Records { rows: records(&text, separator, true)?, set_apart: set_apart(text.as_bytes(), separator) })
}

/// The records that follow a blank line.
fn set_apart(bytes: &[u8], separator: u8) -> Vec<usize> {
    let is_end = |place: usize| matches!(bytes.get(place), Some(b'\n' | b'\r'));
    let mut found = Vec::new();
    let mut place = 0;
    for record in 0.. {
        let begin = place;
        while is_end(place) {
            place += 1;
        }
        if place >= bytes.len() {
            break;
        }
        if place > begin && record > 0 {
            found.push(record);
        }
        let mut begins = true;
        while place < bytes.len() && !is_end(place) {
            if begins && bytes[place] == b'"' {
                place = closing_quote(bytes, place).unwrap_or(bytes.len());
            }
            begins = bytes.get(place) == Some(&separator);
            place += 1;
        }
        place += 1 + usize::from(bytes.get(place..place + 2) == Some(b"\r\n"));
    }
    found
}

/// Whether a text has a row of known names with any separator.
pub(crate) fn has_names(text: &str) -> bool {
    declared_separator(text).is_some()
        || SEPARATORS.into_iter().any(|separator| header_row::known_names(&head(text, separator)).is_some())
}

/// The first rows of a text.
fn head(text: &str, separator: u8) -> Vec<Vec<String>> {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    let reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(sample.as_bytes());
    let cells =
        |record: csv::ByteRecord| record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    reader.into_byte_records().map_while(Result::ok).take(HEAD_ROWS).map(cells).collect()
}

/// Quotes cells as a whole that only start with a quotation mark, such as `"red" fox`, because CSV parsers would drop
/// the marks.
fn literal(text: &str, separator: u8) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let ends = |byte: u8| byte == separator || byte == b'\n' || byte == b'\r';
    let mut out = String::new();
    let (mut copied, mut place, mut begins) = (0, 0, true);
    while place < bytes.len() {
        if bytes[place] != b'"' || !begins {
            begins = ends(bytes[place]);
            place += 1;
            continue;
        }
        let opened = place;
        let Some(closed) = closing_quote(bytes, opened) else { break };
        place = closed + 1;
        begins = false;
        if bytes.get(place).is_some_and(|&after| !ends(after)) {
            let end = bytes[opened..].iter().position(|&byte| ends(byte)).map_or(bytes.len(), |end| opened + end);
            out.push_str(&text[copied..opened]);
            out.push('"');
            out.push_str(&text[opened..end].replace('"', "\"\""));
            out.push('"');
            (copied, place) = (end, end);
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// The quotation mark that closes a quoted cell; a doubled one is text.
fn closing_quote(bytes: &[u8], opened: usize) -> Option<usize> {
    let mut place = opened + 1;
    loop {
        place += memchr::memchr(b'"', bytes.get(place..)?)?;
        if bytes.get(place + 1) != Some(&b'"') {
            return Some(place);
        }
        place += 2;
    }
}

/// Reads copied text: tabs between cells, line breaks between rows. Text without tabs is one column, whatever commas it
/// contains.
pub(crate) fn cells(text: &str) -> Result<Vec<Vec<String>>, InvalidTable> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    // Only text that a spreadsheet has quoted is unquoted; in other text quotation marks are ordinary characters.
    let quoted = matches!(scan(text, b'\t', usize::MAX), Scan { sound: true, .. });
    records(text, b'\t', quoted)
}

/// Reads a first line such as `sep=;`.
fn declared_separator(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let separator = line.trim_end().trim_matches('"').strip_prefix("sep=")?;
    match separator.as_bytes() {
        [separator] if separator.is_ascii_punctuation() || *separator == b'\t' => Some((*separator, rest)),
        // The tab itself was trimmed.
        [] => Some((b'\t', rest)),
        _ => None,
    }
}

/// Detects the separator of a text: the one that gives known names, or else the one with which most rows have as many
/// cells as the first. `None` if it is one column.
fn sniff(text: &str) -> Option<u8> {
    let named = SEPARATORS.into_iter().filter_map(|separator| {
        let head = head(text, separator);
        let place = header_row::known_names(&head)?;
        Some((place, Reverse(head[place].len()), separator))
    });
    if let Some((_, Reverse(cells), separator)) = named.min_by_key(|(place, cells, _)| (*place, *cells)) {
        return (cells > 1).then_some(separator);
    }
    // Blank lines do not affect the number of cells per row.
    let ink = text.find(|character: char| !character.is_whitespace()).unwrap_or(0);
    let text = &text[text[..ink].rfind(['\n', '\r']).map_or(0, |end| end + 1)..];
    let best = SEPARATORS
        .into_iter()
        .map(|separator| (separator, scan(text, separator, SAMPLE_BYTES)))
        .filter(|(_, scan)| scan.first > 1 && scan.sound)
        .rev()
        .max_by(|(_, one), (_, other)| (one.alike * other.rows).cmp(&(other.alike * one.rows)));
    // Unbalanced quotation marks are reported when the text is read.
    best.map_or_else(
        || SEPARATORS.into_iter().find(|&separator| scan(text, separator, SAMPLE_BYTES).first > 1),
        |(best, _)| Some(best),
    )
}

/// The statistics of a text with one separator.
struct Scan {
    /// The number of cells of the first row.
    first: usize,
    /// The number of rows.
    rows: usize,
    /// The number of rows with as many cells as the first.
    alike: usize,
    /// Whether every quoted cell is closed.
    sound: bool,
}

fn scan(text: &str, separator: u8, sample: usize) -> Scan {
    let bytes = text.as_bytes();
    let mut scan = Scan { first: 0, rows: 0, alike: 0, sound: true };
    let mut cells = 1;
    let mut place = 0;
    let mut begins = true;
    let mut empty = true;
    let end_row = |cells: usize, scan: &mut Scan| {
        if scan.first == 0 {
            scan.first = cells;
        }
        scan.rows += 1;
        scan.alike += usize::from(cells == scan.first);
    };
    while place < bytes.len() && place < sample {
        let byte = bytes[place];
        place += 1;
        if byte == b'"' && begins {
            // Up to the quotation mark that closes the cell; a doubled one is text.
            loop {
                let Some(next) = memchr::memchr(b'"', &bytes[place..]) else {
                    scan.sound = false;
                    return scan;
                };
                place += next + 1;
                if bytes.get(place) == Some(&b'"') {
                    place += 1;
                } else {
                    break;
                }
            }
            let after = bytes.get(place);
            scan.sound &= after.is_none_or(|&after| after == separator || after == b'\n' || after == b'\r');
            (begins, empty) = (false, false);
        } else if byte == separator {
            cells += 1;
            (begins, empty) = (true, false);
        } else if byte == b'\n' || byte == b'\r' {
            if !empty {
                end_row(cells, &mut scan);
            }
            (cells, begins, empty) = (1, true, true);
        } else {
            (begins, empty) = (false, false);
        }
    }
    if !empty && place >= bytes.len() {
        end_row(cells, &mut scan);
    }
    scan
}

fn records(text: &str, separator: u8, quoting: bool) -> Result<Vec<Vec<String>>, InvalidTable> {
    if quoting && let Some(place) = open_quote(text, separator) {
        let line = 1 + text[..place].bytes().filter(|&byte| byte == b'\n').count();
        return Err(InvalidTable::UnclosedQuote { line });
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .quoting(quoting)
        .from_reader(text.as_bytes());
    let mut budget = TableBudget::default();
    let mut records = Vec::new();
    let mut record = csv::ByteRecord::new();
    // Reading from memory cannot fail.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        // The row of names does not count.
        if records.len() > MAX_ROWS {
            return Err(InvalidTable::TooManyRows);
        }
        let mut row = Vec::with_capacity(record.len().min(MAX_COLUMNS));
        for (column, cell) in record.iter().enumerate() {
            budget.cell(records.len(), column, cell.len())?;
            row.push(unguarded(String::from_utf8_lossy(cell).into_owned()));
        }
        records.push(row);
    }
    Ok(records)
}

/// The position of a quotation mark whose cell is never closed.
fn open_quote(text: &str, separator: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut place = 0;
    let mut begins = true;
    while place < bytes.len() {
        let byte = bytes[place];
        if byte == b'"' && begins {
            match closing_quote(bytes, place) {
                Some(closed) => place = closed,
                None => return Some(place),
            }
            begins = false;
        } else {
            begins = byte == separator || byte == b'\n' || byte == b'\r';
        }
        place += 1;
    }
    None
}

/// Cells in the clipboard format of spreadsheets: quoted only if necessary.
pub(crate) fn copied<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> String {
    let mut out = String::new();
    for row in rows {
        for (index, cell) in row.as_ref().iter().enumerate() {
            if index > 0 {
                out.push('\t');
            }
            let cell = guarded(cell);
            if cell.contains(['\t', '\n', '\r', '"']) {
                out.push('"');
                out.push_str(&cell.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&cell);
            }
        }
        out.push('\n');
    }
    out
}

/// Quotes every cell, so that no reader has to guess.
pub(crate) fn write<'a>(rows: impl Iterator<Item = &'a [String]>) -> String {
    let mut out = String::from("\u{FEFF}");
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push('"');
            for (index, piece) in guarded(cell).split('"').enumerate() {
                if index > 0 {
                    out.push_str("\"\"");
                }
                out.push_str(piece);
            }
            out.push('"');
        }
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        read(text).unwrap().rows
    }

    #[test]
    fn delimiters_are_detected() {
        for text in ["a,b\n1,2;3", "a;b\n1;2,5\n3;4", "a\tb\n1, 2\t3", "a|b\n1|2", "sep=;\na,x;b\n1;2", "a , b\r1,2\r"]
        {
            let read = rows(text);
            assert!(read.iter().all(|row| row.len() == 2), "{text:?}: {read:?}");
        }
        assert_eq!(rows("prompt\na fox; in snow, at dawn").len(), 2);
        assert_eq!(rows("prompt\na fox; in snow")[1], ["a fox; in snow"]);
        assert_eq!(rows("\"a\",\"b;c\"\n\"1\",\"2;3\"")[0], ["a", "b;c"]);
        assert_eq!(rows("name;price\nx;1,5\ny;2,5")[1], ["x", "1,5"]);
    }

    #[test]
    fn quotation_marks_protect_their_content() {
        assert_eq!(rows("a,b\n\"x, \"\"y\"\"\nz\",2")[1], ["x, \"y\"\nz", "2"]);
        assert_eq!(rows("a,b\n5\" pipe,2")[1], ["5\" pipe", "2"], "a mark inside a cell is text");
        assert_eq!(
            read("a,b\n1,2\n\"x,2\n3,4\n"),
            Err(InvalidTable::UnclosedQuote { line: 3 }),
            "the rest is not swallowed"
        );
    }

    #[test]
    fn pasted_cells_keep_literal_quotation_marks() {
        assert_eq!(cells("\"x\ny\"\t2\r\n3\t4").unwrap(), [["x\ny", "2"], ["3", "4"]]);
        assert_eq!(cells("\"hello\" she said\n\"and\n").unwrap(), [["\"hello\" she said"], ["\"and"]]);
        assert_eq!(cells("a, b; c").unwrap(), [["a, b; c"]]);
    }

    #[test]
    fn single_column_stays_single() {
        for (text, lines) in [
            (
                "prompt\na fox, in snow, at dawn\nan owl, on a branch\n",
                &["a fox, in snow, at dawn", "an owl, on a branch"][..],
            ),
            ("Prompt\r\n\"a fox, in snow\"\r\na fox; at dawn\ta|b\r\n", &["a fox, in snow", "a fox; at dawn\ta|b"]),
            ("提示詞\n\"red\" fox, \"big\"\n5\" pipe, old\n", &["\"red\" fox, \"big\"", "5\" pipe, old"]),
            ("prompt\n\"two\nlines, \"\"quoted\"\"\"\nx,y\n", &["two\nlines, \"quoted\"", "x,y"]),
            ("animal\nfox, red\nowl; white\n", &["fox, red", "owl; white"]),
            ("prompt\nsize, model\nseed; n\n", &["size, model", "seed; n"]),
        ] {
            let expected: Vec<Vec<String>> = lines.iter().map(|line| vec![(*line).to_owned()]).collect();
            assert_eq!(rows(text)[1..], expected, "{text:?}");
        }
        assert_eq!(read("prompt\n\"a fox, in snow\nan owl"), Err(InvalidTable::UnclosedQuote { line: 2 }));
    }

    #[test]
    fn blank_lines_separate_rows_and_are_not_rows() {
        for text in
            ["a,b\n1,2\n\n3,4\n5,6\n", "a,b\r\n1,\"2\n\n\"\r\n\r\n\r\n3,4\r\n5,6\r\n\r\n", "\n\na,b\r1,2\r\r3,4\r5,6"]
        {
            let read = read(text).unwrap();
            assert_eq!((read.rows.len(), read.set_apart), (4, vec![2]), "{text:?}");
        }
    }

    #[test]
    fn header_row_determines_the_delimiter() {
        assert_eq!(
            rows("prompt;seed\na fox, in snow, at dawn;1\nan owl, white;2")[1],
            ["a fox, in snow, at dawn", "1"]
        );
        assert_eq!(rows("Campaign, Q4\n\nprompt\tseed\tn\na, b\t1\t2")[1], ["prompt", "seed", "n"]);
        assert_eq!(rows("prompt,seed\na;b;c;d,1\ne;f;g;h,2")[1], ["a;b;c;d", "1"]);
        assert_eq!(
            rows("seed,prompt\n1,a fox, in snow")[1],
            ["1", "a fox", " in snow"],
            "the surplus cell is reported with its row"
        );
    }

    #[test]
    fn quotation_marks_inside_a_cell_are_text() {
        assert_eq!(rows("prompt,seed\n\"red\" fox,7\n\"a, b\",8")[1..], [["\"red\" fox", "7"], ["a, b", "8"]]);
        assert_eq!(rows("prompt,seed\n\"say \"\"hi\"\"\" now,7")[1], ["\"say \"\"hi\"\"\" now", "7"]);
    }
}
