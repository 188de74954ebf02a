//! Loads thumbnails: the most urgent ones are decoded first, and those that scrolled away are dropped.

use std::{
    collections::{HashSet, VecDeque},
    fs,
    num::NonZeroUsize,
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::{
    error_chain::chain,
    imaging::{self, Bitmap, ImageError, ImageLimits},
    library::Library,
    recipe::ImageId,
    studio::{
        protocol::{Event, GalleryEvent, ImageLoadError, Pixels, ThumbnailSize, channel::EventSender},
        runtime::task::{Task, TaskHook, catch_panic},
    },
};

/// Minimum and maximum number of workers; within these limits there is one for each processor.
const WORKERS: RangeInclusive<usize> = 2..=16;

/// The queue of requested thumbnails. Cheap to clone; all clones share the queue.
#[derive(Clone)]
pub(in crate::studio) struct Thumbnails {
    library: Arc<Library>,
    events: EventSender,
    on_task: TaskHook,
    wishes: Arc<Mutex<Wishes>>,
    most_workers: usize,
}

#[derive(Default)]
struct Wishes {
    queue: VecDeque<(ImageId, ThumbnailSize)>,
    in_hand: HashSet<(ImageId, ThumbnailSize)>,
    workers: usize,
}

impl Thumbnails {
    pub(in crate::studio) fn new(library: Arc<Library>, events: EventSender, on_task: TaskHook) -> Self {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let most_workers = processors.clamp(*WORKERS.start(), *WORKERS.end());
        Self { library, events, on_task, wishes: Arc::default(), most_workers }
    }

    /// Replaces the requested thumbnails. Must be called on the runtime.
    pub(in crate::studio) fn want(&self, wanted: Vec<(ImageId, ThumbnailSize)>) {
        let new_workers = {
            let mut wishes = self.wishes.lock().unwrap_or_else(PoisonError::into_inner);
            wishes.queue = wanted.into_iter().filter(|wish| !wishes.in_hand.contains(wish)).collect();
            let new_workers = self.most_workers.saturating_sub(wishes.workers).min(wishes.queue.len());
            wishes.workers += new_workers;
            new_workers
        };
        for _ in 0..new_workers {
            let this = self.clone();
            tokio::task::spawn_blocking(move || this.work());
        }
    }

    fn work(&self) {
        let mut done = None;
        while let Some(wish) = self.next(done) {
            let (id, size) = wish;
            // A decoder that panics must not end its worker.
            let made = catch_panic(Task::Thumbnail, || {
                (self.on_task)(Task::Thumbnail);
                thumbnail(&self.library, id, size)
            });
            let pixels = made.unwrap_or(Err(ImageLoadError::Damaged));
            self.events.send(Event::Gallery(GalleryEvent::Thumbnail { id, size, pixels }));
            done = Some(wish);
        }
    }

    /// The most urgent request; a worker without one ends.
    fn next(&self, done: Option<(ImageId, ThumbnailSize)>) -> Option<(ImageId, ThumbnailSize)> {
        let mut wishes = self.wishes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(done) = done {
            wishes.in_hand.remove(&done);
        }
        let next = wishes.queue.pop_front();
        match next {
            Some(wish) => {
                wishes.in_hand.insert(wish);
            }
            None => wishes.workers -= 1,
        }
        next
    }
}

/// A thumbnail from the cache, or else scaled from the larger one or the original, and cached.
pub(in crate::studio) fn thumbnail(
    library: &Library,
    id: ImageId,
    size: ThumbnailSize,
) -> Result<Pixels, ImageLoadError> {
    bitmap(library, id, size).map(pixels)
}

/// A small thumbnail, loaded in the same way.
pub(in crate::studio) fn small(library: &Library, id: ImageId) -> Result<Bitmap, ImageLoadError> {
    bitmap(library, id, ThumbnailSize::Small)
}

pub(in crate::studio) fn bitmap(library: &Library, id: ImageId, size: ThumbnailSize) -> Result<Bitmap, ImageLoadError> {
    if let Some(bitmap) = cached(library, id, size) {
        return Ok(bitmap);
    }
    let large = if let Some(large) = cached(library, id, ThumbnailSize::Large) {
        large
    } else {
        let bytes = original_bytes(library, id)?;
        let edge = ThumbnailSize::Large.edge();
        let made = imaging::thumbnail(&bytes, &ImageLimits::default(), edge).map_err(|error| unreadable(&error))?;
        keep(library, id, ThumbnailSize::Large, &made.thumbnail);
        made.thumbnail
    };
    if size == ThumbnailSize::Large {
        return Ok(large);
    }
    let small = imaging::downscale(&large, size.edge());
    keep(library, id, size, &small);
    Ok(small)
}

/// A thumbnail from the cache; `None` if it is missing or unreadable.
fn cached(library: &Library, id: ImageId, size: ThumbnailSize) -> Option<Bitmap> {
    let bytes = library
        .thumbnails()
        .read(id, size.edge())
        .inspect_err(|error| tracing::warn!(%id, error = %chain(&error), "no cache"))
        .ok()??;
    imaging::decode(&bytes, &ImageLimits::default()).ok()
}

/// Caches a thumbnail. A failure is only logged, because the thumbnail can be created again.
pub(in crate::studio) fn keep(library: &Library, id: ImageId, size: ThumbnailSize, small: &Bitmap) {
    match imaging::encode_thumbnail(small) {
        Ok(bytes) => put(library, id, size, &bytes),
        Err(error) => tracing::warn!(%id, error = %chain(&error), "a thumbnail cannot be encoded"),
    }
}

/// Caches an encoded thumbnail in the same way.
pub(in crate::studio) fn put(library: &Library, id: ImageId, size: ThumbnailSize, bytes: &[u8]) {
    if let Err(error) = library.thumbnails().put(id, size.edge(), bytes) {
        tracing::warn!(%id, error = %chain(&error), "a thumbnail was not cached");
    }
}

/// A full-size image of the library as premultiplied pixels.
pub(in crate::studio) fn full(library: &Library, id: ImageId) -> Result<Pixels, ImageLoadError> {
    let bytes = original_bytes(library, id)?;
    // Held until the pixels are converted.
    let _room = imaging::room_for(&bytes);
    imaging::decode(&bytes, &ImageLimits::default()).map(pixels).map_err(|error| unreadable(&error))
}

/// A full-size image of the library.
pub(in crate::studio) fn original(library: &Library, id: ImageId) -> Result<Bitmap, ImageLoadError> {
    imaging::decode(&original_bytes(library, id)?, &ImageLimits::default()).map_err(|error| unreadable(&error))
}

fn original_bytes(library: &Library, id: ImageId) -> Result<Vec<u8>, ImageLoadError> {
    let path = library.images().original_path(id).map_err(missing)?;
    fs::read(path).map_err(missing)
}

fn missing(error: impl std::error::Error) -> ImageLoadError {
    tracing::warn!(error = %chain(&error), "an original is missing");
    ImageLoadError::Missing
}

/// Converts a decoding error to the error that the window shows.
pub(in crate::studio) fn unreadable(error: &ImageError) -> ImageLoadError {
    match error {
        ImageError::TooLarge { .. } => ImageLoadError::TooLarge,
        _ => ImageLoadError::Damaged,
    }
}

/// A bitmap as premultiplied pixels.
pub(in crate::studio) fn pixels(bitmap: Bitmap) -> Pixels {
    let (width, height) = (bitmap.width, bitmap.height);
    Pixels { width, height, rgba: bitmap.premultiplied().into() }
}
