//! The open view of the library, and the images that the window shows.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::{
    error_chain::chain,
    recipe::{ImageId, Order},
    studio::{
        gallery::{
            details::details,
            thumbnails::{self, Thumbnails},
            view::{self, OpenView},
        },
        protocol::{Details, Event, GalleryCommand, GalleryEvent, Notice, Unreadable, View},
        runtime::{
            context::World,
            task::{BROKE_DOWN, Task},
            task_message::Note,
        },
    },
};

/// Reads the open view, and loads what the window shows of its images.
pub(in crate::studio) struct Gallery {
    view: OpenView,
    thumbnails: Thumbnails,
    /// Counts requests for full images, so that outdated ones are not decoded.
    image_requests: Arc<AtomicU64>,
}

impl Gallery {
    pub(in crate::studio) fn new(world: &Arc<World>) -> Self {
        Self {
            view: OpenView::default(),
            thumbnails: Thumbnails::new(Arc::clone(&world.library), world.events.clone(), Arc::clone(&world.on_task)),
            image_requests: Arc::default(),
        }
    }

    /// Handles a command about the gallery. `stacked` says whether images of one request are shown as a stack.
    pub(in crate::studio) fn handle(&mut self, command: GalleryCommand, world: &Arc<World>, stacked: bool) {
        match command {
            GalleryCommand::OpenView { search, order } => self.read_view(Some((search, order)), world, stacked),
            GalleryCommand::SetStackOpen(of, open) => {
                self.view.open_stack(of, open);
                self.read_view(None, world, stacked);
            }
            GalleryCommand::LoadRows(range) => {
                let (revision, first, ids) = self.view.range(range);
                world.on_thread(
                    Task::Rows,
                    move |world| view::send_rows(&world.library, &world.events, revision, first, &ids),
                    World::reading_failed,
                );
            }
            GalleryCommand::LoadThumbnails(wanted) => self.thumbnails.want(wanted),
            GalleryCommand::LoadBatch(batch) => world.on_thread(
                Task::Batch,
                move |world| match world.library.search().batch(batch) {
                    Ok(members) => world.events.send(Event::Gallery(GalleryEvent::Batch(batch, members.into()))),
                    Err(error) => {
                        tracing::warn!(%batch, error = %chain(&error), "the pictures of a batch cannot be read");
                    }
                },
                World::reading_failed,
            ),
            GalleryCommand::LoadDetails(id) => {
                world.on_thread(Task::Details, move |world| describe(world, id), World::reading_failed);
            }
            GalleryCommand::LoadExchange(id) => world.on_thread(
                Task::Exchange,
                move |world| {
                    let kept = world.library.exchanges().read(id).unwrap_or_else(|error| {
                        tracing::warn!(request = %id, error = %chain(&error), "what went over the wire cannot be read");
                        None
                    });
                    world.events.send(Event::Gallery(GalleryEvent::Exchange(id, kept.map(Arc::new))));
                },
                move |world| world.events.send(Event::Gallery(GalleryEvent::Exchange(id, None))),
            ),
            GalleryCommand::LoadImage(id) => self.load_image(id, world),
            GalleryCommand::CopyImage(id) => world.on_thread(
                Task::Clipboard,
                move |world| {
                    let pixels = thumbnails::full(&world.library, id);
                    world.events.send(Event::Gallery(GalleryEvent::ClipboardImage { id, pixels }));
                },
                move |world| {
                    world
                        .events
                        .send(Event::Gallery(GalleryEvent::ClipboardImage { id, pixels: Err(Unreadable::Broken) }));
                },
            ),
            GalleryCommand::Reveal(id) => world.on_thread(
                Task::Reveal,
                move |world| reveal(world, id),
                |world| world.events.send(Event::Notice(Notice::CannotReveal)),
            ),
        }
    }

    /// Whether a view is open.
    pub(in crate::studio) fn is_open(&self) -> bool {
        self.view.is_open()
    }

    /// Sends the first images of a view that is being read, unless another one was opened meanwhile.
    pub(in crate::studio) fn preview(&mut self, view: View, world: &World) {
        if self.view.begin(&view) {
            world.events.send(Event::Gallery(GalleryEvent::ViewPreview(view)));
        }
    }

    /// Sends a view that was read. Returns whether it is up to date.
    pub(in crate::studio) fn finish_reading(
        &mut self,
        read: Result<Option<View>, String>,
        world: &Arc<World>,
        stacked: bool,
    ) -> bool {
        match read {
            Ok(view) => {
                let again = self.view.take(view.as_ref());
                if let Some(view) = view {
                    world.events.send(Event::Gallery(GalleryEvent::View(view)));
                }
                if again {
                    self.read_view(None, world, stacked);
                }
                !again
            }
            Err(reason) => {
                self.view.take(None);
                world.events.send(Event::Notice(Notice::LibraryTrouble { reason }));
                false
            }
        }
    }

    /// Reads the open view again, or opens another one.
    pub(in crate::studio) fn read_view(&mut self, wish: Option<(String, Order)>, world: &Arc<World>, stacked: bool) {
        // Without a window no view is open, so the library is not listed.
        if wish.is_none() && !self.view.is_open() {
            return;
        }
        let Some(reading) = self.view.wish(wish) else { return };
        let stacked = stacked.then(|| self.view.open_stacks());
        world.on_thread(
            Task::View,
            move |world| {
                let show = |view| world.note(Note::Beginning(view));
                let read = view::read(&world.library, &reading, stacked.as_ref(), show);
                world.note(Note::View(read.map_err(|error| error.to_string())));
            },
            |world| world.note(Note::View(Err(BROKE_DOWN.to_owned()))),
        );
    }

    fn load_image(&self, id: ImageId, world: &Arc<World>) {
        let wish = self.image_requests.fetch_add(1, Ordering::SeqCst) + 1;
        let wishes = Arc::clone(&self.image_requests);
        world.on_thread(
            Task::FullImage,
            move |world| {
                let wanted = || wishes.load(Ordering::SeqCst) == wish;
                if wanted() {
                    let pixels = thumbnails::full(&world.library, id);
                    if wanted() {
                        world.events.send(Event::Gallery(GalleryEvent::Image { id, pixels }));
                    }
                }
            },
            move |world| world.events.send(Event::Gallery(GalleryEvent::Image { id, pixels: Err(Unreadable::Broken) })),
        );
    }
}

fn describe(world: &World, id: ImageId) {
    let found = world.library.images().sidecar(id).and_then(|sidecar| match sidecar {
        Some(sidecar) => {
            let path = world.library.images().original_path(id)?;
            let lineage = world.library.search().lineage(&sidecar)?;
            let details = details(sidecar, path, world.library.organizer().marks(id)?);
            Ok(Some(Details { palette: world.library.images().colors(id)?, lineage, ..details }))
        }
        None => Ok(None),
    });
    match found {
        Ok(Some(details)) => world.events.send(Event::Gallery(GalleryEvent::Details(Box::new(details)))),
        Ok(None) => {}
        Err(error) => tracing::warn!(%id, error = %chain(&error), "a picture could not be described"),
    }
}

fn reveal(world: &World, id: ImageId) {
    let revealed = world.library.images().original_path(id).ok().is_some_and(|path| {
        opener::reveal(&path)
            .or_else(|error| {
                tracing::info!(error = %chain(&error), "the file manager does not select files; its folder is opened instead");
                opener::open(path.parent().unwrap_or(&path))
            })
            .is_ok()
    });
    if !revealed {
        world.events.send(Event::Notice(Notice::CannotReveal));
    }
}
