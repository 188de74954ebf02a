//! A prompt sheet: a table whose rows are requests, and the settings of all rows.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use super::recipe::Recipe;
use crate::recipe::values::{RowId, SheetId};

/// A prompt sheet. The name of a column tells its meaning, as in a table file, so that sheets do not depend on the
/// language.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// ID.
    pub id: SheetId,
    /// Settings of all rows.
    pub head: SheetHead,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Arc<SheetRow>>,
}

/// Settings of all rows of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SheetHead {
    /// Name.
    pub name: String,
    /// Prompt template of rows without a prompt; `$name` stands for the row's cell in the column `name`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub template: String,
    /// Names of the styles of all rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// Default recipe of the rows.
    pub base: Recipe,
    /// The folder of the imported table file; relative paths in rows are below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
}

/// A row of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetRow {
    /// ID, which does not change when the row is moved.
    pub id: RowId,
    /// The cells.
    pub cells: Vec<String>,
}

/// The entry of a sheet in the list of sheets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetSummary {
    /// ID.
    pub id: SheetId,
    /// Name.
    pub name: String,
    /// Number of rows.
    pub rows: usize,
    /// Time of the last change.
    pub changed: jiff::Timestamp,
}

impl Sheet {
    /// The index of a row.
    pub fn place(&self, row: RowId) -> Option<usize> {
        self.rows.iter().position(|known| known.id == row)
    }
}
