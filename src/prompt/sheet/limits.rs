//! Limits on tables, and the reasons why bytes are not a table.

use crate::error_chain::Cause;

use super::text_encoding::TextEncoding;

/// The largest file that is read, in bytes. Workbooks may decompress to twice this size.
pub const MAX_FILE_BYTES: usize = 32 << 20;
/// The number of rows of a table at most.
pub const MAX_ROWS: usize = 20_000;
/// The number of columns of a table at most.
pub const MAX_COLUMNS: usize = 200;
/// The size of the text of a cell at most, in bytes: more than any model accepts.
pub const MAX_CELL_BYTES: usize = 64 << 10;
/// The size of all texts of a table together at most, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 << 20;

/// The reason why bytes are not a table. Lines and rows count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTable {
    /// It is empty.
    #[error("there is nothing in it")]
    Empty,
    /// It is not text in any encoding that is detected.
    #[error("it is not text; save it as “CSV UTF-8”")]
    NotText,
    /// It is not text in the chosen encoding.
    #[error("it is not text in {0}")]
    WrongEncoding(TextEncoding),
    /// It is larger than [`MAX_FILE_BYTES`], or decompresses to more than is allowed.
    #[error("it is too large")]
    TooLarge,
    /// It has more than [`MAX_ROWS`] rows.
    #[error("it has more than {MAX_ROWS} rows")]
    TooManyRows,
    /// It has more than [`MAX_COLUMNS`] columns.
    #[error("it has more than {MAX_COLUMNS} columns")]
    TooManyColumns,
    /// A cell is longer than [`MAX_CELL_BYTES`].
    #[error("the cell in row {row}, column {column}, is too long")]
    CellTooLong {
        /// The row, counting that of the names.
        row: usize,
        /// The column.
        column: usize,
    },
    /// A quoted value is not closed.
    #[error("the quotation mark on line {line} is never closed")]
    UnclosedQuote {
        /// The line of its opening quotation mark.
        line: usize,
    },
    /// A line is not a JSON object.
    #[error("line {line} is no JSON object: {reason}")]
    NotJson {
        /// The line.
        line: usize,
        /// The error.
        #[source]
        reason: Cause,
    },
    /// It is a workbook in another format than Office Open XML.
    #[error("it is a workbook in another format; save it as XLSX or “CSV UTF-8”")]
    OtherWorkbook,
    /// It is a workbook that cannot be read.
    #[error("the workbook cannot be read: {reason}")]
    BadWorkbook {
        /// The error.
        #[source]
        reason: Cause,
    },
}

/// Checks that the table stays within the limits while it is read.
#[derive(Default)]
pub(super) struct TableBudget {
    text: usize,
}

impl TableBudget {
    /// Counts a cell, with its row and column from 0.
    pub(super) fn cell(&mut self, row: usize, column: usize, length: usize) -> Result<(), InvalidTable> {
        if row > MAX_ROWS {
            return Err(InvalidTable::TooManyRows);
        }
        if column >= MAX_COLUMNS {
            return Err(InvalidTable::TooManyColumns);
        }
        if length > MAX_CELL_BYTES {
            return Err(InvalidTable::CellTooLong { row: row + 1, column: column + 1 });
        }
        self.text += length;
        if self.text > MAX_TEXT_BYTES { Err(InvalidTable::TooLarge) } else { Ok(()) }
    }
}
