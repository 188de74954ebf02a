//! A prompt sheet: a table whose rows are requests, and the settings of all rows.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use super::recipe::Recipe;
use crate::recipe::values::{RowId, SheetId};

/// A prompt sheet. A column's name says what it is for, as in a file; so a sheet is the same wherever it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Which one.
    pub id: SheetId,
    /// What holds for all rows.
    pub head: SheetHead,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Arc<SheetRow>>,
}

/// What holds for all rows of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SheetHead {
    /// What it is called.
    pub name: String,
    /// The prompt of rows that have none of their own; a template, in which `$name` is what the row says in that column.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub template: String,
    /// The styles that are put around prompts, by their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// What rows ask for where they do not say it themselves.
    pub base: Recipe,
    /// The folder of the file that it was read from: where files that rows name are looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
}

/// A row of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetRow {
    /// Its name, which it keeps wherever it is moved.
    pub id: RowId,
    /// What stands in it.
    pub cells: Vec<String>,
}

/// A sheet in the list of those that are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetSummary {
    /// Which one.
    pub id: SheetId,
    /// What it is called.
    pub name: String,
    /// Its number of rows.
    pub rows: usize,
    /// When it was last changed.
    pub changed: jiff::Timestamp,
}

impl Sheet {
    /// Where a row is.
    pub fn place(&self, row: RowId) -> Option<usize> {
        self.rows.iter().position(|known| known.id == row)
    }
}
