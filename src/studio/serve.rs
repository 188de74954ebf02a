//! What the studio does for pictures that are there: rows, thumbnails, references, trash, export.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::recipe::ImageId;

use super::{
    Bulk, Command, Details, Event, Notice, contact_sheet,
    core::Core,
    details,
    dialogs::Choice,
    discard::Discard,
    export::{self, ExportOrder, Values},
    inbox::Note,
    masking, notifying,
    organise::Wish,
    references,
    thumbnails::{self, original},
    view,
    world::World,
};

/// A dialog that is closed sooner than this was never seen by anybody.
const FASTEST: Duration = Duration::from_millis(200);

impl Core {
    /// Does what a command asks for, on a thread that may block.
    pub(super) fn serve(&mut self, command: Command) {
        match command {
            Command::OpenView { search, order } => self.read_view(Some((search, order))),
            Command::Organise { images, change } => self.organiser.wish(Wish::Change(images, change)),
            Command::EditCollections(edit) => self.organiser.wish(Wish::Collections(edit)),
            Command::UndoOrganising(name) => self.organiser.wish(Wish::Undo(name)),
            Command::Notify(notification) => notifying::notify(&self.world, notification),
            Command::WantTags(beginning) => self.organiser.wish(Wish::Tags(beginning)),
            Command::OpenStack(of, open) => {
                self.view.open_stack(of, open);
                self.read_view(None);
            }
            Command::WantRows(range) => {
                let (revision, first, ids) = self.view.range(range);
                self.on_thread(move |world| view::send_rows(&world.library, &world.events, revision, first, &ids));
            }
            Command::WantThumbnails(wanted) => self.thumbnails.want(wanted),
            Command::WantBatch(batch) => self.on_thread(move |world| match world.library.batch(batch) {
                Ok(members) => world.events.send(Event::Batch(batch, members.into())),
                Err(error) => tracing::warn!(%batch, %error, "the pictures of a batch cannot be read"),
            }),
            Command::Vote { batch, ballot } => self.vote(batch, ballot),
            Command::Describe(id) => self.on_thread(move |world| describe(world, id)),
            Command::WantExchange(id) => self.on_thread(move |world| {
                let kept = world.library.exchange(id).unwrap_or_else(|error| {
                    tracing::warn!(request = %id, %error, "what went over the wire cannot be read");
                    None
                });
                world.events.send(Event::Exchange(id, kept.map(Arc::new)));
            }),
            Command::OpenFull(id) => self.open_full(id),
            Command::CopyImage(id) => self.on_thread(move |world| {
                let pixels = original(&world.library, id).map(thumbnails::pixels);
                world.events.send(Event::ForClipboard { id, pixels });
            }),
            Command::Reveal(id) => self.on_thread(move |world| reveal(world, id)),
            Command::Delete(ids) => self.trash.wish(Discard::Delete(ids)),
            Command::Restore(ids) => self.trash.wish(Discard::Restore(ids)),
            Command::EmptyTrash => self.trash.wish(Discard::Empty),
            Command::StopBulk(Bulk::Changing) => self.organiser.stop(),
            Command::StopBulk(Bulk::Deleting | Bulk::Restoring | Bulk::Emptying) => self.trash.stop(),
            Command::PickReferences => {
                let (world, choice) = (Arc::clone(&self.world), self.world.dialogs.pick_images());
                tokio::spawn(async move {
                    if let Some(paths) = ask(&world, choice).await {
                        world.note(Note::ReferenceFiles(paths));
                    }
                });
            }
            Command::AddReferenceFiles(paths) => self.on_thread(move |world| {
                for path in paths {
                    tell_reference(world, references::from_file(&world.library, &path), || references::name(&path));
                }
            }),
            Command::AddReferencePixels { width, height, rgba } => self.on_thread(move |world| {
                let kept = references::from_pixels(&world.library, width, height, rgba);
                tell_reference(world, kept, || format!("{width} × {height}"));
            }),
            Command::AddReferenceImages(ids) => self.on_thread(move |world| {
                for id in ids {
                    tell_reference(world, references::from_image(&world.library, id), || id.to_string());
                }
            }),
            Command::AddReferenceUrl(url) => self.fetch_reference(url),
            Command::WantMaskGround { reference, mask } => self.on_thread(move |world| {
                masking::tell_ground(world, &reference, mask.as_ref());
            }),
            Command::MakeMask { reference, base, strokes } => self.on_thread(move |world| {
                masking::make(world, &reference, base.as_ref(), &strokes);
            }),
            Command::WantReferenceThumbnail(reference) => self.on_thread(move |world| {
                references::tell_thumbnail(&world.library, &world.events, reference);
            }),
            Command::PickExportFolder => {
                let (world, choice) = (Arc::clone(&self.world), self.world.dialogs.pick_folder());
                tokio::spawn(async move {
                    if let Some(folder) = ask(&world, choice).await {
                        world.events.send(Event::ExportFolder(folder));
                    }
                });
            }
            Command::PickExportFile { suggested } => {
                let (world, choice) = (Arc::clone(&self.world), self.world.dialogs.save_file(&suggested));
                tokio::spawn(async move {
                    if let Some(path) = ask(&world, choice).await {
                        world.events.send(Event::ExportFile(path));
                    }
                });
            }
            Command::ExportGrid(order) => {
                tokio::spawn(contact_sheet::export(Arc::clone(&self.world), order));
            }
            Command::PreviewExport(order) => {
                let settings = self.settings.clone();
                self.on_thread(move |world| {
                    let preview = export::preview(&world.library, &settings, &order);
                    world.events.send(Event::ExportPreview(preview));
                });
            }
            Command::Export(order) => self.export(order),
            Command::CancelExport => {
                if let Some(export) = &self.export {
                    export.store(true, Ordering::Relaxed);
                }
            }
            Command::Import { paths, keeping } => self.import(paths, keeping),
            Command::PickImport { folders } => self.pick_import(folders),
            Command::CancelImport => self.cancel_import(),
            // The loop has taken the others already.
            _ => {}
        }
    }

    pub(super) fn on_thread(&self, work: impl FnOnce(&Arc<World>) + Send + 'static) {
        let world = Arc::clone(&self.world);
        tokio::task::spawn_blocking(move || work(&world));
    }

    fn open_full(&self, id: ImageId) {
        let wish = self.full_wish.fetch_add(1, Ordering::SeqCst) + 1;
        let wishes = Arc::clone(&self.full_wish);
        self.on_thread(move |world| {
            let wanted = || wishes.load(Ordering::SeqCst) == wish;
            if wanted() {
                let pixels = original(&world.library, id).map(thumbnails::pixels);
                if wanted() {
                    world.events.send(Event::Full { id, pixels });
                }
            }
        });
    }

    /// The switch of an export that begins; nothing if one is under way, for there is one at a time.
    pub(super) fn begin_export(&mut self) -> Option<Arc<AtomicBool>> {
        if self.export.is_some() {
            return None;
        }
        let cancelled = Arc::new(AtomicBool::new(false));
        self.export = Some(Arc::clone(&cancelled));
        Some(cancelled)
    }

    fn export(&mut self, order: ExportOrder) {
        let Some(cancelled) = self.begin_export() else { return };
        let settings = self.settings.clone();
        self.on_thread(move |world| {
            let total = order.images.len();
            let report = export::write(&world.library, &settings, &order, &Values::default(), &cancelled, |done| {
                world.events.send(Event::ExportProgress { done, total });
            });
            world.note(Note::ExportEnded);
            world.events.send(Event::ExportDone {
                written: report.written,
                failed: report.failed,
                cancelled: report.cancelled,
            });
        });
    }
}

/// Waits for a person's choice, and says so if no dialog came up. The systems' dialogs do not tell one that could not
/// be opened from one that was closed.
pub(super) async fn ask<T>(world: &World, choice: Choice<T>) -> Option<T> {
    let start = Instant::now();
    let chosen = choice.await;
    if chosen.is_none() && start.elapsed() < FASTEST {
        world.events.send(Event::Notice(Notice::NoDialog));
    }
    chosen
}

fn describe(world: &World, id: ImageId) {
    let found = world.library.sidecar(id).and_then(|sidecar| match sidecar {
        Some(sidecar) => {
            let path = world.library.original_path(id)?;
            let lineage = world.library.lineage(&sidecar)?;
            let details = details(sidecar, path, world.library.marks(id)?);
            Ok(Some(Details { palette: world.library.colours(id)?, lineage, ..details }))
        }
        None => Ok(None),
    });
    match found {
        Ok(Some(details)) => world.events.send(Event::Details(Box::new(details))),
        Ok(None) => {}
        Err(error) => tracing::warn!(%id, %error, "a picture could not be described"),
    }
}

fn reveal(world: &World, id: ImageId) {
    let revealed = world.library.original_path(id).ok().is_some_and(|path| {
        opener::reveal(&path)
            .or_else(|error| {
                tracing::info!(%error, "the file manager does not select files; its folder is opened instead");
                opener::open(path.parent().unwrap_or(&path))
            })
            .is_ok()
    });
    if !revealed {
        world.events.send(Event::Notice(Notice::CannotReveal));
    }
}

fn tell_reference(world: &World, kept: Result<references::Ready, references::Refused>, name: impl FnOnce() -> String) {
    match kept {
        Ok(ready) => ready.tell(&world.events),
        Err(references::Refused) => world.events.send(Event::Notice(Notice::ReferenceRefused { name: name() })),
    }
}
