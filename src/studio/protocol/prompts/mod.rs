//! Data about prompt sheets.

mod sheet_export;
mod table_file;

pub use sheet_export::{SheetExportOptions, SheetExportReport};
pub use table_file::{TableError, TableFile};
