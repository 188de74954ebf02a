//! Texts about problems of prompt sheets and of the files that they are read from.

use crate::{
    prompt::{
        TemplateProblem,
        sheet::{CellFault, InvalidTable, MAX_COLUMNS, MAX_ROWS, TableReading, TextEncoding},
    },
    recipe::replace_invisible_in_name,
    studio::TableError,
};

use super::messages::Text;

impl Text {
    /// What is wrong with a cell or a row.
    pub fn fault(&self, fault: &CellFault) -> String {
        let named = |key: &str, name: &str| self.with(key, [("name", name.into())]);
        match fault {
            CellFault::NoPrompt => self.get("row-fault-no-prompt"),
            CellFault::NoPromptColumn => self.get("row-fault-no-prompt-column"),
            CellFault::SurplusCell(cell) => named("row-fault-surplus", &shortened(cell)),
            CellFault::ErrorValue(cell) => named("row-fault-error-value", cell),
            CellFault::Formula(cell) => named("row-fault-formula", &shortened(cell)),
            CellFault::RepeatedNames => self.get("row-fault-names-again"),
            CellFault::NoModel => self.get("row-fault-no-model"),
            CellFault::DuplicateColumn => self.get("row-fault-twice"),
            CellFault::NotANumber(name) => named("row-fault-not-a-number", name),
            CellFault::NotAnInteger(name) => named("row-fault-not-whole", name),
            CellFault::OutOfRange { least, most } if *most == i64::from(u32::MAX) => {
                self.with("row-fault-below", [("least", (*least).into())])
            }
            CellFault::OutOfRange { least, most } => {
                self.with("row-fault-out-of-range", [("least", (*least).into()), ("most", (*most).into())])
            }
            CellFault::NoProvider(name) => named("row-fault-no-provider", name),
            CellFault::NoReference(name) => named("row-fault-no-reference", name),
            CellFault::NoStyle(name) => named("row-fault-no-style", name),
            CellFault::NotAnAspect(name) => named("row-fault-not-an-aspect", name),
            CellFault::NotASize(name) => named("row-fault-not-a-size", name),
            CellFault::TooManyPrompts(count) => {
                self.with("row-fault-too-many-prompts", [("count", u64::try_from(*count).unwrap_or(u64::MAX).into())])
            }
            CellFault::Template(problem) => self.template_problem(problem),
        }
    }

    /// What is wrong with a template.
    pub fn template_problem(&self, problem: &TemplateProblem) -> String {
        let named = |key: &str, name: &str| self.with(key, [("name", name.into())]);
        match problem {
            TemplateProblem::NoWildcard(name) => named("template-no-wildcard", name),
            TemplateProblem::EmptyWildcard(name) => named("template-empty-wildcard", name),
            TemplateProblem::NoVariable(name) => named("template-no-variable", name),
            TemplateProblem::Circular(name) => named("template-circular", name),
            TemplateProblem::TooDeep => self.get("template-too-deep"),
            TemplateProblem::TooLong => self.get("template-too-long"),
            TemplateProblem::TooMany => self.get("template-too-many"),
        }
    }

    /// Why a file cannot be read as a table.
    pub fn no_table(&self, name: &str, error: &TableError) -> String {
        let why = match error {
            TableError::Unreadable(reason) => self.with("table-unreadable", [("reason", reason.to_string().into())]),
            TableError::NotATable(error) => self.not_a_table(error),
        };
        self.with("table-refused", [("name", name.into()), ("why", why.into())])
    }

    /// Why a text cannot be read as a table.
    pub fn not_a_table(&self, error: &InvalidTable) -> String {
        match error {
            InvalidTable::Empty => self.get("table-empty"),
            InvalidTable::NotText => self.get("table-not-text"),
            InvalidTable::WrongEncoding(encoding) => self.with("table-not-in", [("encoding", encoding.name().into())]),
            InvalidTable::TooLarge => self.get("table-too-large"),
            InvalidTable::TooManyRows => self.with("table-too-many-rows", [("most", MAX_ROWS.into())]),
            InvalidTable::TooManyColumns => self.with("table-too-many-columns", [("most", MAX_COLUMNS.into())]),
            InvalidTable::CellTooLong { row, column } => {
                self.with("table-cell-too-long", [("row", (*row).into()), ("column", (*column).into())])
            }
            InvalidTable::UnclosedQuote { line } => self.with("table-open-quote", [("line", (*line).into())]),
            InvalidTable::NotJson { line, reason } => {
                self.with("table-not-json", [("line", (*line).into()), ("reason", reason.to_string().into())])
            }
            InvalidTable::OtherWorkbook => self.get("table-other-workbook"),
            InvalidTable::BadWorkbook { reason } => {
                self.with("table-bad-workbook", [("reason", reason.to_string().into())])
            }
        }
    }

    /// The name of a text encoding, and where it is used.
    pub fn encoding(&self, encoding: TextEncoding) -> (&'static str, String) {
        let used = match encoding.name() {
            "UTF-8" | "UTF-16LE" | "UTF-16BE" => "encoding-unicode",
            "GBK" | "gb18030" => "encoding-simplified-chinese",
            "Big5" => "encoding-traditional-chinese",
            "Shift_JIS" | "EUC-JP" | "ISO-2022-JP" => "encoding-japanese",
            "EUC-KR" => "encoding-korean",
            "windows-1252" | "macintosh" => "encoding-western-european",
            "windows-1250" => "encoding-central-european",
            "windows-1251" | "KOI8-R" => "encoding-cyrillic",
            "windows-1253" => "encoding-greek",
            "windows-1254" => "encoding-turkish",
            _ => return (encoding.name(), String::new()),
        };
        (encoding.name(), self.get(used))
    }

    /// The parts of a file that were left out of its table, one sentence each.
    pub fn left_out_of_table(&self, reading: &TableReading) -> Vec<String> {
        let mut sentences = Vec::new();
        if !reading.left_out.is_empty() {
            let shown = reading.left_out.iter().take(MAX_NAMED_LINES).map(|line| shortened(line)).collect::<Vec<_>>();
            let facts =
                [("count", reading.left_out.len().into()), ("lines", shown.join(&self.get("list-separator")).into())];
            sentences.push(self.with("table-left-out", facts));
        }
        if !reading.other_sheets.is_empty() {
            let names = reading.other_sheets.join(&self.get("list-separator"));
            let facts = [("count", reading.other_sheets.len().into()), ("names", names.into())];
            sentences.push(self.with("table-other-sheets", facts));
        }
        sentences
    }
}

/// Maximum number of left-out lines that are named.
const MAX_NAMED_LINES: usize = 3;

/// Maximum length of a cell inside a sentence, in characters.
const MAX_CELL_CHARS: usize = 60;

fn shortened(cell: &str) -> String {
    let plain = replace_invisible_in_name(cell);
    match plain.char_indices().nth(MAX_CELL_CHARS) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain.into_owned(),
    }
}
