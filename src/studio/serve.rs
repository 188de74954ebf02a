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
    Bulk, Command, Details, Event, Notice, Unreadable, contact_sheet,
    core::Core,
    details,
    dialogs::Choice,
    discard::Discard,
    export::{self, ExportFailure, ExportOrder, ExportPreview, Values},
    inbox::Note,
    masking, notifying,
    organise::Wish,
    references,
    task::{Task, caught},
    thumbnails, view,
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
                self.world.on_thread(
                    Task::Rows,
                    move |world| view::send_rows(&world.library, &world.events, revision, first, &ids),
                    World::reading_failed,
                );
            }
            Command::WantThumbnails(wanted) => self.thumbnails.want(wanted),
            Command::WantBatch(batch) => self.world.on_thread(
                Task::Batch,
                move |world| match world.library.batch(batch) {
                    Ok(members) => world.events.send(Event::Batch(batch, members.into())),
                    Err(error) => tracing::warn!(%batch, %error, "the pictures of a batch cannot be read"),
                },
                World::reading_failed,
            ),
            Command::Vote { batch, ballot } => self.vote(batch, ballot),
            Command::Describe(id) => {
                self.world.on_thread(Task::Details, move |world| describe(world, id), World::reading_failed);
            }
            Command::WantExchange(id) => self.world.on_thread(
                Task::Exchange,
                move |world| {
                    let kept = world.library.exchange(id).unwrap_or_else(|error| {
                        tracing::warn!(request = %id, %error, "what went over the wire cannot be read");
                        None
                    });
                    world.events.send(Event::Exchange(id, kept.map(Arc::new)));
                },
                move |world| world.events.send(Event::Exchange(id, None)),
            ),
            Command::OpenFull(id) => self.open_full(id),
            Command::CopyImage(id) => self.world.on_thread(
                Task::Clipboard,
                move |world| {
                    let pixels = thumbnails::full(&world.library, id);
                    world.events.send(Event::ForClipboard { id, pixels });
                },
                move |world| world.events.send(Event::ForClipboard { id, pixels: Err(Unreadable::Broken) }),
            ),
            Command::Reveal(id) => self.world.on_thread(
                Task::Reveal,
                move |world| reveal(world, id),
                |world| world.events.send(Event::Notice(Notice::CannotReveal)),
            ),
            Command::Delete(ids) => self.trash.wish(Discard::Delete(ids)),
            Command::Restore(ids) => self.trash.wish(Discard::Restore(ids)),
            Command::EmptyTrash => self.trash.wish(Discard::Empty),
            Command::StopBulk(Bulk::Changing) => self.organiser.stop(),
            Command::StopBulk(Bulk::Deleting | Bulk::Restoring | Bulk::Emptying) => self.trash.stop(),
            Command::PickReferences => {
                self.choose(self.world.dialogs.pick_images(), |world, paths| world.note(Note::ReferenceFiles(paths)));
            }
            Command::AddReferenceFiles(paths) => self.world.on_thread(
                Task::References,
                move |world| {
                    for path in paths {
                        let read = || references::from_file(&world.library, &path);
                        tell_reference(world, read, || references::name(&path));
                    }
                },
                World::task_failed,
            ),
            Command::AddReferencePixels { width, height, rgba } => self.world.on_thread(
                Task::References,
                move |world| {
                    let read = || references::from_pixels(&world.library, width, height, rgba);
                    tell_reference(world, read, || format!("{width} × {height}"));
                },
                World::task_failed,
            ),
            Command::AddReferenceImages(ids) => self.world.on_thread(
                Task::References,
                move |world| {
                    for id in ids {
                        tell_reference(world, || references::from_image(&world.library, id), || id.to_string());
                    }
                },
                World::task_failed,
            ),
            Command::AddReferenceUrl(url) => self.fetch_reference(url),
            Command::WantMaskGround { reference, mask } => {
                let name = reference.name.clone();
                self.world.on_thread(
                    Task::Mask,
                    move |world| masking::tell_ground(world, &reference, mask.as_ref()),
                    move |world| world.events.send(Event::Notice(Notice::ReferenceRefused { name })),
                );
            }
            Command::MakeMask { reference, base, strokes } => {
                let name = reference.name.clone();
                self.world.on_thread(
                    Task::Mask,
                    move |world| masking::make(world, &reference, base.as_ref(), &strokes),
                    move |world| world.events.send(Event::Notice(Notice::ReferenceRefused { name })),
                );
            }
            Command::WantReferenceThumbnail(reference) => self.world.on_thread(
                Task::ReferenceThumbnail,
                move |world| references::tell_thumbnail(&world.library, &world.events, reference),
                World::task_failed,
            ),
            Command::PickExportFolder => {
                let choice = self.world.dialogs.pick_folder();
                self.choose(choice, |world, folder| world.events.send(Event::ExportFolder(folder)));
            }
            Command::PickExportFile { suggested } => {
                let choice = self.world.dialogs.save_file(&suggested);
                self.choose(choice, |world, path| world.events.send(Event::ExportFile(path)));
            }
            Command::ExportGrid(order) => {
                self.world.spawn(Task::GridExport, contact_sheet::export(Arc::clone(&self.world), order), |world| {
                    world.events.send(Event::GridExported(Err(ExportFailure::BrokeDown)));
                });
            }
            Command::PreviewExport(order) => {
                let settings = self.settings.clone();
                let files = order.images.len();
                self.world.on_thread(
                    Task::ExportPreview,
                    move |world| {
                        let preview = export::preview(&world.library, &settings, &order);
                        world.events.send(Event::ExportPreview(preview));
                    },
                    move |world| world.events.send(Event::ExportPreview(ExportPreview::broke_down(files))),
                );
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

    /// Waits for a person's choice in a dialog, and does something with it.
    pub(super) fn choose<T: Send + 'static>(
        &self,
        choice: Choice<T>,
        chosen: impl FnOnce(&Arc<World>, T) + Send + 'static,
    ) {
        let world = Arc::clone(&self.world);
        let asking = async move {
            if let Some(choice) = ask(&world, choice).await {
                chosen(&world, choice);
            }
        };
        self.world.spawn(Task::Dialog, asking, |world| world.events.send(Event::Notice(Notice::NoDialog)));
    }

    fn open_full(&self, id: ImageId) {
        let wish = self.full_wish.fetch_add(1, Ordering::SeqCst) + 1;
        let wishes = Arc::clone(&self.full_wish);
        self.world.on_thread(
            Task::FullImage,
            move |world| {
                let wanted = || wishes.load(Ordering::SeqCst) == wish;
                if wanted() {
                    let pixels = thumbnails::full(&world.library, id);
                    if wanted() {
                        world.events.send(Event::Full { id, pixels });
                    }
                }
            },
            move |world| world.events.send(Event::Full { id, pixels: Err(Unreadable::Broken) }),
        );
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
        let images = order.images.clone();
        self.world.on_thread(
            Task::Export,
            move |world| {
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
            },
            move |world| {
                world.note(Note::ExportEnded);
                let failed = images.into_iter().map(|id| (id, ExportFailure::BrokeDown)).collect();
                world.events.send(Event::ExportDone { written: Vec::new(), failed, cancelled: false });
            },
        );
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

/// Reads a reference and tells of it. One at which a decoder panics is refused like any that cannot be read.
fn tell_reference(
    world: &World,
    read: impl FnOnce() -> Result<references::Ready, references::Refused>,
    name: impl FnOnce() -> String,
) {
    match caught(Task::References, read) {
        Some(Ok(ready)) => ready.tell(&world.events),
        Some(Err(references::Refused(Some(format)))) => {
            world.events.send(Event::Notice(Notice::ReferenceForeign { name: name(), format }));
        }
        Some(Err(references::Refused(None))) | None => {
            world.events.send(Event::Notice(Notice::ReferenceRefused { name: name() }));
        }
    }
}
