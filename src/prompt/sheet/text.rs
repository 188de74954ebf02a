//! Tables as text: CSV and its relatives, and what spreadsheets put on the clipboard.

use super::{
    Budget, MOST_ROWS, NotATable, Table,
    formula::{guarded, unguarded},
};

/// What can stand between values; where several fit, the first one counts.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// So much of a text is looked at to find out what stands between its values, in bytes.
const SAMPLE: usize = 64 << 10;

/// Bytes as text: UTF-8, or UTF-16 if they say so or are plainly that.
pub(super) fn decode(bytes: &[u8]) -> Result<String, NotATable> {
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_invalid| NotATable::NotText)
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        [first, 0, ..] if *first != 0 => wide(bytes, u16::from_le_bytes)?,
        [0, first, ..] if *first != 0 => wide(bytes, u16::from_be_bytes)?,
        bytes => utf8(bytes)?,
    };
    // A workbook that is no zip, a picture, a program: no table has such characters.
    if text.contains('\0') { Err(NotATable::NotText) } else { Ok(text) }
}

fn utf8(bytes: &[u8]) -> Result<String, NotATable> {
    str::from_utf8(bytes).map(str::to_owned).map_err(|_invalid| NotATable::NotText)
}

/// Reads separated values.
pub(super) fn read(text: &str) -> Result<Vec<Vec<String>>, NotATable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Spreadsheets write, and heed, a first line that says what stands between the values.
    let (separator, text) = match told(text) {
        Some((separator, rest)) => (separator, rest),
        None => (sniff(text), text),
    };
    records(text, separator, true)
}

/// Reads what was copied: tabs between cells, line breaks between rows. Text without tabs is one column, whatever
/// commas are in it.
pub(super) fn cells(text: &str) -> Result<Vec<Vec<String>>, NotATable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Only what a spreadsheet has quoted is quoted; elsewhere quotation marks are text.
    let quoted = matches!(scan(text, b'\t', usize::MAX), Scan { sound: true, .. });
    records(text, b'\t', quoted)
}

/// A first line such as `sep=;`.
fn told(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let separator = line.trim_end().trim_matches('"').strip_prefix("sep=")?;
    match separator.as_bytes() {
        [separator] if separator.is_ascii_punctuation() || *separator == b'\t' => Some((*separator, rest)),
        // The tab itself was trimmed away.
        [] => Some((b'\t', rest)),
        _ => None,
    }
}

/// What stands between the values of a text: the separator by which most rows have as many cells as the first.
fn sniff(text: &str) -> u8 {
    let best = SEPARATORS
        .into_iter()
        .map(|separator| (separator, scan(text, separator, SAMPLE)))
        .filter(|(_, scan)| scan.first > 1 && scan.sound)
        .rev()
        .max_by(|(_, one), (_, other)| (one.alike * other.rows).cmp(&(other.alike * one.rows)));
    // Broken quotation marks are told of where the text is read.
    best.map_or_else(
        || SEPARATORS.into_iter().find(|&separator| scan(text, separator, SAMPLE).first > 1),
        |(best, _)| Some(best),
    )
    .unwrap_or(SEPARATORS[0])
}

/// How a text looks if this separates its values.
struct Scan {
    /// Cells of the first row.
    first: usize,
    /// Rows that were seen.
    rows: usize,
    /// Rows with as many cells as the first.
    alike: usize,
    /// Whether every quotation mark that opens a cell has one that closes it.
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
            // To the quotation mark that closes the cell; a doubled one is text.
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

fn records(text: &str, separator: u8, quoting: bool) -> Result<Vec<Vec<String>>, NotATable> {
    if quoting && let Some(place) = open_quote(text, separator) {
        let line = 1 + text[..place].bytes().filter(|&byte| byte == b'\n').count();
        return Err(NotATable::OpenQuote { line });
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .quoting(quoting)
        .from_reader(text.as_bytes());
    let mut budget = Budget::default();
    let mut records = Vec::new();
    let mut record = csv::ByteRecord::new();
    // Reading from memory does not fail.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        // The names' row does not count.
        if records.len() > MOST_ROWS {
            return Err(NotATable::TooManyRows);
        }
        let mut row = Vec::with_capacity(record.len().min(super::MOST_COLUMNS));
        for (column, cell) in record.iter().enumerate() {
            budget.cell(records.len(), column, cell.len())?;
            row.push(unguarded(String::from_utf8_lossy(cell).into_owned()));
        }
        records.push(row);
    }
    Ok(records)
}

/// Where a quotation mark opens a cell that is never closed.
fn open_quote(text: &str, separator: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut place = 0;
    let mut begins = true;
    while place < bytes.len() {
        let byte = bytes[place];
        if byte == b'"' && begins {
            let opened = place;
            place += 1;
            loop {
                let Some(next) = memchr::memchr(b'"', &bytes[place..]) else { return Some(opened) };
                place += next + 1;
                if bytes.get(place) != Some(&b'"') {
                    break;
                }
                place += 1;
            }
            begins = false;
            continue;
        }
        begins = byte == separator || byte == b'\n' || byte == b'\r';
        place += 1;
    }
    None
}

/// Cells as spreadsheets put them on the clipboard: quoted only where they must be.
pub(super) fn copied<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> String {
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

/// Every cell is quoted, so that whoever reads it, here or elsewhere, has nothing to guess.
pub(super) fn write(table: &Table) -> String {
    let mut out = String::from("\u{feff}");
    for row in std::iter::once(&table.columns).chain(&table.rows) {
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
        read(text).unwrap()
    }

    #[test]
    fn whatever_stands_between_values_is_found() {
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
    fn quotation_marks_protect_what_they_hold() {
        assert_eq!(rows("a,b\n\"x, \"\"y\"\"\nz\",2")[1], ["x, \"y\"\nz", "2"]);
        assert_eq!(rows("a,b\n5\" pipe,2")[1], ["5\" pipe", "2"], "a mark inside a cell is text");
        assert_eq!(read("a,b\n1,2\n\"x,2\n3,4\n"), Err(NotATable::OpenQuote { line: 3 }), "the rest is not swallowed");
    }

    #[test]
    fn copied_cells_keep_marks_that_no_spreadsheet_wrote() {
        assert_eq!(cells("\"x\ny\"\t2\r\n3\t4").unwrap(), [["x\ny", "2"], ["3", "4"]]);
        assert_eq!(cells("\"hello\" she said\n\"and\n").unwrap(), [["\"hello\" she said"], ["\"and"]]);
        assert_eq!(cells("a, b; c").unwrap(), [["a, b; c"]]);
    }

    #[test]
    fn what_is_no_text_is_said() {
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n"), Err(NotATable::NotText));
        assert_eq!(decode(&[0xb4, 0xa3, 0xa5, 0xdc]), Err(NotATable::NotText), "Big5");
        assert_eq!(decode(b"\xef\xbb\xbfa").as_deref(), Ok("a"));
        let wide: Vec<u8> = "a,海".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide).as_deref(), Ok("a,海"));
    }
}
