//! Imports files and folders in the background.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    error_chain::chain,
    imaging::{self, ImageError},
    library::{ImportError, ImportMode, ImportOutcome, LibraryError},
    recipe::Marks,
    studio::{
        exchange::import_files::FoundFiles,
        gallery::details::details,
        protocol::{Event, ImportCommand, ImportEvent, ImportFailure, ImportReport},
        responses::ingest::{StoredImage, cache_thumbnails},
        runtime::{
            context::Context,
            task::{INTERNAL_ERROR, Task},
            task_message::TaskMessage,
        },
    },
};

/// Number of imported images after which the open view is read again.
const IMAGES_PER_REFRESH: usize = 50;

/// Imports image files, one import at a time.
#[derive(Default)]
pub(in crate::studio) struct Importer {
    /// Cancels the running import.
    running: Option<Arc<AtomicBool>>,
    /// Imports that start after the running one.
    queued: Vec<(Vec<PathBuf>, ImportMode)>,
}

impl Importer {
    /// Handles a command about importing images.
    pub(in crate::studio) fn handle(&mut self, command: ImportCommand, context: &Arc<Context>) {
        match command {
            ImportCommand::Start { paths, mode } => self.start(paths, mode, context),
            ImportCommand::Pick { folders } => choose_files(folders, context),
            ImportCommand::Cancel => self.cancel(),
        }
    }

    /// Starts an import, or queues it while another one runs.
    fn start(&mut self, paths: Vec<PathBuf>, mode: ImportMode, context: &Arc<Context>) {
        if self.running.is_some() {
            self.queued.push((paths, mode));
            return;
        }
        let cancelled = Arc::new(AtomicBool::new(false));
        self.running = Some(Arc::clone(&cancelled));
        let asked = paths.clone();
        let ended = |context: &Context, imported| {
            context.notify_core(TaskMessage::LibraryChanged);
            context.notify_core(TaskMessage::ImportEnded);
            context.events.send(Event::Import(ImportEvent::Done(imported)));
        };
        context.spawn_blocking(
            Task::Import,
            move |context| ended(context, import_all(context, &paths, mode, &cancelled)),
            move |context| {
                let why = || ImportFailure::StorageFailed(INTERNAL_ERROR.to_owned());
                let failed = asked.into_iter().map(|path| (path, why())).collect();
                ended(context, ImportReport { failed, ..ImportReport::default() });
            },
        );
    }

    /// Stops the running import after the current file, and drops queued ones. Imported images are kept.
    pub(in crate::studio) fn cancel(&mut self) {
        self.queued.clear();
        if let Some(import) = &self.running {
            import.store(true, Ordering::Relaxed);
        }
    }

    /// Starts the next queued import.
    pub(in crate::studio) fn ended(&mut self, context: &Arc<Context>) {
        self.running = None;
        if !self.queued.is_empty() {
            let (paths, mode) = self.queued.remove(0);
            self.start(paths, mode, context);
        }
    }
}

/// Lets the user choose images or folders to import.
fn choose_files(folders: bool, context: &Arc<Context>) {
    let dialogs = &context.dialogs;
    let choice = if folders { dialogs.pick_folders() } else { dialogs.pick_images() };
    context.choose(choice, |context, paths| context.events.send(Event::Import(ImportEvent::Picked(paths))));
}

fn import_all(context: &Context, paths: &[PathBuf], mode: ImportMode, cancelled: &AtomicBool) -> ImportReport {
    let mut imported = ImportReport::default();
    if let Err(error) = context.library.importer().begin() {
        context.report_library_error(&error);
        let failed = |path: &PathBuf| (path.clone(), ImportFailure::StorageFailed(error.to_string()));
        imported.failed = paths.iter().map(failed).collect();
        return imported;
    }
    let mut found = FoundFiles::default();
    for path in paths {
        found.find(path, context.library.folder(), cancelled);
    }
    let FoundFiles { files, failed, skipped } = found;
    (imported.failed, imported.skipped) = (failed, skipped);
    let total = files.len();
    let mut stored = true;
    let mut files = files.into_iter();
    for (done, file) in files.by_ref().enumerate() {
        if cancelled.load(Ordering::Relaxed) {
            imported.cancelled = true;
            break;
        }
        context.events.send(Event::Import(ImportEvent::Progress { done, total }));
        // If a decoder panics, the file counts as broken, and the others are imported.
        let outcome = context
            .catch_panic(Task::ImportFile, || context.library.importer().import_file(&file, mode, context.now()));
        let Some(outcome) = outcome else {
            imported.failed.push((file, ImportFailure::Damaged));
            continue;
        };
        match outcome {
            Ok(ImportOutcome::New { sidecar, thumbnail }) => {
                imported.imported.push(sidecar.facts.id);
                cache_thumbnail(context, *sidecar, thumbnail);
                if imported.imported.len().is_multiple_of(IMAGES_PER_REFRESH) {
                    context.notify_core(TaskMessage::LibraryChanged);
                }
            }
            Ok(ImportOutcome::Relocated { .. }) => imported.relinked += 1,
            Ok(ImportOutcome::Known { trashed, .. }) => {
                imported.duplicates += 1;
                imported.duplicates_in_trash += usize::from(trashed);
            }
            Err(error) => {
                tracing::info!(file = %file.display(), error = %chain(&error), "a file was not imported");
                let ends = matches!(error, ImportError::Library(_));
                imported.failed.push((file, import_failure(&error)));
                if ends {
                    // The next file would fail in the same way.
                    stored = false;
                    break;
                }
            }
        }
    }
    if !stored {
        // The report lists the remaining files.
        imported.failed.extend(files.map(|file| (file, ImportFailure::NotAttempted)));
    }
    // Images that are not in the index are found at the next start.
    if stored && let Err(error) = context.library.importer().end() {
        tracing::warn!(error = %chain(&error), "the mark of an import is left behind");
    }
    imported
}

fn cache_thumbnail(context: &Context, sidecar: crate::library::Sidecar, thumbnail: imaging::Bitmap) {
    let id = sidecar.facts.id;
    match context.library.images().original_path(id) {
        Ok(path) => {
            let details = details(sidecar, path, Marks::default());
            cache_thumbnails(&context.library, StoredImage::new(details, thumbnail));
        }
        Err(error) => tracing::warn!(%id, error = %chain(&error), "a thumbnail was not cached"),
    }
}

fn import_failure(error: &ImportError) -> ImportFailure {
    match error {
        ImportError::Unreadable(error) => ImportFailure::Unreadable(error.to_string()),
        ImportError::NotAnImage(ImageError::NotAnImage) => ImportFailure::NotAnImage,
        ImportError::TooLarge | ImportError::NotAnImage(ImageError::TooLarge { .. }) => ImportFailure::TooLarge,
        ImportError::NotAnImage(ImageError::Unsupported(what)) => ImportFailure::UnsupportedFeature(what.to_string()),
        ImportError::NotAnImage(_) => ImportFailure::Damaged,
        ImportError::UnsupportedPath => ImportFailure::UnstorablePath,
        ImportError::Library(LibraryError::DiskFull { .. }) => {
            ImportFailure::StorageFailed(LibraryError::DiskFull { path: PathBuf::new() }.to_string())
        }
        ImportError::Library(error) => ImportFailure::StorageFailed(error.to_string()),
    }
}
