//! Limits on tables, and why bytes are not a table.

use crate::error_chain::Cause;

use super::text_encoding::TextEncoding;

/// Larger files are not read, in bytes; neither are workbooks that unpack to more than twice this.
pub const MAX_FILE_BYTES: usize = 32 << 20;
/// A table has at most so many rows.
pub const MAX_ROWS: usize = 20_000;
/// A table has at most so many columns.
pub const MAX_COLUMNS: usize = 200;
/// A cell's text has at most so many bytes: more than any model reads.
pub const MAX_CELL_BYTES: usize = 64 << 10;
/// The texts of a table have at most so many bytes together.
pub const MAX_TEXT_BYTES: usize = 64 << 20;

/// Why bytes are no table. Lines and rows count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotATable {
    /// There is nothing in it.
    #[error("there is nothing in it")]
    Empty,
    /// It is no text in any encoding that is recognized.
    #[error("it is not text; save it as “CSV UTF-8”")]
    NotText,
    /// It is no text in the encoding that was chosen.
    #[error("it is not text in {0}")]
    NotIn(TextEncoding),
    /// It is larger than [`MAX_FILE_BYTES`], or unpacks to more than may be.
    #[error("it is too large")]
    TooLarge,
    /// It has more than [`MAX_ROWS`].
    #[error("it has more than {MAX_ROWS} rows")]
    TooManyRows,
    /// It has more than [`MAX_COLUMNS`].
    #[error("it has more than {MAX_COLUMNS} columns")]
    TooManyColumns,
    /// A cell is longer than [`MAX_CELL_BYTES`].
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
        #[source]
        reason: Cause,
    },
    /// It is a workbook in another format than Office Open XML.
    #[error("it is a workbook in another format; save it as XLSX or “CSV UTF-8”")]
    OtherWorkbook,
    /// It is no workbook that can be read.
    #[error("the workbook cannot be read: {reason}")]
    BadWorkbook {
        /// What is wrong with it.
        #[source]
        reason: Cause,
    },
}

/// Watches that what is read stays within the limits.
#[derive(Default)]
pub(super) struct Budget {
    text: usize,
}

impl Budget {
    /// Takes a cell, by its row and column from 0.
    pub(super) fn cell(&mut self, row: usize, column: usize, length: usize) -> Result<(), NotATable> {
        if row > MAX_ROWS {
            return Err(NotATable::TooManyRows);
        }
        if column >= MAX_COLUMNS {
            return Err(NotATable::TooManyColumns);
        }
        if length > MAX_CELL_BYTES {
            return Err(NotATable::CellTooLong { row: row + 1, column: column + 1 });
        }
        self.text += length;
        if self.text > MAX_TEXT_BYTES { Err(NotATable::TooLarge) } else { Ok(()) }
    }
}
