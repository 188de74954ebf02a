//! Events about prompt sheets.

use std::{path::PathBuf, sync::Arc};

use crate::{
    composition::RowPlan,
    library::SheetImage,
    prompt::sheet::{CellError, TextEncoding},
    recipe::{RowId, Sheet, SheetId, SheetSummary},
    studio::protocol::{
        images::TemplateError,
        prompts::{SheetExportReport, TableError, TableFile},
    },
};

/// Changes of prompt sheets, and data that was requested for them.
#[derive(Clone, Debug)]
pub enum SheetEvent {
    /// The saved sheets, the one that was changed last first.
    List(Vec<SheetSummary>),
    /// A saved sheet.
    Opened(Arc<Sheet>),
    /// A sheet cannot be read, for this reason of the system.
    OpenFailed(SheetId, String),
    /// The requests that the rows of a sheet expand to, in the order of the rows.
    Plans {
        /// The sheet as it was then.
        sheet: Arc<Sheet>,
        /// The revision that the command carried.
        revision: u64,
        /// One plan for each row.
        plans: Arc<[Arc<RowPlan>]>,
    },
    /// The images of a sheet's rows, the oldest first.
    Images(SheetId, Arc<[SheetImage]>),
    /// Rows that were not queued, and why.
    RowsRejected(SheetId, Vec<(RowId, Vec<CellError>)>),
    /// The table in a file.
    Table(Arc<TableFile>),
    /// The file of this name contains no table.
    TableFailed(String, TableError),
    /// A file that was read before contains no table in another encoding.
    DecodeFailed(TextEncoding, TableError),
    /// The cells of a sheet were written to a file.
    TableSaved(PathBuf),
    /// What is wrong with the file name template of an export.
    ExportChecked(Option<TemplateError>),
    /// Files that an export has written, and all of its files.
    ExportProgress(usize, usize),
    /// An export has ended.
    Exported(SheetExportReport),
}
