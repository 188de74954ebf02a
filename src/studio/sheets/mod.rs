//! Prompt sheets: keeping them, saying what their rows come to, and asking for what they ask.
//!
//! The window owns the sheet that is open. Every change is sent whole, which is cheap, because rows that have not changed
//! are shared; the studio writes it down a moment later, or before anything is sent for it.

mod environment;
mod export;
mod files;
mod send;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    composition::{SheetContext, SheetPlanner},
    library::{Library, LibraryError},
    prompt::sheet::TextEncoding,
    recipe::{RowId, Sheet, SheetId},
    settings::Kit,
    studio::export::TemplateTrouble,
};

use super::{
    Event, Notice, SheetCommand, SheetEvent, SheetExport, SheetExported, TableError,
    core::Core,
    inbox::Note,
    task::{BROKE_DOWN, Task},
    world::World,
};

use environment::ModelEnvironment;

/// What the loop remembers of sheets.
#[derive(Default)]
pub(super) struct Sheets {
    /// Styles and more that rows refer to.
    pub(super) kit: Arc<Kit>,
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
pub(super) struct Book(Mutex<BTreeMap<SheetId, u64>>);

impl Book {
    /// Writes a sheet down, unless a newer state of it is written already.
    fn write(&self, library: &Library, number: u64, sheet: &Sheet) -> Result<(), LibraryError> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if written.get(&sheet.id).is_none_or(|written| *written < number) {
            library.save_sheet(sheet)?;
            written.insert(sheet.id, number);
        }
        Ok(())
    }

    /// Takes a sheet out of the list, or puts it back. What was to be written before does not come after.
    fn put_away(&self, library: &Library, number: u64, id: SheetId, remove: bool) -> Result<(), LibraryError> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        library.remove_sheet(id, remove)?;
        written.insert(id, number);
        Ok(())
    }
}

/// A sheet that is to be written down.
pub(super) struct Unsaved {
    number: u64,
    sheet: Arc<Sheet>,
    book: Arc<Book>,
}

impl Unsaved {
    /// Writes it down, and tells where that failed.
    pub(super) fn write(&self, world: &World) {
        if let Err(error) = self.book.write(&world.library, self.number, &self.sheet) {
            tracing::error!(%error, "a sheet was not written");
            world.events.send(Event::Notice(cannot_save(&error)));
        }
    }
}

impl Sheets {
    /// Takes out what is to be written down.
    pub(super) fn take_unsaved(&mut self) -> Vec<Unsaved> {
        let of = |(number, sheet)| Unsaved { number, sheet, book: Arc::clone(&self.book) };
        std::mem::take(&mut self.unsaved).into_values().map(of).collect()
    }
}

impl Core {
    /// Handles a command about prompt sheets.
    pub(super) fn handle_sheets(&mut self, wish: SheetCommand) {
        match wish {
            SheetCommand::List => self.after_saving(list),
            SheetCommand::Open(id) => self.after_saving(move |world| open(world, id)),
            SheetCommand::Remove(id) => self.put_away(id, true),
            SheetCommand::Restore(id) => self.put_away(id, false),
            SheetCommand::Save(sheet) => {
                self.sheets.kept += 1;
                self.sheets.unsaved.insert(sheet.id, (self.sheets.kept, sheet));
                self.save_soon();
            }
            SheetCommand::Plan { sheet, revision } => self.plan(sheet, revision),
            SheetCommand::LoadImages(id) => {
                self.world.on_thread(Task::Sheet, move |world| send_pictures(world, id), World::reading_failed);
            }
            SheetCommand::Generate { sheet, rows } => self.ask_rows(sheet, rows),
            SheetCommand::PickTable => {
                self.world.choose(self.world.dialogs.pick_table(), |world, path| begin_reading(world, path, None));
            }
            SheetCommand::ReadTable { path, encoding } => begin_reading(&self.world, path, encoding),
            SheetCommand::DecodeTable(file, encoding) => self.world.on_thread(
                Task::Sheet,
                move |world| {
                    world.events.send(Event::Sheets(match files::read_again(&file, encoding) {
                        Ok(table) => SheetEvent::Table(Arc::new(table)),
                        Err(error) => SheetEvent::DecodeFailed(encoding, error),
                    }));
                },
                move |world| {
                    let error = TableError::Unreadable(BROKE_DOWN.to_owned());
                    world.events.send(Event::Sheets(SheetEvent::DecodeFailed(encoding, error)));
                },
            ),
            SheetCommand::SaveTable(sheet) => {
                let choice = self.world.dialogs.save_file(&files::suggested(&sheet));
                self.world.choose(choice, move |world, path| {
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
            SheetCommand::CheckExport(wish) => self.world.on_thread(
                Task::SheetExport,
                move |world| {
                    let trouble = export::trouble(&world.library, &wish);
                    world.events.send(Event::Sheets(SheetEvent::ExportChecked(trouble)));
                },
                |world| world.events.send(Event::Sheets(SheetEvent::ExportChecked(Some(TemplateTrouble::BrokeDown)))),
            ),
            SheetCommand::Export(wish) => self.export_rows(wish),
        }
    }

    /// What plans depend on, as it is now.
    fn planning_inputs(&self) -> impl FnOnce() -> (SheetContext, ModelEnvironment) + use<> {
        let (kit, wildcards, world) =
            (Arc::clone(&self.sheets.kit), Arc::clone(&self.wildcards), Arc::clone(&self.world));
        let (profiles, models) = (self.profiles(), self.models.clone());
        // May read wildcard files, so the caller runs it off the core loop.
        move || (SheetContext { kit, sources: wildcards.sources(&world), profiles }, ModelEnvironment { models })
    }

    fn plan(&self, sheet: Arc<Sheet>, revision: u64) {
        let (planner, wished, inputs) =
            (Arc::clone(&self.sheets.planner), Arc::clone(&self.sheets.wished), self.planning_inputs());
        wished.fetch_max(revision, Ordering::SeqCst);
        self.world.on_thread(
            Task::SheetPlan,
            move |world| {
                let mut planner = planner.lock().unwrap_or_else(PoisonError::into_inner);
                if wished.load(Ordering::SeqCst) == revision {
                    let (context, environment) = inputs();
                    let plans = planner.plan(&sheet, context, environment).into();
                    world.events.send(Event::Sheets(SheetEvent::Plans { sheet, revision, plans }));
                }
            },
            World::task_failed,
        );
    }

    fn ask_rows(&mut self, sheet: Arc<Sheet>, rows: Vec<RowId>) {
        self.sheets.kept += 1;
        let (number, book, inputs) = (self.sheets.kept, Arc::clone(&self.sheets.book), self.planning_inputs());
        let id = sheet.id;
        let all_refused = move |world: &World, rows: Vec<RowId>| {
            let refused = rows.into_iter().map(|row| (row, Vec::new())).collect();
            world.events.send(Event::Sheets(SheetEvent::RowsRejected(id, refused)));
        };
        let asked = rows.clone();
        self.world.on_thread(
            Task::SheetRequests,
            move |world| {
                // What is asked for has to find its row again, whatever happens.
                if let Err(error) = book.write(&world.library, number, &sheet) {
                    world.events.send(Event::Notice(cannot_save(&error)));
                    return all_refused(world, rows);
                }
                let (context, environment) = inputs();
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

    fn export_rows(&mut self, wish: SheetExport) {
        let (planner, inputs) = (Arc::clone(&self.sheets.planner), self.planning_inputs());
        let (settings, Some(cancelled)) = (self.settings.clone(), self.exporter.begin()) else { return };
        let work = move |world: &Arc<World>| {
            let (mut planner, (context, environment)) =
                (planner.lock().unwrap_or_else(PoisonError::into_inner), inputs());
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
        self.world.on_thread(Task::SheetExport, work, |world| {
            world.task_failed();
            world.note(Note::ExportEnded);
            world.events.send(Event::Sheets(SheetEvent::Exported(SheetExported::default())));
        });
    }

    /// Does something once what was changed is on disk.
    fn after_saving(&mut self, work: impl FnOnce(&World) + Send + 'static) {
        let unsaved = self.sheets.take_unsaved();
        let work = move |world: &Arc<World>| {
            for sheet in unsaved {
                sheet.write(world);
            }
            work(world);
        };
        self.world.on_thread(Task::Sheet, work, World::reading_failed);
    }

    fn put_away(&mut self, id: SheetId, remove: bool) {
        let (number, book) = (self.sheets.kept, Arc::clone(&self.sheets.book));
        self.after_saving(move |world| {
            if let Err(error) = book.put_away(&world.library, number, id, remove) {
                world.events.send(Event::Notice(cannot_save(&error)));
            }
            list(world);
        });
    }
}

fn list(world: &World) {
    match world.library.sheets() {
        Ok(sheets) => world.events.send(Event::Sheets(SheetEvent::List(sheets))),
        Err(error) => world.events.send(Event::Notice(Notice::LibraryTrouble { reason: error.to_string() })),
    }
}

fn open(world: &World, id: SheetId) {
    let news = match world.library.sheet(id) {
        Ok(Some(sheet)) => SheetEvent::Opened(Arc::new(sheet)),
        Ok(None) => SheetEvent::OpenFailed(id, std::io::Error::from(std::io::ErrorKind::NotFound).to_string()),
        Err(error) => SheetEvent::OpenFailed(id, error.to_string()),
    };
    world.events.send(Event::Sheets(news));
    send_pictures(world, id);
}

fn send_pictures(world: &World, id: SheetId) {
    match world.library.sheet_pictures(id) {
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
            let error = TableError::Unreadable(BROKE_DOWN.to_owned());
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
