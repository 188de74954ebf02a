//! Adds reference images and paints masks for them.

use std::sync::{Arc, atomic::AtomicUsize};

use super::{
    Event, Notice, ReferenceCommand, fetching,
    inbox::Note,
    masking, references,
    task::{Task, caught},
    world::World,
};

/// Adds reference images from files, links, pixels and the library.
#[derive(Default)]
pub(super) struct ReferenceService {
    /// How many references are being downloaded.
    downloading: Arc<AtomicUsize>,
}

impl ReferenceService {
    /// Handles a command about reference images and masks.
    pub(super) fn handle(&self, command: ReferenceCommand, world: &Arc<World>) {
        match command {
            ReferenceCommand::PickFiles => {
                world.choose(world.dialogs.pick_images(), |world, paths| world.note(Note::ReferenceFiles(paths)));
            }
            ReferenceCommand::AddFiles(paths) => world.on_thread(
                Task::References,
                move |world| {
                    for path in paths {
                        let read = || references::from_file(&world.library, &path);
                        tell_reference(world, read, || references::name(&path));
                    }
                },
                World::task_failed,
            ),
            ReferenceCommand::AddPixels { width, height, rgba } => world.on_thread(
                Task::References,
                move |world| {
                    let read = || references::from_pixels(&world.library, width, height, rgba);
                    tell_reference(world, read, || format!("{width} × {height}"));
                },
                World::task_failed,
            ),
            ReferenceCommand::AddImages(ids) => world.on_thread(
                Task::References,
                move |world| {
                    for id in ids {
                        tell_reference(world, || references::from_image(&world.library, id), || id.to_string());
                    }
                },
                World::task_failed,
            ),
            ReferenceCommand::AddUrl(url) => fetching::fetch_reference(world, &self.downloading, url),
            ReferenceCommand::LoadMaskBase { reference, mask } => {
                let name = reference.name.clone();
                world.on_thread(
                    Task::Mask,
                    move |world| masking::tell_ground(world, &reference, mask.as_ref()),
                    move |world| world.events.send(Event::Notice(Notice::ReferenceRefused { name })),
                );
            }
            ReferenceCommand::CreateMask { reference, base, strokes } => {
                let name = reference.name.clone();
                world.on_thread(
                    Task::Mask,
                    move |world| masking::make(world, &reference, base.as_ref(), &strokes),
                    move |world| world.events.send(Event::Notice(Notice::ReferenceRefused { name })),
                );
            }
            ReferenceCommand::LoadThumbnail(reference) => world.on_thread(
                Task::ReferenceThumbnail,
                move |world| references::tell_thumbnail(&world.library, &world.events, reference),
                World::task_failed,
            ),
        }
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
