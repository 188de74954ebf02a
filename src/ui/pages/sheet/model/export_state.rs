//! What the export dialog of a sheet remembers.

use std::{path::PathBuf, sync::Arc};

use crate::studio::{ExportEvent, SheetEvent, SheetExportOptions, SheetExportReport, export::TemplateError};

use super::open_sheet::OpenSheet;

/// The default template.
const TEMPLATE: &str = "{row:03}_{prompt:24}";

/// The state of the dialog.
#[derive(Debug)]
pub(in crate::ui::pages::sheet) struct SheetExportDialog {
    pub(in crate::ui::pages::sheet) folder: Option<PathBuf>,
    pub(in crate::ui::pages::sheet) template: String,
    /// The template that the studio has checked last, and its error.
    pub(in crate::ui::pages::sheet) asked: Option<String>,
    pub(in crate::ui::pages::sheet) trouble: Option<TemplateError>,
    /// The numbers of written files and of all files while it runs.
    pub(in crate::ui::pages::sheet) progress: Option<(usize, usize)>,
    pub(in crate::ui::pages::sheet) done: Option<SheetExportReport>,
}

impl Default for SheetExportDialog {
    fn default() -> Self {
        Self { folder: None, template: TEMPLATE.to_owned(), asked: None, trouble: None, progress: None, done: None }
    }
}

impl SheetExportDialog {
    /// Folds an event about exports into this state.
    pub(in crate::ui::pages::sheet) fn fold_export(&mut self, event: &ExportEvent) {
        if let ExportEvent::FolderPicked(folder) = event {
            self.folder = Some(folder.clone());
        }
    }

    /// Folds an event about prompt sheets into this state.
    pub(in crate::ui::pages::sheet) fn fold_sheets(&mut self, event: &SheetEvent) {
        match event {
            SheetEvent::ExportChecked(trouble) => self.trouble.clone_from(trouble),
            SheetEvent::ExportProgress(done, total) => self.progress = Some((*done, *total)),
            SheetEvent::Exported(exported) => self.done = Some(exported.clone()),
            SheetEvent::List(_)
            | SheetEvent::Opened(_)
            | SheetEvent::OpenFailed(..)
            | SheetEvent::Plans { .. }
            | SheetEvent::Images(..)
            | SheetEvent::RowsRejected(..)
            | SheetEvent::Table(_)
            | SheetEvent::TableFailed(..)
            | SheetEvent::DecodeFailed(..)
            | SheetEvent::TableSaved(_) => {}
        }
    }

    pub(in crate::ui::pages::sheet) fn order(&self, open: &OpenSheet) -> SheetExportOptions {
        SheetExportOptions {
            sheet: Arc::new(open.document.sheet().clone()),
            folder: self.folder.clone().unwrap_or_default(),
            template: self.template.clone(),
        }
    }
}
