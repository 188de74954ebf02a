//! Prompt sheets: tables whose rows are jobs and whose columns are the prompt, parameters, or variables of a prompt
//! template. Pure: bytes come in, tables, jobs and errors go out.
//!
//! [`Table::read`] reads CSV and its relatives, workbooks and JSON lines; [`Table::pasted`] reads the clipboard format
//! of spreadsheets. One row contains the names of the columns, and the name of a column determines its purpose, see
//! [`Column`], so a table has the same meaning in every format. [`Headings`] parses the names once, then each row
//! becomes a [`RowJob`].
//!
//! [`TableReading`] tells how a file was read: its encoding, and the lines that are not part of the table.
//!
//! No file can take unbounded memory: see [`MAX_FILE_BYTES`] and the limits beside it.

mod cell_error;
mod cells;
mod columns;
mod formats;
mod limits;
mod row_job;
mod table;
mod text_encoding;

pub use cell_error::{CellError, CellFault, MAX_PROMPTS_PER_ROW};
pub use cells::{guarded, is_blank};
pub use columns::{Column, SheetField};
pub use formats::{DetectedBy, DetectedEncoding};
pub use limits::{InvalidTable, MAX_CELL_BYTES, MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, MAX_TEXT_BYTES};
pub use row_job::{Headings, RowJob, SheetDefaults};
pub use table::{Table, TableFormat, TableReading};
pub use text_encoding::{TextEncoding, UnknownEncoding};
