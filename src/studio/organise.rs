//! What people say about pictures: written down in the order in which it was said, and taken back.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    library::{LibraryError, Undo},
    recipe::{Change, CollectionEdit, ImageId},
};

use super::{Event, Notice, inbox::Note, world::World};

/// How many changes can be taken back.
const KEPT: usize = 200;

/// How many tags are offered.
const TAGS: usize = 50;

/// Where changes go. One thread makes them, so that they happen in the order in which they were wished for, and the
/// loop never waits for the disk.
pub(super) struct Organiser {
    wishes: UnboundedSender<Wish>,
    working: JoinHandle<()>,
}

/// Something that is wished for.
pub(super) enum Wish {
    /// A change to what is said about pictures.
    Change(Arc<[ImageId]>, Change),
    /// A change of the collections.
    Collections(CollectionEdit),
    /// A change that is taken back.
    Undo(u64),
    /// The collections, as they are now.
    Tell,
    /// Tags that begin like this.
    Tags(String),
}

impl Organiser {
    /// Begins. Must be called on the runtime.
    pub(super) fn new(world: &Arc<World>) -> Self {
        let (wishes, wished) = unbounded_channel();
        let world = Arc::clone(world);
        let working = tokio::task::spawn_blocking(move || work(&world, wished));
        Self { wishes, working }
    }

    /// Adds a wish.
    pub(super) fn wish(&self, wish: Wish) {
        // It fails only when the program ends.
        self.wishes.send(wish).ok();
    }

    /// Waits until everything that was wished for is written down, but no longer than this. Returns whether it is.
    pub(super) async fn finish(self, limit: Duration) -> bool {
        drop(self.wishes);
        timeout(limit, self.working).await.is_ok()
    }
}

/// What was done and can be taken back, oldest first.
#[derive(Default)]
struct Done {
    next: u64,
    kept: VecDeque<(u64, Arc<[ImageId]>, Vec<Undo>)>,
}

impl Done {
    fn keep(&mut self, images: &Arc<[ImageId]>, undo: Vec<Undo>) -> u64 {
        self.next += 1;
        self.kept.push_back((self.next, Arc::clone(images), undo));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
        self.next
    }

    fn take(&mut self, name: u64) -> Option<(Arc<[ImageId]>, Vec<Undo>)> {
        let at = self.kept.iter().position(|(known, ..)| *known == name)?;
        self.kept.remove(at).map(|(_, images, undo)| (images, undo))
    }
}

fn work(world: &World, mut wished: UnboundedReceiver<Wish>) {
    let mut done = Done::default();
    while let Some(wish) = wished.blocking_recv() {
        if let Err(error) = grant(world, &mut done, wish) {
            tracing::error!(%error, "what was said about pictures could not be written down");
            world.events.send(Event::Notice(Notice::CannotOrganise { reason: error.to_string() }));
        }
    }
}

fn grant(world: &World, done: &mut Done, wish: Wish) -> Result<(), LibraryError> {
    match wish {
        Wish::Change(images, change) => {
            let undo = world.library.organise(&images, &change)?;
            let name = (!undo.is_empty()).then(|| done.keep(&images, undo));
            let collections = matches!(change, Change::AddTo(_) | Change::RemoveFrom(_));
            world.events.send(Event::Organised { undo: name, images, change: Some(change) });
            changed(world, collections)
        }
        Wish::Collections(edit) => {
            let undo = world.library.edit_collections(&edit)?;
            if !undo.is_empty() {
                world.events.send(Event::CollectionsEdited(done.keep(&Arc::default(), undo)));
            }
            changed(world, true)
        }
        Wish::Undo(name) => {
            let Some((images, undo)) = done.take(name) else { return Ok(()) };
            world.library.take_back(undo)?;
            world.events.send(Event::Organised { undo: None, images, change: None });
            changed(world, true)
        }
        Wish::Tell => {
            world.events.send(Event::Collections(world.library.collections()?));
            Ok(())
        }
        Wish::Tags(beginning) => {
            let tags = world.library.tags(&beginning, TAGS)?;
            world.events.send(Event::Tags(beginning, tags));
            Ok(())
        }
    }
}

fn changed(world: &World, collections: bool) -> Result<(), LibraryError> {
    world.events.send(Event::RowsChanged);
    world.note(Note::LibraryChanged);
    if collections {
        world.events.send(Event::Collections(world.library.collections()?));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        library::Library,
        recipe::{Collection, CollectionId},
        studio::{Command, NoDialogs, Parts, Place, start},
    };

    #[test]
    fn what_was_said_just_before_the_end_is_written_down() {
        let place = tempfile::tempdir().unwrap();
        let library = place.path().join("library");
        let studio = Place { config: place.path().join("config"), library: Some(library.clone()) };
        let handle = start(studio, Parts::system(Arc::new(NoDialogs)), Arc::new(|| ()));
        let count = 400;
        for number in 0..count {
            let id = CollectionId::from_uuid(uuid::Uuid::from_u128(number));
            let collection = Collection { id, name: number.to_string(), parent: None, query: None, count: 0 };
            let images = Vec::new();
            handle.send(Command::EditCollections(CollectionEdit::Create { collection, images }));
        }
        handle.send(Command::Shutdown);
        while !matches!(handle.next(Duration::from_secs(30)).unwrap(), Event::Stopped) {}
        assert_eq!(Library::open(&library).unwrap().collections().unwrap().len(), count as usize);
    }
}
