//! The export of a prompt sheet.

use std::{path::PathBuf, sync::Arc};

use crate::{
    recipe::{ImageId, Sheet},
    studio::protocol::images::ExportFailure,
};

/// Where the pictures of a sheet go.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetExport {
    /// The sheet.
    pub sheet: Arc<Sheet>,
    /// The folder; it is made if it is not there.
    pub folder: PathBuf,
    /// Names of the files, without extension. Beside the usual fields, each column and `{row}` can be named.
    pub template: String,
}

/// What an export has done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetExported {
    /// The pictures that were written, and where.
    pub written: Vec<(ImageId, PathBuf)>,
    /// What could not be written.
    pub failed: Vec<(ImageId, ExportFailure)>,
    /// The table beside them; none if it could not be written.
    pub table: Option<PathBuf>,
}
