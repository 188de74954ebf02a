//! Tables in Office Open XML workbooks.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{Cursor, Read as _},
};

use calamine::{DataRef, Reader as _, SheetVisible, Xlsx, XlsxCellReader, XlsxError, XlsxFormulaMetadata};

use crate::{
    error_chain::Cause,
    prompt::sheet::{
        cells::unusable_cells,
        columns::{Column, header_row},
        limits::{InvalidTable, MAX_FILE_BYTES, TableBudget},
    },
};

/// The decompressed size at most of the parts of a workbook that are read, in bytes.
const MAX_UNPACKED_BYTES: u64 = 2 * MAX_FILE_BYTES as u64;

/// The minutes of a day. Spreadsheets store times as fractions of a day.
const MINUTES_PER_DAY: f64 = 24.0 * 60.0;

/// The contents of a workbook.
#[derive(Debug, Default)]
pub(crate) struct WorkbookContents {
    /// The rows of the sheet that was read.
    pub(crate) rows: Vec<Vec<String>>,
    /// Other visible sheets that are not empty.
    pub(crate) others: Vec<String>,
}

/// Reads a visible sheet: the first one with a prompt column, or else the first one that is not empty.
pub(crate) fn read(bytes: &[u8]) -> Result<WorkbookContents, InvalidTable> {
    check_unpacked_size(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(bad)?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut chosen: Option<(usize, Vec<Vec<String>>, bool)> = None;
    let mut full = Vec::new();
    for name in names {
        // Errors in a sheet that is not read do not matter.
        let rows = match sheet(&mut workbook, &name) {
            Ok(rows) => rows,
            Err(_) if chosen.is_some() => Vec::new(),
            Err(error) => return Err(error),
        };
        if rows.is_empty() {
            continue;
        }
        let is_named = header_row::known_names(&rows)
            .is_some_and(|place| rows[place].iter().any(|cell| Column::of(cell) == Column::Prompt));
        if chosen.as_ref().is_none_or(|(_, _, named)| is_named && !named) {
            chosen = Some((full.len(), rows, is_named));
        }
        full.push(name);
    }
    let (place, rows, _) = chosen.ok_or(InvalidTable::Empty)?;
    full.remove(place);
    Ok(WorkbookContents { rows, others: full })
}

fn bad(error: impl std::error::Error + Send + Sync + 'static) -> InvalidTable {
    InvalidTable::BadWorkbook { reason: Cause::new(error) }
}

/// Decompresses every part that will be read, to detect bombs, because the sizes that an archive declares can be wrong.
fn check_unpacked_size(bytes: &[u8]) -> Result<(), InvalidTable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(bad)?;
    let mut left = MAX_UNPACKED_BYTES;
    let mut is_office = false;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(bad)?;
        // Images in a workbook are not decompressed.
        let name = part.name().map_err(bad)?.to_ascii_lowercase();
        is_office |= name.starts_with("xl/");
        if ![".xml", ".rels"].iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(bad)?;
        left = left.checked_sub(unpacked).ok_or(InvalidTable::TooLarge)?;
    }
    if is_office { Ok(()) } else { Err(InvalidTable::OtherWorkbook) }
}

/// The rows of a sheet so far.
#[derive(Default)]
struct RowCollector {
    rows: Vec<Vec<String>>,
    budget: TableBudget,
}

impl RowCollector {
    fn put(&mut self, (row, column): (u32, u32), text: String) -> Result<(), InvalidTable> {
        let (row, column) = (row as usize, column as usize);
        self.budget.cell(row, column, text.len())?;
        if self.rows.len() <= row {
            self.rows.resize(row + 1, Vec::new());
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
        Ok(())
    }
}

/// Reads cell by cell, because a sheet with one cell in its last corner would not fit into memory otherwise.
fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Vec<String>>, InvalidTable> {
    let mut gathered = RowCollector::default();
    let mut shared: BTreeMap<usize, String> = BTreeMap::new();
    // Error values that the reader does not know, with their positions.
    let mut unknown = VecDeque::new();
    let Some(mut reader) = cells(workbook, name)? else { return Ok(Vec::new()) };
    for place in 0_usize.. {
        let cell = match reader.next_cell_with_formula_metadata() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            Err(XlsxError::CellError(error)) => {
                unknown.push_back((place, error));
                continue;
            }
            Err(error) => return Err(bad(error)),
        };
        let text = match (&cell.value, cell.formula) {
            // A formula that was never calculated is kept as text, because it is neither a value nor empty.
            (DataRef::Empty, Some(formula)) => Some(formula_text(formula, &mut shared)),
            (value, Some(XlsxFormulaMetadata::Shared { shared_index, formula, .. })) => {
                shared.insert(shared_index, formula);
                text(value)
            }
            // A cell that has only a format is empty.
            (value, _) => text(value),
        };
        if let Some(text) = text {
            gathered.put(cell.pos, text)?;
        }
    }
    if unknown.is_empty() {
        return Ok(gathered.rows);
    }
    // Reads the sheet again only for the positions.
    drop(reader);
    let Some(mut reader) = cells(workbook, name)? else { return Ok(gathered.rows) };
    for place in 0_usize.. {
        let Some(cell) = reader.next_formula().map_err(bad)? else { break };
        match unknown.pop_front() {
            Some((at, error)) if at == place => gathered.put(cell.get_position(), error)?,
            Some(later) => unknown.push_front(later),
            None => break,
        }
    }
    Ok(gathered.rows)
}

/// The cell reader of a sheet; `None` for a chart sheet.
fn cells<'a, 'b>(
    workbook: &'a mut Xlsx<Cursor<&'b [u8]>>,
    name: &str,
) -> Result<Option<XlsxCellReader<'a, Cursor<&'b [u8]>>>, InvalidTable> {
    match workbook.worksheet_cells_reader(name) {
        Ok(reader) => Ok(Some(reader)),
        Err(XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_)) => Ok(None),
        Err(error) => Err(bad(error)),
    }
}

/// The text of a formula. Cells that share one contain only its number, except for the first of them.
fn formula_text(formula: XlsxFormulaMetadata, shared: &mut BTreeMap<usize, String>) -> String {
    let written = match formula {
        XlsxFormulaMetadata::Normal { formula } => formula,
        XlsxFormulaMetadata::Shared { shared_index, formula, .. } => {
            shared.insert(shared_index, formula.clone());
            formula
        }
        XlsxFormulaMetadata::SharedDerived { shared_index } => shared.get(&shared_index).cloned().unwrap_or_default(),
        _ => String::new(),
    };
    let written = written.trim().trim_start_matches('=');
    format!("={}", if unusable_cells::is_formula(&format!("={written}")) { written } else { "?" })
}

/// A value as the user typed it.
fn text(value: &DataRef<'_>) -> Option<String> {
    let text = match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        // Spreadsheets convert a typed 16:9 to a time of day.
        DataRef::DateTime(time) => {
            let minutes = (time.as_f64() * MINUTES_PER_DAY).round();
            if (0.0..1000.0 * MINUTES_PER_DAY).contains(&minutes) && (time.as_f64() < 1.0 || time.is_duration()) {
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
    use crate::prompt::sheet::{
        limits::MAX_COLUMNS,
        row_job::Headings,
        table::{Table, TableReading},
    };

    /// A workbook as spreadsheets write it, with two sheets: an empty one, and one of these rows.
    fn workbook(rows: &str, strings: &str) -> Vec<u8> {
        workbook_of(&[("Empty", "visible", String::new()), ("Jobs", "visible", rows.to_owned())], strings)
    }

    /// A workbook of sheets, each with its name, its state and its rows.
    fn workbook_of(sheets: &[(&str, &str, String)], strings: &str) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006";
        let numbered = || sheets.iter().enumerate().map(|(index, sheet)| (index + 1, sheet));
        let (mut list, mut parts) = (String::new(), String::new());
        for (number, (name, state, _)) in numbered() {
            list.extend([format!(
                "<sheet name=\"{name}\" sheetId=\"{number}\" state=\"{state}\" r:id=\"rId{number}\"/>"
            )]);
            parts.extend([format!(
                "<Relationship Id=\"rId{number}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
            )]);
        }
        let mut files = vec![
            (
                "[Content_Types].xml".to_owned(),
                format!(
                    "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
                ),
            ),
            (
                "_rels/.rels".to_owned(),
                format!(
                    "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/workbook.xml".to_owned(),
                format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{list}</sheets></workbook>"),
            ),
            (
                "xl/_rels/workbook.xml.rels".to_owned(),
                format!(
                    "<Relationships xmlns=\"{package}/relationships\">{parts}<Relationship Id=\"strings\" Type=\"{office}/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"styles\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/styles.xml".to_owned(),
                format!(
                    "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"20\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
                ),
            ),
            ("xl/sharedStrings.xml".to_owned(), format!("<sst xmlns=\"{main}\">{strings}</sst>")),
        ];
        files.extend(numbered().map(|(number, (_, _, rows))| {
            (
                format!("xl/worksheets/sheet{number}.xml"),
                format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
            )
        }));
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, text) in files {
            zip.start_file(name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn table(rows: &str, strings: &str) -> Result<Table, InvalidTable> {
        Table::read(&workbook(rows, strings), "jobs.xlsx")
    }

    #[test]
    fn workbook_values_are_read_as_displayed() {
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
    fn memory_of_a_workbook_is_bounded() {
        let corner =
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>";
        assert_eq!(table(corner, ""), Err(InvalidTable::TooManyRows));
        let side = format!("<row r=\"1\"><c r=\"XFD1\"><v>{MAX_COLUMNS}</v></c></row>");
        assert_eq!(table(&side, ""), Err(InvalidTable::TooManyColumns));
        let bomb = " ".repeat(MAX_UNPACKED_BYTES as usize);
        assert_eq!(table(&bomb, ""), Err(InvalidTable::TooLarge));
        // A long text that every cell refers to.
        let text = format!("<si><t>{}</t></si>", "x".repeat(crate::prompt::sheet::limits::MAX_CELL_BYTES));
        let cells: String = (1..2000).map(|_| "<row><c t=\"s\"><v>0</v></c></row>").collect();
        assert_eq!(table(&cells, &text), Err(InvalidTable::TooLarge));
    }

    #[test]
    fn damaged_workbook_is_reported() {
        let whole = workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", "");
        assert!(matches!(Table::read(&whole[..whole.len() / 2], "a.xlsx"), Err(InvalidTable::BadWorkbook { .. })));
        assert!(matches!(Table::read(b"PK\x03\x04nothing", "a.xlsx"), Err(InvalidTable::BadWorkbook { .. })));
        assert_eq!(table("", ""), Err(InvalidTable::Empty));
    }

    fn text_cell(place: &str, text: &str) -> String {
        format!("<c r=\"{place}\" t=\"str\"><v>{text}</v></c>")
    }

    #[test]
    fn errors_and_formulas_without_results_are_kept() {
        let rows = [
            format!("<row r=\"1\">{}{}</row>", text_cell("A1", "prompt"), text_cell("B1", "seed")),
            "<row r=\"2\"><c r=\"A2\" t=\"str\"><f>\"a \"&amp;\"fox\"</f><v>a fox</v></c></row>".to_owned(),
            "<row r=\"3\"><c r=\"A3\"><f>B3&amp;\" owl\"</f></c><c r=\"B3\" t=\"e\"><v>#N/A</v></c></row>".to_owned(),
            "<row r=\"4\"><c r=\"A4\" t=\"e\"><f>X1</f><v>#SPILL!</v></c><c r=\"B4\"><v>7</v></c></row>".to_owned(),
            "<row r=\"5\"><c r=\"A5\" t=\"e\"><v>#REF!</v></c><c r=\"B5\" t=\"e\"><v>#BLOCKED!</v></c></row>"
                .to_owned(),
            "<row r=\"6\"><c r=\"A6\"><f t=\"shared\" si=\"0\" ref=\"A6:A7\">C6</f><v/></c></row>".to_owned(),
            "<row r=\"7\"><c r=\"A7\"><f t=\"shared\" si=\"0\"/></c></row>".to_owned(),
            "<row r=\"8\"><c r=\"A8\" t=\"str\"><f>IF(B8=1,\"x\",\"\")</f><v></v></c></row>".to_owned(),
            format!("<row r=\"9\">{}</row>", text_cell("A9", "#NV")),
        ];
        let table = table(&rows.concat(), "").unwrap();
        let cells: Vec<[&str; 2]> = table.rows().iter().map(|row| [row[0].as_str(), row[1].as_str()]).collect();
        assert_eq!(
            cells,
            [
                ["a fox", ""],
                ["=B3&\" owl\"", "#N/A"],
                ["#SPILL!", "7"],
                ["#REF!", "#BLOCKED!"],
                ["=C6", ""],
                ["=C6", ""],
                ["", ""],
                ["#NV", ""],
            ]
        );
        let headings = Headings::read(table.columns());
        let faulty: Vec<bool> = table.rows().iter().map(|row| !headings.unusable(row).is_empty()).collect();
        assert_eq!(faulty, [false, true, true, true, true, true, false, true]);
    }

    #[test]
    fn titles_and_merged_headers_are_recognized() {
        let rows = [
            format!("<row r=\"1\">{}</row>", text_cell("A1", "Campaign Q4")),
            format!("<row r=\"3\">{}{}</row>", text_cell("A3", "prompt"), text_cell("C3", "seed")),
            format!("<row r=\"4\">{}{}</row>", text_cell("A4", "a fox"), text_cell("B4", "in snow")),
        ];
        let reading = TableReading::read(&workbook(&rows.concat(), ""), "jobs.xlsx", None).unwrap();
        assert_eq!(reading.left_out, ["Campaign Q4"]);
        assert_eq!(reading.table.columns(), ["prompt", "", "seed"]);
        assert!(!Headings::read(reading.table.columns()).unusable(&reading.table.rows()[0]).is_empty());
    }

    #[test]
    fn prompt_sheet_is_read_and_other_sheets_are_listed() {
        let cell = |text: &str| {
            format!("<row r=\"1\">{}</row><row r=\"2\">{}</row>", text_cell("A1", text), text_cell("A2", "a fox"))
        };
        let sheets = [
            ("Read me", "visible", cell("Campaign")),
            ("Old", "hidden", cell("prompt")),
            ("Jobs", "visible", cell("Prompt")),
        ];
        let reading = TableReading::read(&workbook_of(&sheets, ""), "jobs.xlsx", None).unwrap();
        assert_eq!(
            (reading.table.columns(), reading.other_sheets),
            (&["Prompt".to_owned()][..], vec!["Read me".to_owned()])
        );
    }
}
