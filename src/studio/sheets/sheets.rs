//! Saving, planning and running prompt sheets.

use crate::{
    composition::{SheetContext, SheetPlanner},
    error_chain::chain,
    library::{Library, LibraryError},
    prompt::sheet::TextEncoding,
    recipe::{RowId, Sheet, SheetId},
    settings::{Kit, Settings},
    studio::{
        exchange::{export::TemplateTrouble, exporter::Exporter, wildcard_folder::WildcardFolder},
        protocol::{Event, Notice, SheetCommand, SheetEvent, SheetExport, SheetExported, TableError},
        providers::providers::Providers,
        runtime::{
            context::World,
            task::{BROKE_DOWN, Task},
            task_message::Note,
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
    pub(in crate::studio) world: &'a Arc<World>,
    pub(in crate::studio) settings: &'a Settings,
    pub(in crate::studio) wildcards: &'a Arc<WildcardFolder>,
    pub(in crate::studio) providers: &'a Providers,
}

impl SheetInputs<'_> {
    /// What plans depend on, as it is now.
    fn planning(&self, kit: &Arc<Kit>) -> impl FnOnce() -> (SheetContext, ModelEnvironment) + use<> {
        let (kit, wildcards, world) = (Arc::clone(kit), Arc::clone(self.wildcards), Arc::clone(self.world));
        let (profiles, models) = (self.providers.profiles(self.settings), self.providers.models().clone());
        // May read wildcard files, so the caller runs it off the core loop.
        move || (SheetContext { kit, sources: wildcards.sources(&world), profiles }, ModelEnvironment { models })
    }
}

/// Saves, plans and runs prompt sheets.
#[derive(Default)]
pub(in crate::studio) struct Sheets {
    /// Styles and more that rows refer to.
    pub(in crate::studio) kit: Arc<Kit>,
    /// Sheets that are to be written down, with what orders them.
    unsaved: BTreeMap<SheetId, (u64, Arc<Sheet>)>,
    kept: u64,
    planner: Arc<Mutex<SheetPlanner<ModelEnvironment>>>,
    /// The revision that was wished for last: older ones need no answer.
    wished: Arc<AtomicU64>,
    book: Arc<Book>,
}

/// Sees to it that an older state of a sheet never replaces a newer one.
#[derive(Debug, Default)]
pub(in crate::studio) struct Book(Mutex<BTreeMap<SheetId, u64>>);

impl Book {
    /// Writes a sheet down, unless a newer state of it is written already.
    fn write(&self, library: &Library, number: u64, sheet: &Sheet) -> Result<(), LibraryError> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if written.get(&sheet.id).is_none_or(|written| *written < number) {
            library.sheets().save(sheet)?;
            written.insert(sheet.id, number);
        }
        Ok(())
    }

    /// Takes a sheet out of the list, or puts it back. What was to be written before does not come after.
    fn put_away(&self, library: &Library, number: u64, id: SheetId, remove: bool) -> Result<(), LibraryError> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        library.sheets().set_removed(id, remove)?;
        written.insert(id, number);
        Ok(())
    }
}

/// A sheet that is to be written down.
pub(in crate::studio) struct Unsaved {
    number: u64,
    sheet: Arc<Sheet>,
    book: Arc<Book>,
}

impl Unsaved {
    /// Writes it down, and tells where that failed.
    pub(in crate::studio) fn write(&self, world: &World) {
        if let Err(error) = self.book.write(&world.library, self.number, &self.sheet) {
            tracing::error!(error = %chain(&error), "a sheet was not written");
            world.events.send(Event::Notice(cannot_save(&error)));
        }
    }
}

impl Sheets {
    /// Takes out what is to be written down.
    pub(in crate::studio) fn take_unsaved(&mut self) -> Vec<Unsaved> {
        let of = |(number, sheet)| Unsaved { number, sheet, book: Arc::clone(&self.book) };
        std::mem::take(&mut self.unsaved).into_values().map(of).collect()
    }

    /// Whether sheets have changed that are not written yet.
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
        let world = inputs.world;
        match command {
            SheetCommand::List => self.after_saving(world, list),
            SheetCommand::Open(id) => self.after_saving(world, move |world| open(world, id)),
            SheetCommand::Remove(id) => self.put_away(id, true, world),
            SheetCommand::Restore(id) => self.put_away(id, false, world),
            SheetCommand::Save(sheet) => {
                self.kept += 1;
                self.unsaved.insert(sheet.id, (self.kept, sheet));
            }
            SheetCommand::Plan { sheet, revision } => self.plan(sheet, revision, inputs),
            SheetCommand::LoadImages(id) => {
                inputs.world.on_thread(Task::Sheet, move |world| send_pictures(world, id), World::reading_failed);
            }
            SheetCommand::Generate { sheet, rows } => self.ask_rows(sheet, rows, inputs),
            SheetCommand::PickTable => {
                world.choose(world.dialogs.pick_table(), |world, path| begin_reading(world, path, None));
            }
            SheetCommand::ReadTable { path, encoding } => begin_reading(world, path, encoding),
            SheetCommand::DecodeTable(file, encoding) => world.on_thread(
                Task::Sheet,
                move |world| {
                    world.events.send(Event::Sheets(match files::read_again(&file, encoding) {
                        Ok(table) => SheetEvent::Table(Arc::new(table)),
                        Err(error) => SheetEvent::DecodeFailed(encoding, error),
                    }));
                },
                move |world| {
                    let error = TableError::Unreadable(BROKE_DOWN.into());
                    world.events.send(Event::Sheets(SheetEvent::DecodeFailed(encoding, error)));
                },
            ),
            SheetCommand::SaveTable(sheet) => {
                let choice = world.dialogs.save_file(&files::suggested(&sheet));
                world.choose(choice, move |world, path| {
                    let file = path.clone();
                    world.on_thread(
                        Task::Sheet,
                        move |world| save_table(world, path, &sheet),
                        move |world| {
                            let reason = BROKE_DOWN.to_owned();
                            world.events.send(Event::Notice(Notice::CannotSave { path: file, reason }));
                        },
                    );
                });
            }
            SheetCommand::CheckExport(wish) => world.on_thread(
                Task::SheetExport,
                move |world| {
                    let trouble = export::trouble(&world.library, &wish);
                    world.events.send(Event::Sheets(SheetEvent::ExportChecked(trouble)));
                },
                |world| world.events.send(Event::Sheets(SheetEvent::ExportChecked(Some(TemplateTrouble::BrokeDown)))),
            ),
            SheetCommand::Export(wish) => self.export_rows(wish, inputs, exporter),
        }
    }

    fn plan(&self, sheet: Arc<Sheet>, revision: u64, inputs: &SheetInputs<'_>) {
        let (planner, wished, planning) =
            (Arc::clone(&self.planner), Arc::clone(&self.wished), inputs.planning(&self.kit));
        wished.fetch_max(revision, Ordering::SeqCst);
        inputs.world.on_thread(
            Task::SheetPlan,
            move |world| {
                let mut planner = planner.lock().unwrap_or_else(PoisonError::into_inner);
                if wished.load(Ordering::SeqCst) == revision {
                    let (context, environment) = planning();
                    let plans = planner.plan(&sheet, context, environment).into();
                    world.events.send(Event::Sheets(SheetEvent::Plans { sheet, revision, plans }));
                }
            },
            World::task_failed,
        );
    }

    fn ask_rows(&mut self, sheet: Arc<Sheet>, rows: Vec<RowId>, inputs: &SheetInputs<'_>) {
        self.kept += 1;
        let (number, book, planning) = (self.kept, Arc::clone(&self.book), inputs.planning(&self.kit));
        let id = sheet.id;
        let all_refused = move |world: &World, rows: Vec<RowId>| {
            let refused = rows.into_iter().map(|row| (row, Vec::new())).collect();
            world.events.send(Event::Sheets(SheetEvent::RowsRejected(id, refused)));
        };
        let asked = rows.clone();
        inputs.world.on_thread(
            Task::SheetRequests,
            move |world| {
                // What is asked for has to find its row again, whatever happens.
                if let Err(error) = book.write(&world.library, number, &sheet) {
                    world.events.send(Event::Notice(cannot_save(&error)));
                    return all_refused(world, rows);
                }
                let (context, environment) = planning();
                let prepared = send::prepare(&world.library, &sheet, &rows, &context, &environment);
                world.events.send(Event::Sheets(SheetEvent::RowsRejected(sheet.id, prepared.refused)));
                world.note(Note::Ask(prepared.recipes));
            },
            move |world| {
                world.task_failed();
                all_refused(world, asked);
            },
        );
    }

    fn export_rows(&self, wish: SheetExport, inputs: &SheetInputs<'_>, exporter: &mut Exporter) {
        let (planner, planning) = (Arc::clone(&self.planner), inputs.planning(&self.kit));
        let (settings, Some(cancelled)) = (inputs.settings.clone(), exporter.begin()) else { return };
        let work = move |world: &Arc<World>| {
            let (mut planner, (context, environment)) =
                (planner.lock().unwrap_or_else(PoisonError::into_inner), planning());
            let plans = planner.plan(&wish.sheet, context, environment);
            drop(planner);
            let progress = |done, total| world.events.send(Event::Sheets(SheetEvent::ExportProgress(done, total)));
            let exported = export::export(&world.library, &settings, &wish, &plans, &cancelled, progress);
            let exported = exported.unwrap_or_else(|error| {
                world.events.send(Event::Notice(Notice::LibraryTrouble { reason: error.to_string() }));
                SheetExported::default()
            });
            world.note(Note::ExportEnded);
            world.events.send(Event::Sheets(SheetEvent::Exported(exported)));
        };
        inputs.world.on_thread(Task::SheetExport, work, |world| {
            world.task_failed();
            world.note(Note::ExportEnded);
            world.events.send(Event::Sheets(SheetEvent::Exported(SheetExported::default())));
        });
    }

    /// Does something once what was changed is on disk.
    fn after_saving(&mut self, world: &Arc<World>, work: impl FnOnce(&World) + Send + 'static) {
        let unsaved = self.take_unsaved();
        let work = move |world: &Arc<World>| {
            for sheet in unsaved {
                sheet.write(world);
            }
            work(world);
        };
        world.on_thread(Task::Sheet, work, World::reading_failed);
    }

    fn put_away(&mut self, id: SheetId, remove: bool, world: &Arc<World>) {
        let (number, book) = (self.kept, Arc::clone(&self.book));
        self.after_saving(world, move |world| {
            if let Err(error) = book.put_away(&world.library, number, id, remove) {
                world.events.send(Event::Notice(cannot_save(&error)));
            }
            list(world);
        });
    }
}

fn list(world: &World) {
    match world.library.sheets().list() {
        Ok(sheets) => world.events.send(Event::Sheets(SheetEvent::List(sheets))),
        Err(error) => world.events.send(Event::Notice(Notice::LibraryTrouble { reason: error.to_string() })),
    }
}

fn open(world: &World, id: SheetId) {
    let news = match world.library.sheets().read(id) {
        Ok(Some(sheet)) => SheetEvent::Opened(Arc::new(sheet)),
        Ok(None) => SheetEvent::OpenFailed(id, std::io::Error::from(std::io::ErrorKind::NotFound).to_string()),
        Err(error) => SheetEvent::OpenFailed(id, error.to_string()),
    };
    world.events.send(Event::Sheets(news));
    send_pictures(world, id);
}

fn send_pictures(world: &World, id: SheetId) {
    match world.library.search().sheet_images(id) {
        Ok(pictures) => world.events.send(Event::Sheets(SheetEvent::Images(id, pictures.into()))),
        Err(error) => world.events.send(Event::Notice(Notice::LibraryTrouble { reason: error.to_string() })),
    }
}

fn begin_reading(world: &Arc<World>, path: PathBuf, encoding: Option<TextEncoding>) {
    let name = files::name(&path);
    world.on_thread(
        Task::Sheet,
        move |world| read(world, &path, encoding),
        move |world| {
            let error = TableError::Unreadable(BROKE_DOWN.into());
            world.events.send(Event::Sheets(SheetEvent::TableFailed(name, error)));
        },
    );
}

fn read(world: &World, path: &std::path::Path, encoding: Option<TextEncoding>) {
    world.events.send(Event::Sheets(match files::read(path, encoding) {
        Ok(table) => SheetEvent::Table(Arc::new(table)),
        Err(error) => SheetEvent::TableFailed(files::name(path), error),
    }));
}

fn save_table(world: &World, path: PathBuf, sheet: &Sheet) {
    if world.library.owns(&path) {
        return world.events.send(Event::Notice(Notice::InLibrary { path }));
    }
    world.events.send(match files::write(&path, sheet) {
        Ok(()) => Event::Sheets(SheetEvent::TableSaved(path)),
        Err(error) => Event::Notice(Notice::CannotSave { path, reason: error.to_string() }),
    });
}

fn cannot_save(error: &LibraryError) -> Notice {
    let path = match error {
        LibraryError::CannotWrite { path, .. } | LibraryError::DiskFull { path } => path.clone(),
        _ => PathBuf::new(),
    };
    Notice::CannotSave { path, reason: error.to_string() }
}
