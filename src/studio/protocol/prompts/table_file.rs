//! A table that was read from a file.

use std::{path::PathBuf, sync::Arc};

use crate::{
    error_chain::Cause,
    prompt::sheet::{NotATable, RecognizedBy, TableReading},
};

/// A table that was read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// The file's name.
    pub file: String,
    /// The same without its ending.
    pub name: String,
    /// The folder that it is in.
    pub folder: Option<PathBuf>,
    /// The table that is in it, and how it was read.
    pub reading: TableReading,
    /// Rows that cannot be sent as they are in the file, whatever else is asked for.
    pub unusable_rows: usize,
    /// What is in it, to be read in another encoding.
    pub(in crate::studio) bytes: Arc<[u8]>,
}

impl TableFile {
    /// Whether a person should look at it before it is opened: its encoding is a guess, or some of it was not read.
    pub fn is_doubtful(&self) -> bool {
        let guessed = self.reading.recognition.is_some_and(|recognition| recognition.by == RecognizedBy::Guess);
        guessed || !self.reading.left_out.is_empty() || !self.reading.other_sheets.is_empty()
    }
}

/// Why a file gives no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// It cannot be read; what the system said.
    #[error("{0}")]
    Unreadable(#[source] Cause),
    /// It is no table.
    #[error(transparent)]
    NotATable(#[from] NotATable),
}
