//! `atelier generate --sheet`: generates the rows of a table.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use uuid::Uuid;

use crate::{
    cli::{
        args::GenerateArgs, exit_status::ExitStatus, report::Report, request_tracker::RequestTracker,
        session::StudioSession,
    },
    composition::RowPlan,
    prompt::sheet,
    recipe::{BatchRole, ImageId, Recipe, RowId, Sheet, SheetHead, SheetId, SheetRow},
    studio::{
        CardState, Command, Event, GalleryEvent, ImageDetails, Notice, QueueEvent, SheetCommand, SheetEvent,
        SheetExportOptions, export::TemplateError,
    },
};

/// Generates the rows of a table; `base` has the settings that rows do not set themselves.
pub(in crate::cli) fn run(
    handle: &StudioSession,
    arguments: &GenerateArgs,
    base: Recipe,
    path: &Path,
    report: &Report,
) -> ExitStatus {
    let Some(sheet) = read(handle, base, arguments, path, report) else { return ExitStatus::Usage };
    let sheet = Arc::new(sheet);
    if let Some(trouble) =
        arguments.out.as_ref().and_then(|folder| template_error(handle, &sheet, folder, &arguments.name))
    {
        report.usage(&report.text().template_trouble(&trouble));
        return ExitStatus::Usage;
    }
    let Some(plans) = plans(handle, &sheet, report) else { return ExitStatus::Failed };
    let numbers = sheet.rows.iter().enumerate().map(|(index, row)| (row.id, index + 1)).collect();
    let mut run = SheetRun { handle, report, sheet: &sheet, numbers, ending: ExitStatus::Done };
    let mut rows = Vec::new();
    for (row, plan) in sheet.rows.iter().zip(plans.iter()) {
        run.faults(row.id, &plan.errors);
        if plan.errors.is_empty() && plan.requests > 0 {
            rows.push(row.id);
        }
    }
    let stored = if rows.is_empty() { Vec::new() } else { run.ask(rows, arguments.out.is_some()) };
    if let Some(folder) = &arguments.out {
        run.write_out(folder.clone(), &arguments.name, &stored);
    }
    run.ending
}

/// Reads the table of a file as a sheet.
fn read(handle: &StudioSession, base: Recipe, arguments: &GenerateArgs, path: &Path, report: &Report) -> Option<Sheet> {
    let encoding = arguments.encoding;
    handle.send(Command::Sheets(SheetCommand::ReadTable { path: path.to_owned(), encoding }));
    let file = loop {
        match handle.next() {
            Event::Sheets(SheetEvent::Table(file)) => break file,
            Event::Sheets(SheetEvent::TableFailed(name, error)) => {
                report.usage(&report.text().no_table(&name, &error));
                return None;
            }
            Event::Stopped => return None,
            _ => {}
        }
    };
    report.table_read(&file);
    if encoding.is_some() && file.reading.recognition.is_none() {
        report.usage(&report.text().with("cli-encoding-workbook", [("name", file.file.as_str().into())]));
        return None;
    }
    let (columns, rows) = file.reading.table.clone().into_parts();
    let row = |cells| Arc::new(SheetRow { id: RowId::from_uuid(Uuid::now_v7()), cells });
    let template = base.prompt.clone();
    let head = SheetHead {
        name: file.name.clone(),
        template,
        base: Recipe { prompt: String::new(), ..base },
        folder: file.folder.clone(),
        styles: arguments.styles.clone(),
    };
    let rows = rows.into_iter().map(row).collect();
    Some(Sheet { id: SheetId::from_uuid(Uuid::now_v7()), head, columns, rows })
}

/// The error of the template of file names, if there is one.
fn template_error(handle: &StudioSession, sheet: &Arc<Sheet>, folder: &Path, template: &str) -> Option<TemplateError> {
    let export =
        SheetExportOptions { sheet: Arc::clone(sheet), folder: folder.to_owned(), template: template.to_owned() };
    handle.send(Command::Sheets(SheetCommand::CheckExport(export)));
    loop {
        match handle.next() {
            Event::Sheets(SheetEvent::ExportChecked(trouble)) => return trouble,
            Event::Stopped => return Some(TemplateError::InternalError),
            _ => {}
        }
    }
}

/// The plan of each row.
fn plans(handle: &StudioSession, sheet: &Arc<Sheet>, report: &Report) -> Option<Arc<[Arc<RowPlan>]>> {
    handle.send(Command::Sheets(SheetCommand::Plan { sheet: Arc::clone(sheet), revision: 1 }));
    loop {
        match handle.next() {
            Event::Sheets(SheetEvent::Plans { plans, .. }) => return Some(plans),
            Event::Notice(notice @ Notice::InternalError) => {
                report.usage(&report.text().notice(&notice));
                return None;
            }
            Event::Ending { .. } | Event::Stopped => return None,
            _ => {}
        }
    }
}

/// A sheet while it runs.
struct SheetRun<'a> {
    handle: &'a StudioSession,
    report: &'a Report,
    sheet: &'a Arc<Sheet>,
    /// The numbers of the rows, from 1.
    numbers: HashMap<RowId, usize>,
    ending: ExitStatus,
}

impl SheetRun<'_> {
    /// Reports the errors of a row.
    fn faults(&mut self, row: RowId, errors: &[sheet::CellError]) {
        let number = self.numbers.get(&row).copied().unwrap_or_default();
        for error in errors {
            let column = error.column.map(|column| match self.sheet.columns.get(column) {
                Some(name) if !name.is_empty() => name.clone(),
                _ => self.report.text().with("cli-column", [("column", (column + 1).into())]),
            });
            self.report.row_fault(number, column.as_deref(), &error.fault);
            self.ending = ExitStatus::Failed;
        }
    }

    /// The number of the row of a recipe.
    fn row(&self, recipe: &Recipe) -> Option<usize> {
        match &recipe.role {
            BatchRole::Row { sheet, row, .. } if *sheet == self.sheet.id => self.numbers.get(row).copied(),
            _ => None,
        }
    }

    /// Sends rows and waits until their requests have ended. Images are reported immediately, unless they are to be
    /// exported first.
    fn ask(&mut self, rows: Vec<RowId>, later: bool) -> Vec<ImageDetails> {
        if self.handle.is_ending() {
            self.ending = ExitStatus::Failed;
            self.report.requests_left(0, 0, 0);
            return Vec::new();
        }
        let wanted = rows.len();
        self.handle.send(Command::Sheets(SheetCommand::Generate { sheet: Arc::clone(self.sheet), rows }));
        // Every request is queued before any of them ends.
        let mut own = RequestTracker::default();
        let mut refused = None;
        // Kept only if they are still needed, because a thousand rows need much memory.
        let (mut stored, mut images) = (Vec::new(), 0);
        let mut ending = self.ending;
        let mut progress = self.report.progress();
        while let Some(event) = own.next(self.handle) {
            match event {
                Event::Sheets(SheetEvent::RowsRejected(sheet, found)) if sheet == self.sheet.id => {
                    let all = found.len() == wanted;
                    refused = Some(found);
                    if all {
                        break;
                    }
                }
                Event::Gallery(GalleryEvent::ImageStored(details)) => {
                    if let Some(row) = self.row(&details.facts.recipe) {
                        images += 1;
                        if later {
                            stored.push(*details);
                        } else {
                            progress.clear();
                            self.report.image(&details, None, Some(row));
                        }
                    }
                }
                Event::Queue(QueueEvent::RequestChanged(job)) => {
                    let Some(row) = self.row(&job.recipe) else { continue };
                    if let CardState::Failed(failure) = &job.state {
                        progress.clear();
                        self.report.failure(Some(job.id), failure, Some(row));
                    }
                    if matches!(job.state, CardState::Failed(_) | CardState::Cancelled { .. }) {
                        ending = ExitStatus::Failed;
                    }
                    own.note(&job);
                    let (all, ended) = own.counts();
                    progress.files(ended, all);
                }
                Event::Queue(QueueEvent::Status(queue)) => own.note_queue(&queue, self.report),
                // Why rows without errors of their own are refused.
                Event::Notice(notice @ Notice::SaveFailed { .. }) => self.report.refused(&notice),
                Event::Stopped => {
                    ending = ExitStatus::Failed;
                    break;
                }
                _ => {}
            }
        }
        progress.clear();
        own.tell_left(self.handle, images, self.report);
        if self.handle.is_ending() {
            ending = ExitStatus::Failed;
        }
        self.ending = ending;
        for (row, errors) in refused.unwrap_or_default() {
            self.faults(row, &errors);
            // A row without errors of its own could not be saved.
            self.ending = ExitStatus::Failed;
        }
        stored
    }

    /// Writes images and their table into a folder.
    fn write_out(&mut self, folder: PathBuf, template: &str, stored: &[ImageDetails]) {
        let export = SheetExportOptions { sheet: Arc::clone(self.sheet), folder, template: template.to_owned() };
        self.handle.send(Command::Sheets(SheetCommand::Export(export)));
        let mut progress = self.report.progress();
        let exported = loop {
            match self.handle.next() {
                Event::Sheets(SheetEvent::ExportProgress(done, total)) => progress.files(done, total),
                Event::Sheets(SheetEvent::Exported(exported)) => break exported,
                Event::Stopped => return self.ending = ExitStatus::Failed,
                _ => {}
            }
        };
        progress.clear();
        let elsewhere: HashMap<ImageId, PathBuf> = exported.written.into_iter().collect();
        for details in stored {
            self.report.image(details, elsewhere.get(&details.facts.id), self.row(&details.facts.recipe));
        }
        for (id, failure) in &exported.failed {
            self.report.export_failure(*id, failure);
            self.ending = ExitStatus::Failed;
        }
        match exported.table {
            Some(table) => self.report.table(&table),
            None => self.ending = ExitStatus::Failed,
        }
    }
}
