//! Saving, planning and running prompt sheets.

use crate::{
    composition::{SheetContext, SheetPlanner},
    error_chain::chain,
    library::{Library, LibraryError},
    prompt::sheet::TextEncoding,
    recipe::{RowId, Sheet, SheetId},
    settings::{PromptLibrary, Settings},
    studio::{
        exchange::{export::TemplateError, exporter::Exporter, wildcard_folder::WildcardFolder},
        protocol::{Event, Notice, SheetCommand, SheetEvent, SheetExportOptions, SheetExportReport, TableError},
        providers::providers::Providers,
        runtime::{
            context::Context,
            task::{INTERNAL_ERROR, Task},
            task_message::TaskMessage,
        },
        sheets::{environment::ModelEnvironment, export, files, send},
    },
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// What plans and exports of sheets depend on.
pub(in crate::studio) struct SheetInputs<'a> {
    pub(in crate::studio) context: &'a Arc<Context>,
    pub(in crate::studio) settings: &'a Settings,
    pub(in crate::studio) wildcards: &'a Arc<WildcardFolder>,
    pub(in crate::studio) providers: &'a Providers,
}

impl SheetInputs<'_> {
    /// The current inputs of plans.
    fn planning(
        &self,
        prompt_library: &Arc<PromptLibrary>,
    ) -> impl FnOnce() -> (SheetContext, ModelEnvironment) + use<> {
        let (prompt_library, wildcards, context) =
            (Arc::clone(prompt_library), Arc::clone(self.wildcards), Arc::clone(self.context));
        let (profiles, models) = (self.providers.profiles(self.settings), self.providers.models().clone());
        // May read wildcard files, so the caller runs it off the core loop.
        move || {
            (
                SheetContext { prompt_library, sources: wildcards.sources(&context), profiles },
                ModelEnvironment { models },
            )
        }
    }
}

/// Saves, plans and runs prompt sheets.
#[derive(Default)]
pub(in crate::studio) struct Sheets {
    /// The prompt library that rows refer to.
    pub(in crate::studio) prompt_library: Arc<PromptLibrary>,
    /// Sheets that are to be saved, with their sequence numbers.
    unsaved: BTreeMap<SheetId, (u64, Arc<Sheet>)>,
    last_number: u64,
    planner: Arc<Mutex<SheetPlanner<ModelEnvironment>>>,
    /// The latest requested revision; older ones are not planned.
    latest_revision: Arc<AtomicU64>,
    save_order: Arc<SaveOrder>,
}

/// Ensures that an older state of a sheet never replaces a newer one.
#[derive(Debug, Default)]
pub(in crate::studio) struct SaveOrder(Mutex<BTreeMap<SheetId, u64>>);

impl SaveOrder {
    /// Saves a sheet, unless a newer state of it is saved already.
    fn write(&self, library: &Library, number: u64, sheet: &Sheet) -> Result<(), LibraryError> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if written.get(&sheet.id).is_none_or(|written| *written < number) {
            library.sheets().save(sheet)?;
            written.insert(sheet.id, number);
        }
        Ok(())
    }

    /// Removes a sheet from the list, or restores it. Older states are not saved after that.
    fn set_removed(&self, library: &Library, number: u64, id: SheetId, remove: bool) -> Result<(), LibraryError> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        library.sheets().set_removed(id, remove)?;
        written.insert(id, number);
        Ok(())
    }
}

/// A sheet that is to be saved.
pub(in crate::studio) struct UnsavedSheet {
    number: u64,
    sheet: Arc<Sheet>,
    save_order: Arc<SaveOrder>,
}

impl UnsavedSheet {
    /// Saves the sheet, and reports a failure.
    pub(in crate::studio) fn write(&self, context: &Context) {
        if let Err(error) = self.save_order.write(&context.library, self.number, &self.sheet) {
            tracing::error!(error = %chain(&error), "a sheet was not written");
            context.events.send(Event::Notice(cannot_save(&error)));
        }
    }
}

impl Sheets {
    /// Takes the unsaved sheets.
    pub(in crate::studio) fn take_unsaved(&mut self) -> Vec<UnsavedSheet> {
        let of = |(number, sheet)| UnsavedSheet { number, sheet, save_order: Arc::clone(&self.save_order) };
        std::mem::take(&mut self.unsaved).into_values().map(of).collect()
    }

    /// Whether there are unsaved sheets.
    pub(in crate::studio) fn has_unsaved(&self) -> bool {
        !self.unsaved.is_empty()
    }

    /// Handles a command about prompt sheets.
    pub(in crate::studio) fn handle(
        &mut self,
        command: SheetCommand,
        inputs: &SheetInputs<'_>,
        exporter: &mut Exporter,
    ) {
        let context = inputs.context;
        match command {
            SheetCommand::List => self.after_saving(context, list),
            SheetCommand::Open(id) => self.after_saving(context, move |context| open(context, id)),
            SheetCommand::Remove(id) => self.set_removed(id, true, context),
            SheetCommand::Restore(id) => self.set_removed(id, false, context),
            SheetCommand::Save(sheet) => {
                self.last_number += 1;
                self.unsaved.insert(sheet.id, (self.last_number, sheet));
            }
            SheetCommand::Plan { sheet, revision } => self.plan(sheet, revision, inputs),
            SheetCommand::LoadImages(id) => {
                inputs.context.spawn_blocking(
                    Task::Sheet,
                    move |context| send_images(context, id),
                    Context::report_read_panic,
                );
            }
            SheetCommand::Generate { sheet, rows } => self.generate_rows(sheet, rows, inputs),
            SheetCommand::PickTable => {
                context.choose(context.dialogs.pick_table(), |context, path| start_reading(context, path, None));
            }
            SheetCommand::ReadTable { path, encoding } => start_reading(context, path, encoding),
            SheetCommand::DecodeTable(file, encoding) => context.spawn_blocking(
                Task::Sheet,
                move |context| {
                    context.events.send(Event::Sheets(match files::decode_again(&file, encoding) {
                        Ok(table) => SheetEvent::Table(Arc::new(table)),
                        Err(error) => SheetEvent::DecodeFailed(encoding, error),
                    }));
                },
                move |context| {
                    let error = TableError::Unreadable(INTERNAL_ERROR.into());
                    context.events.send(Event::Sheets(SheetEvent::DecodeFailed(encoding, error)));
                },
            ),
            SheetCommand::SaveTable(sheet) => {
                let choice = context.dialogs.save_file(&files::suggested_name(&sheet));
                context.choose(choice, move |context, path| {
                    let file = path.clone();
                    context.spawn_blocking(
                        Task::Sheet,
                        move |context| save_table(context, path, &sheet),
                        move |context| {
                            let reason = INTERNAL_ERROR.to_owned();
                            context.events.send(Event::Notice(Notice::SaveFailed { path: file, reason }));
                        },
                    );
                });
            }
            SheetCommand::CheckExport(options) => context.spawn_blocking(
                Task::SheetExport,
                move |context| {
                    let trouble = export::template_error(&context.library, &options);
                    context.events.send(Event::Sheets(SheetEvent::ExportChecked(trouble)));
                },
                |context| {
                    context.events.send(Event::Sheets(SheetEvent::ExportChecked(Some(TemplateError::InternalError))));
                },
            ),
            SheetCommand::Export(options) => self.export_rows(options, inputs, exporter),
        }
    }

    fn plan(&self, sheet: Arc<Sheet>, revision: u64, inputs: &SheetInputs<'_>) {
        let (planner, latest_revision, planning) =
            (Arc::clone(&self.planner), Arc::clone(&self.latest_revision), inputs.planning(&self.prompt_library));
        latest_revision.fetch_max(revision, Ordering::SeqCst);
        inputs.context.spawn_blocking(
            Task::SheetPlan,
            move |context| {
                let mut planner = planner.lock().unwrap_or_else(PoisonError::into_inner);
                if latest_revision.load(Ordering::SeqCst) == revision {
                    let (sheet_context, environment) = planning();
                    let plans = planner.plan(&sheet, sheet_context, environment).into();
                    context.events.send(Event::Sheets(SheetEvent::Plans { sheet, revision, plans }));
                }
            },
            Context::report_task_panic,
        );
    }

    fn generate_rows(&mut self, sheet: Arc<Sheet>, rows: Vec<RowId>, inputs: &SheetInputs<'_>) {
        self.last_number += 1;
        let (number, save_order, planning) =
            (self.last_number, Arc::clone(&self.save_order), inputs.planning(&self.prompt_library));
        let id = sheet.id;
        let all_refused = move |context: &Context, rows: Vec<RowId>| {
            let rejected = rows.into_iter().map(|row| (row, Vec::new())).collect();
            context.events.send(Event::Sheets(SheetEvent::RowsRejected(id, rejected)));
        };
        let asked = rows.clone();
        inputs.context.spawn_blocking(
            Task::SheetRequests,
            move |context| {
                // The sheet is saved first, so that images can be assigned to their rows after a crash.
                if let Err(error) = save_order.write(&context.library, number, &sheet) {
                    context.events.send(Event::Notice(cannot_save(&error)));
                    return all_refused(context, rows);
                }
                let (sheet_context, environment) = planning();
                let prepared = send::prepare(&context.library, &sheet, &rows, &sheet_context, &environment);
                context.events.send(Event::Sheets(SheetEvent::RowsRejected(sheet.id, prepared.rejected)));
                context.notify_core(TaskMessage::Enqueue(prepared.recipes));
            },
            move |context| {
                context.report_task_panic();
                all_refused(context, asked);
            },
        );
    }

    fn export_rows(&self, options: SheetExportOptions, inputs: &SheetInputs<'_>, exporter: &mut Exporter) {
        let (planner, planning) = (Arc::clone(&self.planner), inputs.planning(&self.prompt_library));
        let (settings, Some(cancelled)) = (inputs.settings.clone(), exporter.begin()) else { return };
        let work = move |context: &Arc<Context>| {
            let (mut planner, (sheet_context, environment)) =
                (planner.lock().unwrap_or_else(PoisonError::into_inner), planning());
            let plans = planner.plan(&options.sheet, sheet_context, environment);
            drop(planner);
            let progress = |done, total| context.events.send(Event::Sheets(SheetEvent::ExportProgress(done, total)));
            let exported = export::export(&context.library, &settings, &options, &plans, &cancelled, progress);
            let exported = exported.unwrap_or_else(|error| {
                context.events.send(Event::Notice(Notice::LibraryFailed { reason: error.to_string() }));
                SheetExportReport::default()
            });
            context.notify_core(TaskMessage::ExportEnded);
            context.events.send(Event::Sheets(SheetEvent::Exported(exported)));
        };
        inputs.context.spawn_blocking(Task::SheetExport, work, |context| {
            context.report_task_panic();
            context.notify_core(TaskMessage::ExportEnded);
            context.events.send(Event::Sheets(SheetEvent::Exported(SheetExportReport::default())));
        });
    }

    /// Runs work after unsaved sheets are saved.
    fn after_saving(&mut self, context: &Arc<Context>, work: impl FnOnce(&Context) + Send + 'static) {
        let unsaved = self.take_unsaved();
        let work = move |context: &Arc<Context>| {
            for sheet in unsaved {
                sheet.write(context);
            }
            work(context);
        };
        context.spawn_blocking(Task::Sheet, work, Context::report_read_panic);
    }

    fn set_removed(&mut self, id: SheetId, remove: bool, context: &Arc<Context>) {
        let (number, save_order) = (self.last_number, Arc::clone(&self.save_order));
        self.after_saving(context, move |context| {
            if let Err(error) = save_order.set_removed(&context.library, number, id, remove) {
                context.events.send(Event::Notice(cannot_save(&error)));
            }
            list(context);
        });
    }
}

fn list(context: &Context) {
    match context.library.sheets().list() {
        Ok(sheets) => context.events.send(Event::Sheets(SheetEvent::List(sheets))),
        Err(error) => context.events.send(Event::Notice(Notice::LibraryFailed { reason: error.to_string() })),
    }
}

fn open(context: &Context, id: SheetId) {
    let news = match context.library.sheets().read(id) {
        Ok(Some(sheet)) => SheetEvent::Opened(Arc::new(sheet)),
        Ok(None) => SheetEvent::OpenFailed(id, std::io::Error::from(std::io::ErrorKind::NotFound).to_string()),
        Err(error) => SheetEvent::OpenFailed(id, error.to_string()),
    };
    context.events.send(Event::Sheets(news));
    send_images(context, id);
}

fn send_images(context: &Context, id: SheetId) {
    match context.library.search().sheet_images(id) {
        Ok(images) => context.events.send(Event::Sheets(SheetEvent::Images(id, images.into()))),
        Err(error) => context.events.send(Event::Notice(Notice::LibraryFailed { reason: error.to_string() })),
    }
}

fn start_reading(context: &Arc<Context>, path: PathBuf, encoding: Option<TextEncoding>) {
    let name = files::file_name(&path);
    context.spawn_blocking(
        Task::Sheet,
        move |context| send_table(context, &path, encoding),
        move |context| {
            let error = TableError::Unreadable(INTERNAL_ERROR.into());
            context.events.send(Event::Sheets(SheetEvent::TableFailed(name, error)));
        },
    );
}

fn send_table(context: &Context, path: &std::path::Path, encoding: Option<TextEncoding>) {
    context.events.send(Event::Sheets(match files::read_table(path, encoding) {
        Ok(table) => SheetEvent::Table(Arc::new(table)),
        Err(error) => SheetEvent::TableFailed(files::file_name(path), error),
    }));
}

fn save_table(context: &Context, path: PathBuf, sheet: &Sheet) {
    if context.library.owns(&path) {
        return context.events.send(Event::Notice(Notice::TargetInLibrary { path }));
    }
    context.events.send(match files::write_table(&path, sheet) {
        Ok(()) => Event::Sheets(SheetEvent::TableSaved(path)),
        Err(error) => Event::Notice(Notice::SaveFailed { path, reason: error.to_string() }),
    });
}

fn cannot_save(error: &LibraryError) -> Notice {
    let path = match error {
        LibraryError::CannotWrite { path, .. } | LibraryError::DiskFull { path } => path.clone(),
        _ => PathBuf::new(),
    };
    Notice::SaveFailed { path, reason: error.to_string() }
}
