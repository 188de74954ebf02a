//! Prompt sheets: keeping them, saying what their rows come to, and asking for what they ask.
//!
//! The window owns the sheet that is open. Every change is sent whole, which is cheap, because rows that have not changed
//! are shared; the studio writes it down a moment later, or before anything is sent for it.

mod environment;
mod export;
mod files;
mod send;

pub use crate::library::RowPicture;
pub use export::{SheetExport, SheetExported};
pub use files::{TableError, TableFile};

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    composition::{RowPlan, SheetContext, SheetPlanner},
    library::{Library, LibraryError},
    prompt::sheet::{CellError, TextEncoding},
    recipe::{RowId, Sheet, SheetId, SheetListed},
    settings::Kit,
    studio::export::TemplateTrouble,
};

use super::{
    Event, Notice,
    core::Core,
    inbox::Note,
    task::{BROKE_DOWN, Task},
    world::World,
};
use environment::ModelEnvironment;

/// Something to do with prompt sheets.
#[derive(Clone, Debug)]
pub enum SheetWish {
    /// Send the list of those that are kept.
    List,
    /// Send a sheet that is kept.
    Open(SheetId),
    /// Take a sheet out of the list.
    Remove(SheetId),
    /// Put one back that was taken out.
    Restore(SheetId),
    /// Keep a sheet as it is now.
    Keep(Arc<Sheet>),
    /// Say what the rows of a sheet come to.
    Plan {
        /// The sheet.
        sheet: Arc<Sheet>,
        /// Counts up, so that a late answer is told from a newer one.
        revision: u64,
    },
    /// Send the pictures of a sheet's rows.
    WantPictures(SheetId),
    /// Ask for the pictures of these rows.
    Ask {
        /// The sheet, which is kept first.
        sheet: Arc<Sheet>,
        /// Which of its rows.
        rows: Vec<RowId>,
    },
    /// Ask for a file with a table in it with a dialog, and send what is in it.
    PickTable,
    /// Send what is in a file.
    ReadTable {
        /// The file.
        path: PathBuf,
        /// The encoding of its text; none to recognize it.
        encoding: Option<TextEncoding>,
    },
    /// Send what is in a file that was read already, in another encoding.
    ReadTableAgain(Arc<TableFile>, TextEncoding),
    /// Ask for a file with a save dialog, and write what stands in a sheet to it.
    SaveTable(Arc<Sheet>),
    /// Say what is wrong with the template of an export, if anything.
    CheckExport(SheetExport),
    /// Write the pictures of a sheet's rows, and a table of them.
    Export(SheetExport),
}

/// What is told of prompt sheets.
#[derive(Clone, Debug)]
pub enum SheetNews {
    /// The sheets that are kept, the one that was changed last first.
    List(Vec<SheetListed>),
    /// A sheet that is kept.
    Opened(Arc<Sheet>),
    /// A sheet cannot be read; what the system said.
    CannotOpen(SheetId, String),
    /// What the rows of a sheet come to, in their order.
    Plans {
        /// The sheet as it was then.
        sheet: Arc<Sheet>,
        /// The number that came with the wish.
        revision: u64,
        /// What they come to.
        plans: Arc<[Arc<RowPlan>]>,
    },
    /// The pictures of a sheet's rows, the oldest first.
    Pictures(SheetId, Arc<[RowPicture]>),
    /// Rows that were not asked for, and why.
    Refused(SheetId, Vec<(RowId, Vec<CellError>)>),
    /// What is in a file.
    Table(Arc<TableFile>),
    /// A file of this name gives no table.
    NoTable(String, TableError),
    /// A file that was read gives no table in another encoding.
    NoTableAgain(TextEncoding, TableError),
    /// What stands in a sheet was written to a file.
    TableSaved(PathBuf),
    /// What is wrong with the template of an export.
    ExportChecked(Option<TemplateTrouble>),
    /// How many of how many files of an export are written.
    Exporting(usize, usize),
    /// An export has ended.
    Exported(SheetExported),
}

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
    /// Does what a wish about sheets asks for.
    pub(super) fn sheet(&mut self, wish: SheetWish) {
        match wish {
            SheetWish::List => self.after_saving(list),
            SheetWish::Open(id) => self.after_saving(move |world| open(world, id)),
            SheetWish::Remove(id) => self.put_away(id, true),
            SheetWish::Restore(id) => self.put_away(id, false),
            SheetWish::Keep(sheet) => {
                self.sheets.kept += 1;
                self.sheets.unsaved.insert(sheet.id, (self.sheets.kept, sheet));
                self.save_soon();
            }
            SheetWish::Plan { sheet, revision } => self.plan(sheet, revision),
            SheetWish::WantPictures(id) => {
                self.world.on_thread(Task::Sheet, move |world| send_pictures(world, id), World::reading_failed);
            }
            SheetWish::Ask { sheet, rows } => self.ask_rows(sheet, rows),
            SheetWish::PickTable => {
                self.choose(self.world.dialogs.pick_table(), |world, path| begin_reading(world, path, None));
            }
            SheetWish::ReadTable { path, encoding } => begin_reading(&self.world, path, encoding),
            SheetWish::ReadTableAgain(file, encoding) => self.world.on_thread(
                Task::Sheet,
                move |world| {
                    world.events.send(Event::Sheet(match files::read_again(&file, encoding) {
                        Ok(table) => SheetNews::Table(Arc::new(table)),
                        Err(error) => SheetNews::NoTableAgain(encoding, error),
                    }));
                },
                move |world| {
                    let error = TableError::Unreadable(BROKE_DOWN.to_owned());
                    world.events.send(Event::Sheet(SheetNews::NoTableAgain(encoding, error)));
                },
            ),
            SheetWish::SaveTable(sheet) => {
                let choice = self.world.dialogs.save_file(&files::suggested(&sheet));
                self.choose(choice, move |world, path| {
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
            SheetWish::CheckExport(wish) => self.world.on_thread(
                Task::SheetExport,
                move |world| {
                    let trouble = export::trouble(&world.library, &wish);
                    world.events.send(Event::Sheet(SheetNews::ExportChecked(trouble)));
                },
                |world| world.events.send(Event::Sheet(SheetNews::ExportChecked(Some(TemplateTrouble::BrokeDown)))),
            ),
            SheetWish::Export(wish) => self.export_rows(wish),
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
                    world.events.send(Event::Sheet(SheetNews::Plans { sheet, revision, plans }));
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
            world.events.send(Event::Sheet(SheetNews::Refused(id, refused)));
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
                world.events.send(Event::Sheet(SheetNews::Refused(sheet.id, prepared.refused)));
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
        let (settings, Some(cancelled)) = (self.settings.clone(), self.begin_export()) else { return };
        let work = move |world: &Arc<World>| {
            let (mut planner, (context, environment)) =
                (planner.lock().unwrap_or_else(PoisonError::into_inner), inputs());
            let plans = planner.plan(&wish.sheet, context, environment);
            drop(planner);
            let progress = |done, total| world.events.send(Event::Sheet(SheetNews::Exporting(done, total)));
            let exported = export::export(&world.library, &settings, &wish, &plans, &cancelled, progress);
            let exported = exported.unwrap_or_else(|error| {
                world.events.send(Event::Notice(Notice::LibraryTrouble { reason: error.to_string() }));
                SheetExported::default()
            });
            world.note(Note::ExportEnded);
            world.events.send(Event::Sheet(SheetNews::Exported(exported)));
        };
        self.world.on_thread(Task::SheetExport, work, |world| {
            world.task_failed();
            world.note(Note::ExportEnded);
            world.events.send(Event::Sheet(SheetNews::Exported(SheetExported::default())));
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
        Ok(sheets) => world.events.send(Event::Sheet(SheetNews::List(sheets))),
        Err(error) => world.events.send(Event::Notice(Notice::LibraryTrouble { reason: error.to_string() })),
    }
}

fn open(world: &World, id: SheetId) {
    let news = match world.library.sheet(id) {
        Ok(Some(sheet)) => SheetNews::Opened(Arc::new(sheet)),
        Ok(None) => SheetNews::CannotOpen(id, std::io::Error::from(std::io::ErrorKind::NotFound).to_string()),
        Err(error) => SheetNews::CannotOpen(id, error.to_string()),
    };
    world.events.send(Event::Sheet(news));
    send_pictures(world, id);
}

fn send_pictures(world: &World, id: SheetId) {
    match world.library.sheet_pictures(id) {
        Ok(pictures) => world.events.send(Event::Sheet(SheetNews::Pictures(id, pictures.into()))),
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
            world.events.send(Event::Sheet(SheetNews::NoTable(name, error)));
        },
    );
}

fn read(world: &World, path: &std::path::Path, encoding: Option<TextEncoding>) {
    world.events.send(Event::Sheet(match files::read(path, encoding) {
        Ok(table) => SheetNews::Table(Arc::new(table)),
        Err(error) => SheetNews::NoTable(files::name(path), error),
    }));
}

fn save_table(world: &World, path: PathBuf, sheet: &Sheet) {
    if world.library.owns(&path) {
        return world.events.send(Event::Notice(Notice::InLibrary { path }));
    }
    world.events.send(match files::write(&path, sheet) {
        Ok(()) => Event::Sheet(SheetNews::TableSaved(path)),
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
