//! The export of a prompt sheet.

use std::{path::PathBuf, sync::Arc};

use crate::{
    recipe::{ImageId, Sheet},
    studio::protocol::images::ExportFailure,
};

/// The options of an export of a sheet's images.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetExportOptions {
    /// The sheet.
    pub sheet: Arc<Sheet>,
    /// The folder, which is created if it does not exist.
    pub folder: PathBuf,
    /// Template of the file names, without extension. Each column and `{row}` are fields in addition to the usual ones.
    pub template: String,
}

/// The result of an export.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetExportReport {
    /// The images that were written, and their files.
    pub written: Vec<(ImageId, PathBuf)>,
    /// The images that could not be written, and why.
    pub failed: Vec<(ImageId, ExportFailure)>,
    /// The table of the images; `None` if it could not be written.
    pub table: Option<PathBuf>,
}
