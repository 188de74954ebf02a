//! A table that was read from a file.

use std::{path::PathBuf, sync::Arc};

use crate::{
    error_chain::Cause,
    prompt::sheet::{DetectedBy, InvalidTable, TableReading},
};

/// A table that was read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// The file's name.
    pub file: String,
    /// The file's name without extension.
    pub name: String,
    /// The folder of the file.
    pub folder: Option<PathBuf>,
    /// The table, and how it was read.
    pub reading: TableReading,
    /// Number of rows that cannot be sent as they are in the file, whatever the other settings are.
    pub unusable_rows: usize,
    /// Content of the file, to be decoded again with another encoding.
    pub(in crate::studio) bytes: Arc<[u8]>,
}

impl TableFile {
    /// Whether a person should check the table before it is used: its encoding is a guess, or some of it was not read.
    pub fn is_doubtful(&self) -> bool {
        let guessed = self.reading.recognition.is_some_and(|recognition| recognition.by == DetectedBy::Guess);
        guessed || !self.reading.left_out.is_empty() || !self.reading.other_sheets.is_empty()
    }
}

/// Why a table could not be read from a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read, for this reason of the system.
    #[error("{0}")]
    Unreadable(#[source] Cause),
    /// The file does not contain a table.
    #[error(transparent)]
    NotATable(#[from] InvalidTable),
}
