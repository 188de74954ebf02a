//! Bringing in files and folders in the background: one picture after the other, with a way to stop.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    imaging::{self, ImageError},
    library::{Brought, ImportError, Keeping, LibraryError},
    recipe::{AspectRatio, ImageId, ImageSize, Marks, Recipe},
};

use super::{
    Details, Event,
    core::Core,
    details,
    gathering::{Gathered, Skipped},
    inbox::Note,
    landing::{Stored, keep_thumbnails},
    task::{BROKE_DOWN, Task},
    world::World,
};

/// The open view is read anew after so many pictures.
const SHOWN_AFTER: usize = 50;

/// Why a file was not brought in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotImported {
    /// The file or folder cannot be read; what the system said.
    Unreadable(String),
    /// It is not a picture.
    NotAPicture,
    /// It has no bytes.
    Empty,
    /// It is in a format that cannot be opened here.
    Foreign {
        /// The format's name.
        format: &'static str,
        /// Whether it holds moving pictures.
        is_film: bool,
    },
    /// It is in a format that can be opened here, and uses what cannot; what that is.
    Unsupported(String),
    /// It is damaged, or ends too early.
    Broken,
    /// It is beyond what is accepted.
    TooLarge,
    /// Its path cannot be written down, so that it can only be copied.
    OddPath,
    /// It could not be stored; what the system said. Nothing was tried after it.
    CannotStore(String),
    /// It was not tried, because one before it could not be stored.
    NotTried,
}

/// What has come of bringing in files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Pictures that are new, in the order in which they were read.
    pub new: Vec<ImageId>,
    /// Files whose pictures were there already.
    pub there: usize,
    /// How many of those are in the trash.
    pub trashed: usize,
    /// Files that are pictures to which the library refers, and that were gone from where it had them.
    pub found: usize,
    /// Files that were not brought in.
    pub failed: Vec<(PathBuf, NotImported)>,
    /// Files in folders that are no pictures, neither by their names nor by their bytes. Files of the system and what is
    /// known of pictures beside them do not count.
    pub skipped: Skipped,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
}

impl Core {
    /// Brings in files and folders; what comes while others are being brought in waits for its turn.
    pub(super) fn import(&mut self, paths: Vec<PathBuf>, keeping: Keeping) {
        if self.import.is_some() {
            self.import_waiting.push((paths, keeping));
            return;
        }
        let cancelled = Arc::new(AtomicBool::new(false));
        self.import = Some(Arc::clone(&cancelled));
        let asked = paths.clone();
        let ended = |world: &World, imported| {
            world.note(Note::LibraryChanged);
            world.note(Note::ImportEnded);
            world.events.send(Event::ImportDone(imported));
        };
        self.world.on_thread(
            Task::Import,
            move |world| ended(world, bring_in(world, &paths, keeping, &cancelled)),
            move |world| {
                let why = || NotImported::CannotStore(BROKE_DOWN.to_owned());
                let failed = asked.into_iter().map(|path| (path, why())).collect();
                ended(world, Imported { failed, ..Imported::default() });
            },
        );
    }

    /// Stops what is being brought in after the file that it is at. What is there by then stays.
    pub(super) fn cancel_import(&mut self) {
        self.import_waiting.clear();
        if let Some(import) = &self.import {
            import.store(true, Ordering::Relaxed);
        }
    }

    /// Goes on with what has waited.
    pub(super) fn import_ended(&mut self) {
        self.import = None;
        if !self.import_waiting.is_empty() {
            let (paths, keeping) = self.import_waiting.remove(0);
            self.import(paths, keeping);
        }
    }

    /// Asks for pictures, or for folders of them, to bring in with a dialog.
    pub(super) fn pick_import(&self, folders: bool) {
        let dialogs = &self.world.dialogs;
        let choice = if folders { dialogs.pick_folders() } else { dialogs.pick_images() };
        self.choose(choice, |world, paths| world.events.send(Event::ImportPicked(paths)));
    }
}

fn bring_in(world: &World, paths: &[PathBuf], keeping: Keeping, cancelled: &AtomicBool) -> Imported {
    let mut imported = Imported::default();
    if let Err(error) = world.library.begin_import() {
        world.library_trouble(&error);
        let failed = |path: &PathBuf| (path.clone(), NotImported::CannotStore(error.to_string()));
        imported.failed = paths.iter().map(failed).collect();
        return imported;
    }
    let mut gathered = Gathered::default();
    for path in paths {
        gathered.gather(path, world.library.folder(), cancelled);
    }
    let Gathered { files, failed, skipped } = gathered;
    (imported.failed, imported.skipped) = (failed, skipped);
    let total = files.len();
    let mut stored = true;
    let mut files = files.into_iter();
    for (done, file) in files.by_ref().enumerate() {
        if cancelled.load(Ordering::Relaxed) {
            imported.cancelled = true;
            break;
        }
        world.events.send(Event::ImportProgress { done, total });
        // A file at which a decoder panics is like any that cannot be decoded; the others are imported.
        let brought = world.caught(Task::ImportFile, || world.library.bring_in(&file, keeping, world.now()));
        let Some(brought) = brought else {
            imported.failed.push((file, NotImported::Broken));
            continue;
        };
        match brought {
            Ok(Brought::New { sidecar, thumbnail }) => {
                imported.new.push(sidecar.id);
                keep(world, *sidecar, thumbnail);
                if imported.new.len().is_multiple_of(SHOWN_AFTER) {
                    world.note(Note::LibraryChanged);
                }
            }
            Ok(Brought::Found { .. }) => imported.found += 1,
            Ok(Brought::There { trashed, .. }) => {
                imported.there += 1;
                imported.trashed += usize::from(trashed);
            }
            Err(error) => {
                tracing::info!(file = %file.display(), %error, "a file was not brought in");
                let ends = matches!(error, ImportError::Library(_));
                imported.failed.push((file, why(&error)));
                if ends {
                    // The next one would fail in the same way.
                    stored = false;
                    break;
                }
            }
        }
    }
    if !stored {
        // Whoever reads it must see what is left to be done.
        imported.failed.extend(files.map(|file| (file, NotImported::NotTried)));
    }
    // A picture that could not be put into the index is looked for at the next start.
    if stored && let Err(error) = world.library.end_import() {
        tracing::warn!(%error, "the mark of an import is left behind");
    }
    imported
}

fn keep(world: &World, sidecar: crate::library::Sidecar, thumbnail: imaging::Bitmap) {
    let id = sidecar.id;
    match world.library.original_path(id) {
        Ok(path) => {
            let details = details(sidecar, path, Marks::default());
            keep_thumbnails(&world.library, Stored::new(details, thumbnail));
        }
        Err(error) => tracing::warn!(%id, %error, "a thumbnail was not cached"),
    }
}

fn why(error: &ImportError) -> NotImported {
    match error {
        ImportError::Unreadable(error) => NotImported::Unreadable(error.to_string()),
        ImportError::NoPicture(ImageError::NotAnImage) => NotImported::NotAPicture,
        ImportError::TooLarge | ImportError::NoPicture(ImageError::TooLarge { .. }) => NotImported::TooLarge,
        ImportError::NoPicture(ImageError::Unsupported(what)) => NotImported::Unsupported(what.clone()),
        ImportError::NoPicture(_) => NotImported::Broken,
        ImportError::OddPath => NotImported::OddPath,
        ImportError::Library(LibraryError::DiskFull { .. }) => {
            NotImported::CannotStore(LibraryError::DiskFull { path: PathBuf::new() }.to_string())
        }
        ImportError::Library(error) => NotImported::CannotStore(error.to_string()),
    }
}

impl Imported {
    /// Whether the library could not be written, so that not everything was tried.
    pub fn broke_off(&self) -> bool {
        self.failed.iter().any(|(_, trouble)| matches!(trouble, NotImported::CannotStore(_)))
    }
}

/// What of another program's recipe has no place in a recipe here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The steps of its sampler.
    Steps,
    /// The sampler.
    Sampler,
    /// How closely the prompt was to be followed.
    Guidance,
    /// Something by the program's own name for it, such as its `LoRA`s.
    Named(String),
}

impl Details {
    /// What of its recipe [`Self::for_reuse`] leaves behind; the model apart, which depends on what there is.
    pub fn not_taken(&self) -> Vec<NotTaken> {
        let Some(foreign) = self.source.as_ref().and_then(|source| source.recipe.as_ref()) else { return Vec::new() };
        let common = [
            (foreign.steps.is_some(), NotTaken::Steps),
            (!foreign.sampler.is_empty(), NotTaken::Sampler),
            (foreign.cfg.is_some(), NotTaken::Guidance),
        ];
        let common = common.into_iter().filter_map(|(said, what)| said.then_some(what));
        common.chain(foreign.extra.keys().cloned().map(NotTaken::Named)).collect()
    }

    /// Its recipe as a composer takes it. Of a picture that another program has made, shape and size are
    /// those of its pixels.
    pub fn for_reuse(&self) -> Recipe {
        let mut recipe = self.recipe.clone();
        if !recipe.profile.is_imported() {
            return recipe;
        }
        let foreign = self.source.as_ref().and_then(|source| source.recipe.as_ref());
        if let Some(foreign) = foreign {
            recipe.negative.clone_from(&foreign.negative);
        }
        let ratio = self.width.max(1) as f32 / self.height.max(1) as f32;
        let away = |aspect: &AspectRatio| (aspect.value() / ratio).ln().abs();
        recipe.parameters.aspect =
            AspectRatio::COMMON.into_iter().chain(AspectRatio::MORE).min_by(|a, b| away(a).total_cmp(&away(b)));
        let side = self.width.max(self.height);
        recipe.parameters.size = ImageSize::ALL.into_iter().min_by_key(|size| size.edge().abs_diff(side));
        recipe
    }
}
