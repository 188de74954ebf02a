//! Tables in Office Open XML workbooks.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, SheetVisible, Xlsx, XlsxError};

use super::{Budget, LARGEST_FILE, NotATable};

/// The parts of a workbook that are read unpack to no more than this, in bytes.
const LARGEST_UNPACKED: u64 = 2 * LARGEST_FILE as u64;

/// Minutes of a day, by which spreadsheets keep times as fractions.
const DAY: f64 = 24.0 * 60.0;

/// Reads the first visible sheet that has anything in it.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Vec<String>>, NotATable> {
    weigh(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| bad(&error))?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    for name in names {
        let rows = sheet(&mut workbook, &name)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Err(NotATable::Empty)
}

fn bad(error: &XlsxError) -> NotATable {
    NotATable::BadWorkbook { reason: error.to_string() }
}

/// Unpacks every part that will be read, to see that it is not a bomb: what an archive says of its sizes can be a lie.
fn weigh(bytes: &[u8]) -> Result<(), NotATable> {
    let broken = |error: &dyn std::fmt::Display| NotATable::BadWorkbook { reason: error.to_string() };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut left = LARGEST_UNPACKED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| broken(&error))?;
        // Pictures in a workbook stay packed.
        let name = part.name().map_err(|error| broken(&error))?.to_ascii_lowercase();
        if ![".xml", ".rels"].iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|error| broken(&error))?;
        left = left.checked_sub(unpacked).ok_or(NotATable::TooLarge)?;
    }
    Ok(())
}

/// Reads cell by cell: a sheet with one cell in its last corner would not fit into memory otherwise.
fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Vec<String>>, NotATable> {
    let mut reader = match workbook.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        // A sheet of charts has no cells.
        Err(XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_)) => return Ok(Vec::new()),
        Err(error) => return Err(bad(&error)),
    };
    let mut budget = Budget::default();
    let mut rows: Vec<Vec<String>> = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(|error| bad(&error))? {
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        // A cell that only has a colour is none.
        let Some(text) = text(cell.get_value()) else { continue };
        budget.cell(row, column, text.len())?;
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        if rows[row].len() <= column {
            rows[row].resize(column + 1, String::new());
        }
        rows[row][column] = text;
    }
    Ok(rows)
}

/// A value as a person wrote it.
fn text(value: &DataRef<'_>) -> Option<String> {
    let text = match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        // Who writes 16:9 into a spreadsheet finds that it has become a time of day.
        DataRef::DateTime(time) => {
            let minutes = (time.as_f64() * DAY).round();
            if (0.0..1000.0 * DAY).contains(&minutes) && (time.as_f64() < 1.0 || time.is_duration()) {
                format!("{}:{:02}", minutes as u64 / 60, minutes as u64 % 60)
            } else {
                let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
                let date = format!("{year:04}-{month:02}-{day:02}");
                if hour == 0 && minute == 0 { date } else { format!("{date} {hour:02}:{minute:02}") }
            }
        }
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    use super::*;
    use crate::prompt::sheet::{MOST_COLUMNS, Table};

    /// A workbook as spreadsheets write it, with two sheets: an empty one, and one of these rows.
    fn workbook(rows: &str, strings: &str) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006";
        let parts = [
            (
                "[Content_Types].xml",
                format!(
                    "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Empty\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"Jobs\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet2.xml\"/><Relationship Id=\"rId3\" Type=\"{office}/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId4\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/styles.xml",
                format!(
                    "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"20\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
                ),
            ),
            ("xl/sharedStrings.xml", format!("<sst xmlns=\"{main}\">{strings}</sst>")),
            ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData/></worksheet>")),
            (
                "xl/worksheets/sheet2.xml",
                format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
            ),
        ];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, text) in parts {
            zip.start_file(name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn table(rows: &str, strings: &str) -> Result<Table, NotATable> {
        Table::read(&workbook(rows, strings), "jobs.xlsx")
    }

    #[test]
    fn a_workbook_is_read_as_it_looks() {
        let strings = "<si><t>prompt</t></si><si><t>海上的日落\n&amp; more</t></si>";
        let rows = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>aspect</t></is></c>\
                    <c r=\"C2\" t=\"str\"><v>seed</v></c><c r=\"D2\" t=\"str\"><v>day</v></c></row>\
                    <row r=\"3\"><c r=\"A3\" t=\"s\"><v>1</v></c><c r=\"B3\" s=\"1\"><v>0.6729166666666667</v></c>\
                    <c r=\"C3\"><v>42</v></c><c r=\"D3\" s=\"2\"><v>45943</v></c></row>\
                    <row r=\"4\"><c r=\"C4\"><v>0.5</v></c><c r=\"XFD4\" s=\"1\"/></row>";
        let table = table(rows, strings).unwrap();
        assert_eq!(table.columns(), ["prompt", "aspect", "seed", "day"]);
        assert_eq!(table.rows()[0], ["海上的日落\n& more", "16:09", "42", "2025-10-13"]);
        assert_eq!(table.rows()[1], ["", "", "0.5", ""]);
    }

    #[test]
    fn no_workbook_takes_unbounded_memory() {
        let corner =
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>";
        assert_eq!(table(corner, ""), Err(NotATable::TooManyRows));
        let side = format!("<row r=\"1\"><c r=\"XFD1\"><v>{MOST_COLUMNS}</v></c></row>");
        assert_eq!(table(&side, ""), Err(NotATable::TooManyColumns));
        let bomb = " ".repeat(LARGEST_UNPACKED as usize);
        assert_eq!(table(&bomb, ""), Err(NotATable::TooLarge));
        // A long text that every cell refers to.
        let text = format!("<si><t>{}</t></si>", "x".repeat(super::super::LONGEST_CELL));
        let cells: String = (1..2000).map(|_| "<row><c t=\"s\"><v>0</v></c></row>").collect();
        assert_eq!(table(&cells, &text), Err(NotATable::TooLarge));
    }

    #[test]
    fn a_broken_workbook_is_said_to_be_one() {
        let whole = workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", "");
        assert!(matches!(Table::read(&whole[..whole.len() / 2], "a.xlsx"), Err(NotATable::BadWorkbook { .. })));
        assert!(matches!(Table::read(b"PK\x03\x04nothing", "a.xlsx"), Err(NotATable::BadWorkbook { .. })));
        assert_eq!(table("", ""), Err(NotATable::Empty));
    }
}
