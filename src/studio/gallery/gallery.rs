//! Handles the open view of the library and the images that the window shows.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::{
    error_chain::chain,
    recipe::{ImageId, SortOrder},
    studio::{
        gallery::{
            details::details,
            thumbnails::{self, ThumbnailLoader},
            view::{self, OpenView},
        },
        platform::file_manager,
        protocol::{Event, GalleryCommand, GalleryEvent, ImageDetails, ImageLoadError, Notice, View},
        runtime::{
            context::Context,
            task::{INTERNAL_ERROR, Task},
            task_message::TaskMessage,
        },
    },
};

/// Reads the open view, and loads what the window shows of its images.
pub(in crate::studio) struct Gallery {
    view: OpenView,
    thumbnails: ThumbnailLoader,
    /// Counts requests for full images, so that outdated ones are not decoded.
    image_requests: Arc<AtomicU64>,
}

impl Gallery {
    pub(in crate::studio) fn new(context: &Arc<Context>) -> Self {
        Self {
            view: OpenView::default(),
            thumbnails: ThumbnailLoader::new(
                Arc::clone(&context.library),
                context.events.clone(),
                Arc::clone(&context.on_task),
            ),
            image_requests: Arc::default(),
        }
    }

    /// Handles a command about the gallery. `stacked` says whether images of one request are shown as a stack.
    pub(in crate::studio) fn handle(&mut self, command: GalleryCommand, context: &Arc<Context>, stacked: bool) {
        match command {
            GalleryCommand::OpenView { search, order } => self.read_view(Some((search, order)), context, stacked),
            GalleryCommand::SetStackOpen(of, open) => {
                self.view.set_stack_open(of, open);
                self.read_view(None, context, stacked);
            }
            GalleryCommand::LoadRows(range) => {
                let (revision, first, ids) = self.view.range(range);
                context.spawn_blocking(
                    Task::Rows,
                    move |context| view::send_rows(&context.library, &context.events, revision, first, &ids),
                    Context::report_read_panic,
                );
            }
            GalleryCommand::LoadThumbnails(thumbnails) => self.thumbnails.request(thumbnails),
            GalleryCommand::LoadBatch(batch) => context.spawn_blocking(
                Task::Batch,
                move |context| match context.library.search().batch(batch) {
                    Ok(members) => context.events.send(Event::Gallery(GalleryEvent::Batch(batch, members.into()))),
                    Err(error) => {
                        tracing::warn!(%batch, error = %chain(&error), "the images of a batch cannot be read");
                    }
                },
                Context::report_read_panic,
            ),
            GalleryCommand::LoadDetails(id) => {
                context.spawn_blocking(
                    Task::Details,
                    move |context| send_details(context, id),
                    Context::report_read_panic,
                );
            }
            GalleryCommand::LoadExchange(id) => context.spawn_blocking(
                Task::Exchange,
                move |context| {
                    let kept = context.library.exchanges().read(id).unwrap_or_else(|error| {
                        tracing::warn!(request = %id, error = %chain(&error), "what went over the wire cannot be read");
                        None
                    });
                    context.events.send(Event::Gallery(GalleryEvent::Exchange(id, kept.map(Arc::new))));
                },
                move |context| context.events.send(Event::Gallery(GalleryEvent::Exchange(id, None))),
            ),
            GalleryCommand::LoadImage(id) => self.load_image(id, context),
            GalleryCommand::CopyImage(id) => context.spawn_blocking(
                Task::Clipboard,
                move |context| {
                    let pixels = thumbnails::load_full_size(&context.library, id);
                    context.events.send(Event::Gallery(GalleryEvent::ClipboardImage { id, pixels }));
                },
                move |context| {
                    context.events.send(Event::Gallery(GalleryEvent::ClipboardImage {
                        id,
                        pixels: Err(ImageLoadError::Damaged),
                    }));
                },
            ),
            GalleryCommand::Reveal(id) => context.spawn_blocking(
                Task::Reveal,
                move |context| reveal(context, id),
                |context| context.events.send(Event::Notice(Notice::RevealFailed)),
            ),
        }
    }

    /// Whether a view is open.
    pub(in crate::studio) fn is_open(&self) -> bool {
        self.view.is_open()
    }

    /// Sends the first images of a view that is being read, unless another one was opened meanwhile.
    pub(in crate::studio) fn preview(&mut self, view: View, context: &Context) {
        if self.view.accept_preview(&view) {
            context.events.send(Event::Gallery(GalleryEvent::ViewPreview(view)));
        }
    }

    /// Sends a view that was read. Returns whether it is up to date.
    pub(in crate::studio) fn finish_reading(
        &mut self,
        read: Result<Option<View>, String>,
        context: &Arc<Context>,
        stacked: bool,
    ) -> bool {
        match read {
            Ok(view) => {
                let again = self.view.accept(view.as_ref());
                if let Some(view) = view {
                    context.events.send(Event::Gallery(GalleryEvent::View(view)));
                }
                if again {
                    self.read_view(None, context, stacked);
                }
                !again
            }
            Err(reason) => {
                self.view.accept(None);
                context.events.send(Event::Notice(Notice::LibraryFailed { reason }));
                false
            }
        }
    }

    /// Reads the open view again, or opens another one.
    pub(in crate::studio) fn read_view(
        &mut self,
        search: Option<(String, SortOrder)>,
        context: &Arc<Context>,
        stacked: bool,
    ) {
        // Without a window no view is open, so the library is not listed.
        if search.is_none() && !self.view.is_open() {
            return;
        }
        let Some(request) = self.view.request(search) else { return };
        let stacked = stacked.then(|| self.view.open_stacks());
        context.spawn_blocking(
            Task::View,
            move |context| {
                let show = |view| context.notify_core(TaskMessage::ViewPreview(view));
                let read = view::read(&context.library, &request, stacked.as_ref(), show);
                context.notify_core(TaskMessage::ViewLoaded(read.map_err(|error| error.to_string())));
            },
            |context| context.notify_core(TaskMessage::ViewLoaded(Err(INTERNAL_ERROR.to_owned()))),
        );
    }

    fn load_image(&self, id: ImageId, context: &Arc<Context>) {
        let request = self.image_requests.fetch_add(1, Ordering::SeqCst) + 1;
        let requests = Arc::clone(&self.image_requests);
        context.spawn_blocking(
            Task::FullImage,
            move |context| {
                let wanted = || requests.load(Ordering::SeqCst) == request;
                if wanted() {
                    let pixels = thumbnails::load_full_size(&context.library, id);
                    if wanted() {
                        context.events.send(Event::Gallery(GalleryEvent::Image { id, pixels }));
                    }
                }
            },
            move |context| {
                context.events.send(Event::Gallery(GalleryEvent::Image { id, pixels: Err(ImageLoadError::Damaged) }));
            },
        );
    }
}

fn send_details(context: &Context, id: ImageId) {
    let found = context.library.images().sidecar(id).and_then(|sidecar| match sidecar {
        Some(sidecar) => {
            let path = context.library.images().original_path(id)?;
            let lineage = context.library.search().lineage(&sidecar)?;
            let details = details(sidecar, path, context.library.organizer().marks(id)?);
            Ok(Some(ImageDetails { palette: context.library.images().colors(id)?, lineage, ..details }))
        }
        None => Ok(None),
    });
    match found {
        Ok(Some(details)) => context.events.send(Event::Gallery(GalleryEvent::Details(Box::new(details)))),
        Ok(None) => {}
        Err(error) => tracing::warn!(%id, error = %chain(&error), "an image could not be described"),
    }
}

fn reveal(context: &Context, id: ImageId) {
    let revealed = context.library.images().original_path(id).ok().is_some_and(|path| file_manager::select_file(&path));
    if !revealed {
        context.events.send(Event::Notice(Notice::RevealFailed));
    }
}
