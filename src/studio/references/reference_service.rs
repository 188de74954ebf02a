//! Adds reference images and paints masks for them.

use std::sync::{Arc, atomic::AtomicUsize};

use crate::studio::{
    protocol::{Event, Notice, ReferenceCommand},
    references::{download, mask, reference_store},
    runtime::{
        context::World,
        task::{Task, caught},
        task_message::Note,
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
    pub(in crate::studio) fn handle(&self, command: ReferenceCommand, world: &Arc<World>) {
        match command {
            ReferenceCommand::PickFiles => {
                world.choose(world.dialogs.pick_images(), |world, paths| world.note(Note::ReferenceFiles(paths)));
            }
            ReferenceCommand::AddFiles(paths) => world.on_thread(
                Task::References,
                move |world| {
                    for path in paths {
                        let read = || reference_store::from_file(&world.library, &path);
                        tell_reference(world, read, || reference_store::name(&path));
                    }
                },
                World::task_failed,
            ),
            ReferenceCommand::AddPixels { width, height, rgba } => world.on_thread(
                Task::References,
                move |world| {
                    let read = || reference_store::from_pixels(&world.library, width, height, rgba);
                    tell_reference(world, read, || format!("{width} × {height}"));
                },
                World::task_failed,
            ),
            ReferenceCommand::AddImages(ids) => world.on_thread(
                Task::References,
                move |world| {
                    for id in ids {
                        tell_reference(world, || reference_store::from_image(&world.library, id), || id.to_string());
                    }
                },
                World::task_failed,
            ),
            ReferenceCommand::AddUrl(url) => download::fetch_reference(world, &self.downloading, url),
            ReferenceCommand::LoadMaskBase { reference, mask } => {
                let name = reference.name.clone();
                world.on_thread(
                    Task::Mask,
                    move |world| mask::tell_ground(world, &reference, mask.as_ref()),
                    move |world| world.events.send(Event::Notice(Notice::ReferenceRefused { name })),
                );
            }
            ReferenceCommand::CreateMask { reference, base, strokes } => {
                let name = reference.name.clone();
                world.on_thread(
                    Task::Mask,
                    move |world| mask::make(world, &reference, base.as_ref(), &strokes),
                    move |world| world.events.send(Event::Notice(Notice::ReferenceRefused { name })),
                );
            }
            ReferenceCommand::LoadThumbnail(reference) => world.on_thread(
                Task::ReferenceThumbnail,
                move |world| reference_store::tell_thumbnail(&world.library, &world.events, reference),
                World::task_failed,
            ),
        }
    }
}

/// Reads a reference and tells of it. One at which a decoder panics is refused like any that cannot be read.
fn tell_reference(
    world: &World,
    read: impl FnOnce() -> Result<reference_store::Ready, reference_store::Refused>,
    name: impl FnOnce() -> String,
) {
    match caught(Task::References, read) {
        Some(Ok(ready)) => ready.tell(&world.events),
        Some(Err(reference_store::Refused(Some(format)))) => {
            world.events.send(Event::Notice(Notice::ReferenceForeign { name: name(), format }));
        }
        Some(Err(reference_store::Refused(None))) | None => {
            world.events.send(Event::Notice(Notice::ReferenceRefused { name: name() }));
        }
    }
}
