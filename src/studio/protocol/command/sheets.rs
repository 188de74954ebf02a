//! Commands about prompt sheets.

use std::{path::PathBuf, sync::Arc};

use crate::{
    prompt::sheet::TextEncoding,
    recipe::{RowId, Sheet, SheetId},
    studio::protocol::prompts::{SheetExportOptions, TableFile},
};

/// Loads, saves and runs prompt sheets.
#[derive(Clone, Debug)]
pub enum SheetCommand {
    /// Send the list of saved sheets.
    List,
    /// Send a saved sheet.
    Open(SheetId),
    /// Remove a sheet from the list.
    Remove(SheetId),
    /// Put a removed sheet back into the list.
    Restore(SheetId),
    /// Save a sheet as it is now.
    Save(Arc<Sheet>),
    /// Send the requests that the rows of a sheet expand to.
    Plan {
        /// The sheet.
        sheet: Arc<Sheet>,
        /// Increases with each command, so that an outdated result can be recognized.
        revision: u64,
    },
    /// Send the images of a sheet's rows.
    LoadImages(SheetId),
    /// Queue the requests of these rows.
    Generate {
        /// The sheet, which is saved first.
        sheet: Arc<Sheet>,
        /// The rows.
        rows: Vec<RowId>,
    },
    /// Let the person choose a file with a table in a dialog, and send its content.
    PickTable,
    /// Send the table in a file.
    ReadTable {
        /// The file.
        path: PathBuf,
        /// The encoding of its text; `None` to detect it.
        encoding: Option<TextEncoding>,
    },
    /// Decode a file that was read before with another text encoding, and send its table.
    DecodeTable(Arc<TableFile>, TextEncoding),
    /// Let the person choose a file in a save dialog, and write the cells of a sheet to it.
    SaveTable(Arc<Sheet>),
    /// Send what is wrong with the file name template of an export, if anything.
    CheckExport(SheetExportOptions),
    /// Write the images of a sheet's rows and a table of them.
    Export(SheetExportOptions),
}
