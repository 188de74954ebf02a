//! Adds reference images and paints masks for them.

use std::sync::{Arc, atomic::AtomicUsize};

use crate::studio::{
    protocol::{Event, Notice, ReferenceCommand},
    references::{download, mask, reference_store},
    runtime::{
        context::Context,
        task::{Task, catch_panic},
        task_message::TaskMessage,
    },
};

/// Adds reference images from files, links, pixels and the library.
#[derive(Default)]
pub(in crate::studio) struct ReferenceService {
    /// How many references are being downloaded.
    downloading: Arc<AtomicUsize>,
}

impl ReferenceService {
    /// Handles a command about reference images and masks.
    pub(in crate::studio) fn handle(&self, command: ReferenceCommand, context: &Arc<Context>) {
        match command {
            ReferenceCommand::PickFiles => {
                context.choose(context.dialogs.pick_images(), |context, paths| {
                    context.notify_core(TaskMessage::ReferenceFilesPicked(paths));
                });
            }
            ReferenceCommand::AddFiles(paths) => context.spawn_blocking(
                Task::References,
                move |context| {
                    for path in paths {
                        let read = || reference_store::from_file(&context.library, &path);
                        send_reference(context, read, || reference_store::file_name(&path));
                    }
                },
                Context::report_task_panic,
            ),
            ReferenceCommand::AddPixels { width, height, rgba } => context.spawn_blocking(
                Task::References,
                move |context| {
                    let read = || reference_store::from_pixels(&context.library, width, height, rgba);
                    send_reference(context, read, || format!("{width} × {height}"));
                },
                Context::report_task_panic,
            ),
            ReferenceCommand::AddImages(ids) => context.spawn_blocking(
                Task::References,
                move |context| {
                    for id in ids {
                        send_reference(
                            context,
                            || reference_store::from_image(&context.library, id),
                            || id.to_string(),
                        );
                    }
                },
                Context::report_task_panic,
            ),
            ReferenceCommand::AddUrl(url) => download::download_reference(context, &self.downloading, url),
            ReferenceCommand::LoadMaskBase { reference, mask } => {
                let name = reference.name.clone();
                context.spawn_blocking(
                    Task::Mask,
                    move |context| mask::send_mask_base(context, &reference, mask.as_ref()),
                    move |context| context.events.send(Event::Notice(Notice::InvalidReference { name })),
                );
            }
            ReferenceCommand::CreateMask { reference, base, strokes } => {
                let name = reference.name.clone();
                context.spawn_blocking(
                    Task::Mask,
                    move |context| mask::create_mask(context, &reference, base.as_ref(), &strokes),
                    move |context| context.events.send(Event::Notice(Notice::InvalidReference { name })),
                );
            }
            ReferenceCommand::LoadThumbnail(reference) => context.spawn_blocking(
                Task::ReferenceThumbnail,
                move |context| reference_store::send_thumbnail(&context.library, &context.events, reference),
                Context::report_task_panic,
            ),
        }
    }
}

/// Reads a reference and sends it. If a decoder panics, the reference is rejected like an unreadable one.
fn send_reference(
    context: &Context,
    read: impl FnOnce() -> Result<reference_store::StoredReference, reference_store::InvalidReference>,
    name: impl FnOnce() -> String,
) {
    match catch_panic(Task::References, read) {
        Some(Ok(ready)) => ready.send(&context.events),
        Some(Err(reference_store::InvalidReference(Some(format)))) => {
            context.events.send(Event::Notice(Notice::UnsupportedReferenceFormat { name: name(), format }));
        }
        Some(Err(reference_store::InvalidReference(None))) | None => {
            context.events.send(Event::Notice(Notice::InvalidReference { name: name() }));
        }
    }
}
